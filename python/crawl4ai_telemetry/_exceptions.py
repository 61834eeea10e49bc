"""An exception, as the native half takes it: its chain, each link with its type, its text and its frames.

Nothing here reads a local variable or a line of source, and nothing that an exception does can end or hold up the program,
but for a `__str__` that never returns, which holds up Python's own traceback too.
"""

import _thread
import sys

from . import _files
from ._code import ByCode

#: Links that are kept, and how far a chain is followed to count the others.
LINKS = 8
COUNTED = 64

#: Frames that are kept from either end.
ENDS = 64

#: Characters of a message.
MESSAGE = 4096

#: Types of an exception group that are named.
TYPES = 16

_cause = BaseException.__dict__["__cause__"].__get__
_context = BaseException.__dict__["__context__"].__get__
_suppress = BaseException.__dict__["__suppress_context__"].__get__
_traceback = BaseException.__dict__["__traceback__"].__get__
_args = BaseException.__dict__["args"].__get__
_mro = type.__dict__["__mro__"].__get__
_module = type.__dict__["__module__"].__get__
_qualname = type.__dict__["__qualname__"].__get__

#: Exceptions whose text is the traceback of another process: lines of source stand in it. Libraries like `joblib` and
#: `billiard` have their own, under the names that `multiprocessing` and `concurrent.futures` gave theirs.
_TRACEBACKS = {"RemoteTraceback", "_RemoteTraceback"}
_OF_MANAGERS = "multiprocessing.managers", "RemoteError"

#: Exceptions that move a program along. What is no `Exception` moves it along too, whoever defines it.
_CONTROL = (StopIteration, StopAsyncIteration, BrokenPipeError)

_builtins = vars(__import__("builtins"))

_Group = _builtins.get("BaseExceptionGroup", ())

_inside = _Group.__dict__["exceptions"].__get__ if _Group else None

#: Code of our own that stands between the program's: its frames are left out.
left_out = ByCode()


def is_reportable(error):
    """Is it a failure, and no control flow? A group is if anything in it is."""
    # Uses the type, because the exception's own attributes may claim anything.
    kind = type(error)
    if is_group(kind):
        return any(is_reportable(each) for each in _inside(error)[:COUNTED])
    if not issubclass(kind, Exception) or issubclass(kind, _CONTROL):
        return False
    return not (kind.__name__ == "CancelledError" and str(_module(kind)).startswith("concurrent.futures"))


def is_group(kind):
    """Does it hold several exceptions (PEP 654)?"""
    return bool(_Group) and issubclass(kind, _Group)


def holds_no_more(error):
    """Are all members of a group counted?"""
    return len(_inside(error)) <= COUNTED


def members(error):
    """The failures that a group holds, as far as they are counted; none of what is no group."""
    return [each for each in _inside(error)[:COUNTED] if is_reportable(each)] if is_group(type(error)) else []


def traceback_of(error):
    """Where it was raised, whatever it says of itself."""
    return _traceback(error)


def chain(error, own, notes):
    """The links, outermost first; how many were left out; what a group holds; whether any frame is the program's own."""
    links, cut, seen, groups, touches = [], 0, set(), {}, False
    at = error
    while at is not None and id(at) not in seen and len(seen) < COUNTED:
        seen.add(id(at))
        if len(links) < LINKS:
            frames, frames_cut, in_app = _frames(_traceback(at), own)
            touches = touches or in_app
            links.append((type_name(type(at), own), _message(at, notes), frames, frames_cut))
        else:
            cut += 1
        at, of_group = _next(at, own)
        groups = groups or of_group
    return links, cut, groups, touches


def causes(error):
    """It and what it was made from, by `raise … from …`."""
    seen = set()
    while error is not None and id(error) not in seen and len(seen) < COUNTED:
        seen.add(id(error))
        yield error
        error = _cause(error)


def type_name(kind, own):
    """The type, with its module; where it is the user's, the nearest one that it is made from and is not."""
    for base in _mro(kind):
        module, name = _module(base), _qualname(base)
        if not (isinstance(module, str) and isinstance(name, str)):
            continue
        if module == "builtins" and _builtins.get(name) is base:
            return name
        loaded = sys.modules.get(module)
        file = getattr(loaded, "__file__", None)
        place = _files.place(file, module, own) if isinstance(file, str) else None
        if module in sys.builtin_module_names:
            place = (module,)
        if place is not None and _is_there(loaded, base, name):
            return f"{place[0]}.{name}"
    return "Exception"


