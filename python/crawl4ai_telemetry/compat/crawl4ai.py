"""Crawl4AI's own interface for telemetry, over this library: the same names, the same arguments.

What is different, on purpose: importing it hooks nothing and asks nobody; nothing is stored that nobody said; a variable is
a word for its process and is written nowhere; `capture_exception` is true only where a report is on its way. Where a host
has set its own telemetry up, reports are the host's, and Crawl4AI's yes and no are told to Crawl4AI's folder alone.
"""

import crawl4ai_telemetry as _library
from crawl4ai_telemetry import _hooks, _telemetry
from crawl4ai_telemetry._shown import Status

from . import _crawl4ai_made
from ._crawl4ai_consent import ConsentManager, Environment, EnvironmentDetector, TelemetryConfig, TelemetryConsent
from ._crawl4ai_providers import DEFAULT_SENTRY_DSN, NullProvider, SentryProvider, TelemetryProvider

__all__ = [
    "DEFAULT_SENTRY_DSN",
    "ConsentManager",
    "Environment",
    "EnvironmentDetector",
    "NullProvider",
    "SentryProvider",
    "TelemetryConfig",
    "TelemetryConsent",
    "TelemetryManager",
    "TelemetryProvider",
    "async_telemetry_context",
    "async_telemetry_decorator",
    "capture_exception",
    "disable",
    "enable",
    "get_telemetry",
    "install_exception_handler",
    "status",
    "telemetry_context",
    "telemetry_decorator",
]

#: Functions of every kind, and both kinds of blocks.
telemetry_decorator = async_telemetry_decorator = _library.telemetry
telemetry_context = async_telemetry_context = _library.operation


class TelemetryManager:
    """The telemetry of this process, under Crawl4AI's names. Made by `get_instance`."""

    _instance = None

    def __init__(self):
        _crawl4ai_made.set_up(app="crawl4ai", version=_version(), own=["crawl4ai"])
        self.config = TelemetryConfig()
        self.consent_manager = ConsentManager(self.config)
        self.environment = EnvironmentDetector.detect()

    @classmethod
    def get_instance(cls):
        """The one of this process."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def capture_exception(self, exception, context=None):
        """Reports an exception. True where a report is on its way, or waits for the user's answer."""
        return bool(_library.capture_exception(exception, **_named(context)))

    def capture_message(self, message, level="info", context=None):
        """Reports a text."""
        return bool(_library.capture_message(level, message, **_named(context)))

    def enable(self, email=None, always=True, once=False):
        """Stores the user's yes, for one report where `once`, or where not `always`."""
        only_once = bool(once or not always)
        if self._is_of_host():
            self.config._native.enable(email, only_once)
        else:
            _library.enable(email, once=only_once)

    def disable(self):
        """Stores the user's no, and deletes what waits."""
        if self._is_of_host():
            self.config._native.disable()
        else:
            _library.disable()

    def status(self):
        """Where telemetry stands, by the keys of the original."""
        if self._is_of_host():
            self.config.update_from_env()
            told = Status.of(*self.config._native.status())
        else:
            told = _library.status()
        names = ("enabled", "consent", "email", "environment", "provider", "errors_sent")
        return {name: getattr(told, name) for name in names}

    def flush(self):
        """Waits two seconds at most, until nothing waits."""
        _library.flush()

    def shutdown(self):
        """Ends telemetry in this process. A host's goes on, and is flushed."""
        type(self)._instance = None
        _crawl4ai_made.end()

    def _is_of_host(self):
        """Is what is installed another program's? Its user said nothing to Crawl4AI."""
        return _telemetry.app not in (None, "crawl4ai") and self.config._native is not None


def get_telemetry():
    """The telemetry of this process, set up at the first call."""
    return TelemetryManager.get_instance()


def capture_exception(exception, context=None):
    """Reports an exception. True where a report is on its way, or waits for the user's answer."""
    try:
        return get_telemetry().capture_exception(exception, context)
    except Exception:
        return False


def install_exception_handler():
    """Reports exceptions that nobody caught and that touch Crawl4AI. For programs: whoever was there still runs. Of a
    host, `hooks` of its own `init` decides."""
    get_telemetry()
    if _crawl4ai_made.is_installed():
        _hooks.install()
        _hooks.at_exit()


def enable(email=None, always=True, once=False):
    """Stores the user's yes. Raises OSError where it cannot be stored."""
    get_telemetry().enable(email, always, once)


def disable():
    """Stores the user's no. Raises OSError where it cannot be stored."""
    get_telemetry().disable()


def status():
    """Where telemetry stands."""
    return get_telemetry().status()


def _named(context):
    """A context by names; what is no text is none."""
    return {key: value for key, value in (context or {}).items() if type(key) is str}


def _version():
    from importlib import metadata

    try:
        return metadata.version("crawl4ai")
    except metadata.PackageNotFoundError:
        return _library.__version__
