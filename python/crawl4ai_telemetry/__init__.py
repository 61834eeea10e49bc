"""Crash reports people are willing to send.

    import crawl4ai_telemetry as telemetry

    telemetry.init(app="weather", version="1.4", own=["weather"], file="reports.jsonl", hooks=True)

Nothing native is loaded, nothing hooked and nothing started by the import. Without consent nothing is sent.
"""

import sys

from . import _telemetry
from ._capture import Outcome, capture_exception, capture_message
from ._operations import operation
from ._wrap import telemetry

__version__ = _telemetry.VERSION

__all__ = [
    "Outcome",
    "capture_exception",
    "capture_message",
    "disable",
    "enable",
    "flush",
    "init",
    "log",
    "operation",
    "preview",
    "protect",
    "shutdown",
    "status",
    "telemetry",
]


def init(app="crawl4ai", version=__version__, *, own=None, hooks=False, notes=False, **settings):
    """Sets telemetry up for this process. A second call changes nothing.

    `app` and `version` are the program's; its variables and its folder are called after it. `own` are its packages, the
    program's name and the caller's package unless given: errors that touch them are its own, and text leaves only as it
    stands in them and in installed packages. Reports go to one of `dsn` (Sentry, Bugsink), `otlp` (a collector) and
    `file`, or where the user's variable says. With `hooks`, exceptions that nobody caught are reported too: for
    programs, never for libraries. `notes` takes notes of exceptions along.

    Further: `environment`, where the program runs if that is not to be found out (`cli`, `docker`, `jupyter`, `colab`,
    `api_server`, `ci`, `unknown`; a stage like `production` is none), `privacy` (`own_words`, `standard`, `strict`),
    `ask` (`end`, `never`), `config_folder`, `env_prefix`, `command`, `exit_timeout` in seconds, `privacy_notice`.

    Raises TypeError and ValueError for settings that there are not, and for two places where reports should go; nothing
    else: where native code cannot be loaded, nothing is reported.
    """
    if own is None:
        caller = sys._getframe(1).f_globals.get("__name__") or ""
        own = {str(app).replace("-", "_"), caller.partition(".")[0]} - {"", "__main__"}
    elif isinstance(own, str):
        raise TypeError("own is a list of packages")
    is_first = _telemetry.instance is None
    _telemetry.install(app, version, sorted(own), notes, settings)
    if is_first and _telemetry.instance is not None:
        from . import _files

        _files.prepare()
        if hooks:
            from . import _hooks

            _hooks.install()
            _hooks.at_exit()


def shutdown():
    """Ends telemetry: stores what was captured, delivers what there is time for, gives hooks back."""
    hooks = sys.modules.get(f"{__name__}._hooks")
    if hooks is not None:
        hooks.remove()
    _telemetry.end()


def flush(timeout=2.0):
    """Waits until what was captured is stored and one delivery was tried, `timeout` seconds at most. Ctrl-C ends the wait.

    True when nothing waits any more; reports that wait go out at the next start.
    """
    instance = _refreshed()
    return True if instance is None else instance.flush(timeout)


def enable(email=None, once=False):
    """Stores the user's yes, for the next report only where `once`. Raises OSError where it cannot be stored."""
    _installed().enable(email, once)


def disable():
    """Stores the user's no, and deletes what waits. Raises OSError where it cannot be stored."""
    _installed().disable()


def status():
    """Where telemetry stands."""
    from ._shown import Status

    instance = _refreshed()
    return Status.none() if instance is None else Status.of(*instance.status())


def preview():
    """What a report would hold, as JSON: of an error that did not happen. Nothing is stored, and nothing is sent."""
    from ._capture import example

    return _installed().preview(example())


def log():
    """What was sent from this machine, oldest first."""
    from ._shown import entries

    instance = _telemetry.instance
    return [] if instance is None else entries(instance.log())


def protect(value):
    """Registers a value that must never leave, wherever it stands, also before `init`. Of fewer than three bytes it counts
    for nothing. What is no text is taken as `str` shows it."""
    value = value if type(value) is str else str(value)
    _telemetry.protected.append(value)
    instance = _telemetry.instance
    if instance is not None:
        instance.protect(value)


def _refreshed():
    """What is installed, told of the variables as they are now."""
    instance = _telemetry.instance
    if instance is not None:
        from . import _environment

        _environment.refresh(instance)
    return instance


def _installed():
    if _telemetry.instance is None:
        raise RuntimeError("telemetry: no telemetry is installed in this process; call init() first")
    return _telemetry.instance
