"""The native half of CrewAI's usage figures: set up when the first span is recorded, told of the variables at each."""

import _thread
import atexit
import os
import sys

from crawl4ai_telemetry import _environment, _exceptions, _telemetry

#: Each is a no to this process where it is `true`, in any case.
_VARIABLES = ("OTEL_SDK_DISABLED", "CREWAI_DISABLE_TELEMETRY", "CREWAI_DISABLE_TRACKING")

#: How long the end of a process waits for a server, in seconds.
_AT_THE_END = 0.25

#: One native half at a time is made. A handler of a signal may want one while its own thread makes it.
_turn = _thread.RLock()


def take_no_turn():
    """In a child of a fork: the thread that has its parent's turn is not in it."""
    global _turn
    _turn = _thread.RLock()


def is_disabled():
    """Does a variable say no now?"""
    return any(os.environ.get(name, "").lower() == "true" for name in _VARIABLES)


def error_name(kind):
    """What a type of errors is called; of one that the user wrote, the nearest that the user did not."""
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return "Exception"
    return _exceptions.type_name(kind, ()).rpartition(".")[2]


class Usage:
    """The figures of a process. Nothing native is loaded before one is to be recorded."""

    def __init__(self):
        self._native = None
        self._pushed = None
        self._is_over = False

    def native(self):
        """The native half; None where it cannot be loaded."""
        if self._native is None and not self._is_over:
            half = _telemetry.native()
            if half is None:
                self._is_over = True
                return None
            pushed = _environment._raw()
            # Both calls run foreign code, so they are made before the lock is taken.
            settings, declared = _settings(), _declared()
            with _turn:
                if self._native is None:
                    made = half.Usage(settings, declared)
                    if self._native is None:
                        self._pushed, self._native = pushed, made
        return self._native

    def wants_spans(self):
        """Would a span be recorded, by the variables as they are now? Whatever fails here is a no."""
        if self._is_over:
            return False
        try:
            native = self.native()
            if native is None:
                return False
            self._refresh(native)
            return native.wants_spans()
        except KeyboardInterrupt:
            raise
        except BaseException:
            # Includes a panic of the native half.
            return False

    def refused(self):
        """A variable says no: the native half is told, so that what waits there and what is open does not leave."""
        if self._native is not None and not self._is_over:
            self._refresh(self._native)

    def _refresh(self, native):
        data = _environment._data()
        if data is None or data != self._pushed:
            now = _environment._raw()
            native.refresh_environment(_environment._pairs(now))
            self._pushed = now

    def flush(self, seconds):
        """Waits until what was recorded is delivered, so many seconds at most."""
        return True if self._native is None else self._native.flush(seconds)

    def at_exit(self):
        """Delivers what there is time for when the interpreter ends."""
        atexit.register(self.end)

    def end(self):
        """Delivers what there is time for. Nothing is recorded from here on."""
        atexit.unregister(self.end)
        if self._is_over:
            return
        self._is_over = True
        if self._native is None:
            return
        try:
            # If a variable has said no since the last span, waiting spans are dropped.
            self._refresh(self._native)
            self._native.flush(_AT_THE_END)
        except KeyboardInterrupt:
            raise
        except BaseException:
            pass


def _settings():
    return _telemetry.settings(app="crewai", version=_version(), ask="never")


def _declared():
    version = "{}.{}.{}".format(*sys.version_info[:3])
    return {
        "otlp": None,
        "file": None,
        "on_by_default": True,
        "project": _project(),
        "runtime_version": f"python {version}",
    }


def _version():
    from importlib import metadata

    try:
        return metadata.version("crewai")
    except metadata.PackageNotFoundError:
        return "unknown"


def _project():
    """The name under which the owner of a project has registered it; empty otherwise."""
    try:
        from crewai_core.project import get_project_id

        told = get_project_id()
    except Exception:
        return ""
    return told if isinstance(told, str) else ""
