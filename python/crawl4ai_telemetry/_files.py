"""Whose a file is: the program's own, of an installed package, or the user's."""

import os
import sys

#: What stands for anything of the user's: functions, files and modules of scripts, notebooks and private code.
HOST = "[host]"

#: What stands for a file where code was made when the program ran.
CODE = "<code>"

#: What `attrs` and its like call the code that they make.
_GENERATED = ("<attrs generated ", "<generated ", "<__array_function__ ", "<template>")

_libraries = None
_places = {}

#: So many places are remembered; then from the beginning.
_MOST = 4096


def is_installed(path):
    """Does it lie where Python or a package manager installs?"""
    global _libraries
    if _libraries is None:
        _libraries = _find_libraries()
    return path.startswith(_libraries)


def is_own(module, own):
    """Is it one of the program's packages, or in one?"""
    return any(module == name or module.startswith(name + ".") for name in own)


def place(filename, module, own):
    """The module, the file as it may leave, and whether it is the program's own; None where it is the user's."""
    # Whose it is depends on whose packages are asked about: crash reports and usage figures ask about different ones.
    key = filename, module, own
    if key in _places:
        return _places[key]
    found = _find(filename, module, own)
    if len(_places) >= _MOST:
        _places.clear()
    _places[key] = found
    return found


def prepare():
    """Finds out where packages are installed, and forgets whose the files were."""
    global _libraries
    _places.clear()
    _libraries = _find_libraries()


def module_name(name):
    """The name of a module that runs as a program, `python -m package`; the name itself of any other."""
    if name != "__main__":
        return name
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return getattr(spec, "name", None) or name


def _find(filename, module, own):
    module = module_name(module)
    if not isinstance(module, str) or module == "__main__":
        return None
    owned = is_own(module, own)
    if filename.startswith("<frozen "):
        return module, filename, False
    if filename.startswith("<"):
        # Made by a package when it ran. Code that somebody typed or handed to `exec` there has no such name, and is theirs.
        return (module, CODE, owned) if filename.startswith(_GENERATED) and _known(module, own) else None
    path = os.path.abspath(filename)
    if is_installed(path) or (_lies_in_own(path, module) and is_own(module.partition(".")[0], _roots(own))):
        return module, _relative(path, module), owned
    return None


def _known(module, own):
    """Is the module of that name loaded from where the program or an installed package stands?"""
    loaded = sys.modules.get(module)
    file = getattr(loaded, "__file__", None)
    if file is None:
        return module in sys.builtin_module_names
    path = os.path.abspath(file)
    return is_installed(path) or (_lies_in_own(path, module) and is_own(module.partition(".")[0], _roots(own)))


def _roots(own):
    return tuple(name.partition(".")[0] for name in own)


def _lies_in_own(path, module):
    """Does the file lie where the package of that name was loaded from?"""
    package = sys.modules.get(module.partition(".")[0])
    folders = getattr(package, "__path__", None)
    if folders is None:
        return os.path.abspath(getattr(package, "__file__", None) or "") == path
    return any(path.startswith(os.path.join(os.path.abspath(folder), "")) for folder in list(folders))


def _relative(path, module):
    """As many of the last components as the module has, `weather/station.py`; else the file's name."""
    parts = path.replace("\\", "/").split("/")
    names = module.split(".")
    if parts[-1] == "__init__.py":
        names = [*names, "__init__"]
    last = parts[-len(names):]
    return "/".join(last) if last[:-1] == names[:-1] else parts[-1]


def _find_libraries():
    # Without `sysconfig`, whose first use in the middle of a failure, deep in a recursion, would leave it half made.
    found = {entry for entry in sys.path if os.path.basename(entry) in ("site-packages", "dist-packages")}
    found = {os.path.abspath(folder) for folder in (*found, os.path.dirname(os.__file__))}
    return tuple(os.path.join(folder, "") for folder in sorted(found))
