"""What the native half must not look for by itself: the variables, and where the program's compiled modules lie."""

import os
import sys
import time

from . import _files

#: The variables as the installed telemetry was told of them last; none that stands aside counts.
_pushed = None

#: When they were looked at last, in seconds of a clock that nobody sets back.
_looked = 0.0

#: For how long a no is not looked into again while there are as many variables as before, in seconds.
_FRESH = 1.0

#: The first names of the modules that were looked at, and how many modules there were then.
_seen = set()
_count = 0

#: What an installer or the user wrote for this machine: its texts are paths and names of theirs.
_OF_THE_MACHINE = {"sitecustomize", "usercustomize"}
_MADE_HERE = ("__editable__", "_sysconfigdata")

#: Folders of one package that is spread over several.
_MOST_FOLDERS = 4


def pairs():
    """The variables now. Copied while no other thread of Python runs, and read by no thread of the native half."""
    return _pairs(_raw())


def _pairs(raw):
    return [(_text(name), _text(value)) for name, value in raw.items()]


def compiled():
    """Which compiled modules are this Python's: its minor version, the tag in their names, their first bytes."""
    from importlib.util import MAGIC_NUMBER

    return sys.version_info.minor, sys.implementation.cache_tag or "", list(MAGIC_NUMBER[:4])


def begin(native, own):
    """Tells of the program's own packages: what an earlier run left is narrowed by them, before they are loaded too."""
    global _count, _pushed
    _seen.clear()
    _count, _pushed = 0, None
    names = {name.partition(".")[0] for name in own}
    _add(native, sorted(names & sys.modules.keys()), own)
    roots = [(*place, True) for name in sorted(names - sys.modules.keys()) for place in _find(name)]
    if roots:
        _seen.update(names)
        native.add_modules(roots)


def push_modules(native, own):
    """Tells of the packages that were loaded since the last time."""
    global _count
    if len(sys.modules) != _count:
        names = {name.partition(".")[0] for name in list(sys.modules)}
        _count = len(sys.modules)
        _add(native, sorted(names - _seen), own)


def wants_reports(native):
    """Would a capture be looked at, by the variables as they are now?

    A no that a program sets holds from the next call on. So does a yes, but for one that leaves as many variables as
    there were within a second of a refusal: a refused capture compares nothing.
    """
    if native.wants_reports():
        return not refresh(native) or native.wants_reports()
    data = _data()
    if data is not None and _pushed is not None and len(data) == len(_pushed) and time.monotonic() - _looked < _FRESH:
        return False
    return refresh(native) and native.wants_reports()


def refresh(native):
    """Tells of the variables, where any has changed. Has one?"""
    global _looked, _pushed
    _looked = time.monotonic()
    data = _data()
    # Compared without a copy. While Python compares two dictionaries of bytes, no other of its threads runs.
    if data is None or data != _pushed:
        now = _raw()
        native.refresh_environment(_pairs(now))
        _pushed = now
        return True
    return False


def _add(native, names, own):
    first = {name.partition(".")[0] for name in own}
    roots = []
    for name in names:
        _seen.add(name)
        module = sys.modules.get(name)
        if module is None or name == "__main__" or name in _OF_THE_MACHINE or name.startswith(_MADE_HERE):
            continue
        for path, is_package in _places(module):
            if name in first or _files.is_installed(path):
                roots.append((path, is_package, name in first))
    if roots:
        native.add_modules(roots)


def _places(module):
    """The folders of a package, or the file of a module written in Python."""
    try:
        names = object.__getattribute__(module, "__dict__")
        folders = names.get("__path__")
        if folders is not None:
            return [(os.path.abspath(str(folder)), True) for folder in list(folders)[:_MOST_FOLDERS]]
        file = _files.absolute(names.get("__file__"))
    except Exception:
        return []
    return [(file, False)] if file is not None and file.endswith(".py") else []


def _find(name):
    """Where an import would find it."""
    for folder in filter(None, map(_files.absolute, list(sys.path))):
        package = os.path.join(folder, name)
        if os.path.isfile(os.path.join(package, "__init__.py")):
            return [(package, True)]
        if os.path.isfile(package + ".py"):
            return [(package + ".py", False)]
    return []


def _raw():
    data = _data()
    return dict(os.environ) if data is None else data.copy()


def _data():
    """What `os.environ` keeps; None where somebody has put something else in its place."""
    data = getattr(os.environ, "_data", None)
    return data if type(data) is dict else None


def _text(raw):
    return os.fsdecode(raw) if isinstance(raw, bytes) else raw
