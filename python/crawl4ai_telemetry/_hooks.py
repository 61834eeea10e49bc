"""What nobody caught, and the end of a process. In place only where a program asks for it, each before whoever was there."""

import atexit
import os
import sys

from . import _capture, _telemetry

_previous = {}
_is_told_of_forks = False


def install():
    """Puts all of them in place, once."""
    global _is_told_of_forks
    import threading

    if "excepthook" not in _previous:
        _previous["excepthook"], sys.excepthook = sys.excepthook, _excepthook
    if "unraisable" not in _previous:
        _previous["unraisable"], sys.unraisablehook = sys.unraisablehook, _unraisable
    if "thread" not in _previous:
        _previous["thread"], threading.excepthook = threading.excepthook, _thread
    if not _is_told_of_forks and hasattr(os, "register_at_fork"):
        _is_told_of_forks = True
        os.register_at_fork(before=_tell_multiprocessing)
    _tell_multiprocessing()
    _end_with_child()


def remove():
    """Gives back what nobody has taken since."""
    import threading

    # If another hook was set after ours, ours stays: that hook calls ours, which calls the previous one.
    if sys.excepthook is _excepthook:
        sys.excepthook = _previous.pop("excepthook")
    if sys.unraisablehook is _unraisable:
        sys.unraisablehook = _previous.pop("unraisable")
    if threading.excepthook is _thread:
        threading.excepthook = _previous.pop("thread")


def at_exit():
    """Lets the process end with what was captured on the disk."""
    atexit.unregister(_telemetry.end)
    atexit.register(_telemetry.end)


def _excepthook(kind, error, traceback):
    try:
        # Runs first, so that the user sees the traceback whatever happens below.
        _previous.get("excepthook", sys.__excepthook__)(kind, error, traceback)
    finally:
        _capture.uncaught(error, "fatal")


def _thread(failed):
    try:
        import threading

        _previous.get("thread", threading.__excepthook__)(failed)
    finally:
        name = failed.thread.name if failed.thread is not None else None
        _capture.uncaught(failed.exc_value, "error", None, name)


def _unraisable(failed):
    try:
        _previous.get("unraisable", sys.__unraisablehook__)(failed)
    finally:
        _capture.uncaught(failed.exc_value, "warning")


class _Anchor:
    """What `multiprocessing` knows its call by."""


_anchor = None


def _tell_multiprocessing():
    """A child of `multiprocessing` runs no `atexit`, and forgets what its parent asked for at the end: it is asked anew."""
    global _anchor
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _anchor is None:
        _anchor = _Anchor()
        util.register_after_fork(_anchor, lambda _: _end_with_child())


def _end_with_child():
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, _telemetry.end, exitpriority=-10)