def _is_there(module, kind, name):
    """Does the module's code say so? A type may be made, and named, when the program runs."""
    if "<locals>" in name:
        return True
    at = module
    for part in name.split("."):
        at = getattr(at, "__dict__", {}).get(part)
    return at is kind


def _next(error, own):
    if is_group(type(error)):
        inside, failures = _inside(error), members(error)
        first = _first_own(failures, own) if failures else inside[0]
        types = [type_name(type(each), own) for each in inside[: TYPES + 1] if each is not first][:TYPES]
        return first, {"sub_exceptions": len(inside), "exception_types": types}
    return _made_from(error), {}


def _made_from(error):
    cause = _cause(error)
    if cause is None and not _suppress(error):
        cause = _context(error)
    return cause


def _first_own(failures, own):
    """The first that touches the program, itself or by what it was made from or holds; else the first. What touches it at
    fewer steps is looked at first."""
    left, seen = [(each, each) for each in failures], set()
    for failure, at in left:
        if at is None or id(at) in seen:
            continue
        if len(seen) == COUNTED:
            break
        seen.add(id(at))
        if _frames(_traceback(at), own)[2]:
            return failure
        left += [(failure, each) for each in members(at) or [_made_from(at)]]
    return failures[0]


def _message(error, notes):
    if _is_traceback(type(error)):
        return None
    if _shows_key(type(error)) and not _is_constant_key(error):
        return "[content]"
    try:
        text = str(error)
        if type(text) is not str:
            text = str.__str__(text)
        text = text[:MESSAGE]
        if notes:
            said = [note for note in getattr(error, "__notes__", [])[:8] if type(note) is str]
            text = "\n".join([text, *said])[:MESSAGE]
        return text
    except KeyboardInterrupt:
        # Ctrl-C was pressed, and the program must still receive it.
        _thread.interrupt_main()
        return None
    except BaseException:
        # Its `__str__` may raise anything, even by `sys.exit()`.
        return None


def _is_traceback(kind):
    return _qualname(kind) in _TRACEBACKS or (_module(kind), _qualname(kind)) == _OF_MANAGERS


def _shows_key(kind):
    """Is what it says the key that was not found?"""
    return issubclass(kind, KeyError) and kind.__str__ is KeyError.__str__


def _is_constant_key(error):
    """Is what was not found a name that the code itself looks for? Anything else is data."""
    key, at = (_args(error) or (None,))[0], _traceback(error)
    if type(key) is not str or at is None:
        return False
    while at.tb_next is not None:
        at = at.tb_next
    code = at.tb_frame.f_code
    return key in code.co_names or any(type(value) is str and value == key for value in code.co_consts)


def kept(traceback):
    """The entries of a traceback from the outermost in, some from either end, and how many were left out."""
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    cut = max(len(entries) - 2 * ENDS, 0)
    if cut:
        del entries[ENDS : ENDS + cut]
    return entries, cut


def _frames(traceback, own):
    """Frames from the innermost out, some from either end; how many were left out; whether any is the program's own."""
    entries, cut = kept(traceback)
    found, in_app, seen = [], False, {}
    for at in reversed(entries):
        frame = at.tb_frame
        code, names = frame.f_code, frame.f_globals
        # A recursive function occurs many times.
        key = id(code), id(names)
        told = seen.get(key)
        if told is None:
            told = seen[key] = _told(code, names, own)
        function, module, file, is_own = told
        if function is None:
            continue
        in_app = in_app or is_own
        found.append((function, module, file, None if file is _files.HOST else at.tb_lineno, is_own))
    return found, cut, in_app


def _told(code, names, own):
    """What is told of a function: its name, module, file, and whether it is the program's own. No name where it is left
    out."""
    if id(code) in left_out.known:
        return None, None, None, False
    place = _files.place(code.co_filename, names.get("__name__"), own)
    if place is None:
        return _files.HOST, None, _files.HOST, False
    return getattr(code, "co_qualname", code.co_name), *place
