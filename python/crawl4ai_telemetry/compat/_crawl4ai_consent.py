"""Consent and environments under Crawl4AI's names. The rules, and the file, are the library's."""

import json
import sys
from enum import Enum
from pathlib import Path

from crawl4ai_telemetry import _environment, _telemetry


class TelemetryConsent(Enum):
    """What the user said."""

    NOT_SET = "not_set"
    DENIED = "denied"
    ONCE = "once"
    ALWAYS = "always"


class Environment(Enum):
    """Where the program runs."""

    CLI = "cli"
    DOCKER = "docker"
    JUPYTER = "jupyter"
    COLAB = "colab"
    API_SERVER = "api_server"
    UNKNOWN = "unknown"


#: Rules that are a no above the user's decision: of a variable's, for its process, and of the machine's administrator.
_ABOVE = ("kill_switch", "do_not_track", "administrator_denial")


class TelemetryConfig:
    """The user's decision, in the configuration file of a folder; of the library's own choice unless given."""

    def __init__(self, config_dir=None):
        half = _telemetry.native()
        self._is_given = config_dir is not None
        told = _telemetry.settings(config_folder=config_dir, ask="never")
        self._native = half.Native.aside(told) if half is not None else None
        #: Both are None where there is no folder: a user without a home, and no variable that names one.
        self.config_dir, self.config_file = _places(config_dir, self._told().get("config_path"))

    def get_telemetry_settings(self):
        """What stands in the file about telemetry."""
        told = self._told()
        return {"consent": told.get("consent", "not_set"), "email": told.get("email")}

    def get_consent(self):
        """What the user said; denied where a variable, or the machine's administrator, says no."""
        told = self._told()
        if told.get("decided_by") in _ABOVE:
            return TelemetryConsent.DENIED
        return TelemetryConsent(told.get("consent", "not_set"))

    def set_consent(self, consent, email=None):
        """Stores a decision. False where it cannot be stored; to take one back is a no."""
        if self._native is None:
            return False
        installed = self._installed()
        try:
            if consent in (TelemetryConsent.ALWAYS, TelemetryConsent.ONCE):
                # A yes is for the place where the reports of the telemetry that is installed go.
                native = installed if self._shares_file(installed) else self._native
                native.enable(email, consent is TelemetryConsent.ONCE)
            else:
                # A no holds in this file, which other processes follow, and for the telemetry that is installed.
                self._native.disable()
                if installed is not None:
                    installed.disable()
        except OSError:
            return False
        return True

    def get_email(self):
        """The address that goes along with a report."""
        return self._told().get("email")

    def is_enabled(self):
        """Did the user say yes, and no variable no?"""
        return self.get_consent() in (TelemetryConsent.ALWAYS, TelemetryConsent.ONCE)

    def should_send_current(self):
        """The same. A yes to one report is spent when that report was delivered, not before."""
        return self.is_enabled()

    def clear(self):
        """Takes the decision back, which is a no."""
        return self.set_consent(TelemetryConsent.DENIED)

    def update_from_env(self):
        """Reads the variables again. Nothing of them is stored."""
        if self._native is not None:
            self._native.refresh_environment(_environment.pairs())

    def _installed(self):
        """Crawl4AI's telemetry that is installed; None if there is none, or a folder was given."""
        is_installed = _telemetry.instance is not None and _telemetry.app == "crawl4ai" and not self._is_given
        return _telemetry.instance if is_installed else None

    def _shares_file(self, installed):
        if installed is None:
            return False
        return json.loads(installed.status()[0]).get("config_path") == self._told().get("config_path")

    def _told(self):
        return {} if self._native is None else json.loads(self._native.status()[0])


def _places(folder, file):
    """The folder that was given, or else that of the file that the library uses; and the file."""
    if folder is not None:
        return Path(folder), Path(folder) / "config.json"
    return (Path(file).parent, Path(file)) if file is not None else (None, None)


class ConsentManager:
    """Who asks is the library, at the first error, with what would leave; this tells what was answered."""

    def __init__(self, config=None):
        self.config = config if config is not None else TelemetryConfig()

    def check_and_prompt(self):
        """What the user said. Asks nobody now."""
        return self.config.get_consent()

    def force_prompt(self):
        """What the user said, and their address. Asks nobody now: the command does, and shows what would leave."""
        return self.config.get_consent(), self.config.get_email()


class EnvironmentDetector:
    """Where the program runs, by the library's rules."""

    @staticmethod
    def detect():
        """One of the six; a build or test run counts as unknown."""
        half = _telemetry.native()
        if half is None:
            return Environment.UNKNOWN
        told = json.loads(half.Native.aside(_telemetry.settings(ask="never")).status()[0])
        known = {each.value: each for each in Environment}
        return known.get(told["environment"], Environment.UNKNOWN)

    @staticmethod
    def is_interactive():
        """Is a person there?"""
        here = EnvironmentDetector.detect()
        return here in (Environment.CLI, Environment.JUPYTER, Environment.COLAB) and sys.stdin is not None

    @staticmethod
    def supports_widgets():
        """Could a notebook show more than text?"""
        import importlib.util

        in_notebook = EnvironmentDetector.detect() in (Environment.JUPYTER, Environment.COLAB)
        return in_notebook and importlib.util.find_spec("ipywidgets") is not None

    @staticmethod
    def get_environment_context():
        """What a report says of it: no host, no container, no argument."""
        here = EnvironmentDetector.detect()
        version = "{}.{}.{}".format(*sys.version_info[:3])
        return {"environment_type": here.value, "python_version": version, "platform": sys.platform}
