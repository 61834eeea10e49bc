"""The one telemetry of a process: which it is, and how it is set up. The native half is loaded here, at the first need."""

import _signal
import _thread
import os
import sys

#: The native half of what `init` installed; None before, after the end, and where it cannot be loaded.
instance = None

#: The program that `instance` is of; None where there is none.
app = None

#: The program's own packages, as dotted names.
own = ()

#: Are notes that somebody added to an exception (PEP 678) part of its message?
notes = False

#: The name and the version that this package and its wheel have.
VERSION = "0.1.0"

#: One `init` at a time: the one that comes second must find the first one's.
_turn = _thread.allocate_lock()

#: Is a child of a fork given a turn of its own? The thread that has its parent's is not in it.
_is_told_of_forks = False

#: Values that must never leave, for every telemetry that is installed.
protected = []

#: The thread that set telemetry up; only the main one may touch signals.
_main = None

#: Where reports can go: one of them.
_PLACES = ("dsn", "otlp", "file")

_ASK = ("end", "never")
_ENVIRONMENTS = ("cli", "docker", "jupyter", "colab", "api_server", "ci", "unknown")
_PRIVACY = ("standard", "own_words", "strict")


def native():
    """The native half; None where it cannot be loaded: in an interpreter of its own inside of another, in a build that it
    is not made for."""
    try:
        from . import _native
    except ImportError:
        return None
    return _native


def settings(
    app="crawl4ai",
    version=VERSION,
    *,
    dsn=None,
    file=None,
    otlp=None,
    environment=None,
    privacy="own_words",
    ask="end",
    config_folder=None,
    env_prefix=None,
    command=None,
    exit_timeout=0.25,
    privacy_notice=None,
):
    """What the native half wants to know. Raises ValueError for a word that there is not."""
    if privacy not in _PRIVACY:
        raise ValueError(f"privacy is one of {_PRIVACY}, not {privacy!r}")
    if ask not in _ASK:
        raise ValueError(f"ask is one of {_ASK}, not {ask!r}")
    if environment is not None and environment not in _ENVIRONMENTS:
        raise ValueError(f"environment is where the program runs, one of {_ENVIRONMENTS}, not {environment!r}")
    places = [name for name, place in zip(_PLACES, (dsn, otlp, file)) if place is not None]
    if len(places) > 1:
        raise ValueError(f"reports go to one place, not to {' and '.join(places)}")
    if app == "crawl4ai" and command is None:
        # This package installs a command of this name.
        command = "crawl4ai-telemetry"
    from . import _environment

    return {
        "app": str(app),
        "version": str(version),
        "runtime": _runtime(),
        "environ": _environment.pairs(),
        "dsn": dsn,
        "file": None if file is None else os.fspath(file),
        "otlp": otlp,
        "environment": environment or _notebook(),
        "privacy": privacy,
        "ask": ask if ask == "never" or _may_ask() else "never",
        "config_folder": None if config_folder is None else os.fspath(config_folder),
        "env_prefix": env_prefix,
        "command": command,
        "exit_timeout": float(exit_timeout),
        "privacy_notice": privacy_notice,
        "compiled": _environment.compiled(),
    }


def install(app, version, packages, with_notes, options):
    """Installs it. A second call reaches what the first installed, and changes nothing."""
    global _is_told_of_forks
    if not _is_told_of_forks and hasattr(os, "register_at_fork"):
        _is_told_of_forks = True
        os.register_at_fork(after_in_child=_take_no_turn)
    with _turn:
        _install(app, version, packages, with_notes, options)


def _take_no_turn():
    global _turn
    _turn = _thread.allocate_lock()


def _install(name, version, packages, with_notes, options):
    global instance, app, own, notes, _main
    if instance is not None:
        return
    half = native()
    told = settings(name, version, **options)
    if half is None:
        return
    own, notes = tuple(packages), bool(with_notes)
    _main = _thread.get_ident() if _is_main_thread() else None
    made = half.Native(told)
    from . import _environment

    _environment.begin(made, own)
    for value in protected:
        made.protect(value)
    app, instance = told["app"], made


def end():
    """Ends it: stores what was captured, delivers what there is time for. Nothing is captured from here on."""
    global instance, app
    ended, instance, app = instance, None, None
    if ended is None:
        return
    from . import _environment

    _environment.refresh(ended)
    # The shutdown may ask a question, and Python handles signals only after native code has returned. So Ctrl-C ends
    # the process meanwhile, unless the program has its own handler for it.
    is_pythons = _is_terminal() and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler
    is_main = is_pythons and _thread.get_ident() == _main
    if is_main:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    try:
        ended.shutdown()
    finally:
        if is_main:
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def _is_terminal():
    """Could somebody be asked? Never where input is closed: it then raises ValueError."""
    try:
        return _may_ask() and sys.stdin.isatty()
    except Exception:
        return False


def _is_main_thread():
    threading = sys.modules.get("threading")
    return threading is None or threading.current_thread() is threading.main_thread()


def _runtime():
    name = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}.get(sys.implementation.name, "")
    version = sys.implementation.version
    return name, f"{version.major}.{version.minor}.{version.micro}"


def _may_ask():
    """Is standard input Python's own, with nobody else in front of it: no test runner, no prompt of an interpreter?"""
    is_plain = sys.stdin is not None and sys.stdin is sys.__stdin__
    return is_plain and not hasattr(sys, "ps1") and not {"pytest", "IPython", "idlelib"} & sys.modules.keys()


def _notebook():
    """`jupyter` in a notebook's kernel, whatever its variables say; None to find out."""
    ipython = sys.modules.get("IPython")
    shell = getattr(ipython, "get_ipython", lambda: None)() if ipython is not None else None
    if shell is None or "ipykernel" not in sys.modules:
        return None
    return "colab" if "google.colab" in sys.modules else "jupyter"
