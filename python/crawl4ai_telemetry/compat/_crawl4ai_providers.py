"""Providers under Crawl4AI's names. Only the library's own providers send: nothing unsanitized reaches any."""

import json
from abc import ABC, abstractmethod

import crawl4ai_telemetry as _library
from crawl4ai_telemetry import _telemetry, _values

from . import _crawl4ai_made

#: None is built in: the variable CRAWL4AI_SENTRY_DSN names one.
DEFAULT_SENTRY_DSN = None


class TelemetryProvider(ABC):
    """What a provider of the original's is."""

    def __init__(self, **settings):
        self.config = settings

    @abstractmethod
    def initialize(self):
        """Can it send?"""

    @abstractmethod
    def send_exception(self, exc, context=None):
        """Reports an exception."""

    @abstractmethod
    def send_event(self, event_name, payload=None):
        """Reports that something happened."""

    @abstractmethod
    def flush(self):
        """Waits until nothing waits."""

    @abstractmethod
    def shutdown(self):
        """Ends it."""

    def sanitize_data(self, data):
        """What would leave of it."""
        half = _telemetry.native()
        if half is None:
            return {}
        native = _telemetry.instance or half.Native.aside(_telemetry.settings(ask="never"))
        return json.loads(native.clean(_values.context(data)))


class NullProvider(TelemetryProvider):
    """Sends nothing, and says that all is well."""

    def initialize(self):
        return True

    def send_exception(self, exc, context=None):
        return True

    def send_event(self, event_name, payload=None):
        return True

    def flush(self):
        """Nothing waits."""

    def shutdown(self):
        """Nothing ends."""


class SentryProvider(TelemetryProvider):
    """Sends to a server that speaks Sentry's protocol, by the library: the host's own `sentry_sdk` is not touched.

    `environment` is a stage, `production`, and is not sent: where the program runs is found out.
    """

    def __init__(self, dsn=None, environment=None, release=None):
        super().__init__(dsn=dsn, environment=environment, release=release)

    def initialize(self):
        """Sets telemetry up, unless it is. True where reports go to such a server."""
        version = str(self.config["release"] or _library.__version__)
        _crawl4ai_made.set_up(version=version, own=["crawl4ai"], dsn=self.config["dsn"])
        return _library.status().provider == "sentry"

    def send_exception(self, exc, context=None):
        """True where a report is on its way, or waits for the user's answer."""
        return bool(_library.capture_exception(exc, **{str(key): value for key, value in (context or {}).items()}))

    def send_event(self, event_name, payload=None):
        """The same for a text."""
        named = {str(key): value for key, value in (payload or {}).items()}
        return bool(_library.capture_message("info", event_name, **named))

    def flush(self):
        """Waits two seconds at most."""
        _library.flush(2.0)

    def shutdown(self):
        """Ends telemetry in this process. A host's goes on, and is flushed."""
        _crawl4ai_made.end()
