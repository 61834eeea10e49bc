"""The operations that an error crossed: `crawl > fetch > parse`.

A decorated function costs nothing for that while all is well: which of them are open is read off the stack when something
failed. Only `operation()` keeps a note, of its name and the frame that it stands in.
"""

from contextvars import ContextVar
from sys import _getframe

from . import _exceptions, _files
from ._code import ByCode

#: Names, the code that names them and its module, and the ids of the frames that they were opened in, outermost first.
_open = ContextVar("crawl4ai_telemetry_operations", default=())

#: Decorated functions by their wrapper's code: a name, and the code and module that say it.
_decorated = ByCode()

#: How far a stack is followed, in frames.
_DEEPEST = 4096


def decorate(code, name, said_by, module):
    """This code is a wrapper's."""
    _decorated.put(code, (name, said_by, module))
    _exceptions.left_out.put(code, True)


def path(frame, own):
    """The operations that are open in this frame, outermost first, each with whether its name is the program's constant."""
    blocks = list(_open.get())
    found, decorated = [], _decorated.known
    for _ in range(_DEEPEST):
        if frame is None:
            break
        while blocks and blocks[-1][3] == id(frame):
            found.append(told(*blocks.pop()[:3], own))
        wrapper = decorated.get(id(frame.f_code))
        if wrapper is not None:
            found.append(told(*wrapper[1], own))
        frame = frame.f_back
    # These operations belong to the task that started this one.
    found += [told(*block[:3], own) for block in reversed(blocks)]
    return found[::-1]


def crossed(traceback, own):
    """The decorated functions that an error left, from the outermost on, of the frames that are told: where none is
    open any more."""
    wrappers = (_decorated.get(at.tb_frame.f_code) for at in _exceptions.kept(traceback)[0])
    return [told(*wrapper, own) for wrapper in wrappers if wrapper is not None]


def told(name, code, module, own):
    """An operation's name, and whether it is a constant of the program: of its code, in a file that is not the
    user's."""
    name = str(name)[:128]
    if module is None or _files.place(code.co_filename, module, own) is None:
        # The names of the user's code belong to the user, and so do those of code whose owner is unknown.
        return name, False
    # Before Python 3.11, a code object does not know its class.
    whole = getattr(code, "co_qualname", None)
    says = name == code.co_name or (name == whole if whole else name.rpartition(".")[2] == code.co_name)
    return name, says or any(type(value) is str and value == name for value in code.co_consts)


class operation:
    """Opens an operation, for `with` and for `async with`: reports carry its name, and an exception that leaves it is reported.

    `name` is a constant of the program; one that was computed leaves only where the program asked for texts that it did not
    write (`privacy="standard"`).
    """

    __slots__ = ("_name",)

    def __init__(self, name):
        self._name = name

    def __enter__(self):
        self._begin(_getframe(1))
        return self

    def __exit__(self, kind, error, traceback):
        self._end(error)
        return False

    def __aenter__(self):
        self._begin(_getframe(1))
        return _Ready(self)

    def __aexit__(self, kind, error, traceback):
        self._end(error)
        return _Ready(False)

    def _begin(self, frame):
        _open.set((*_open.get(), (self._name, frame.f_code, frame.f_globals.get("__name__"), id(frame))))

    def _end(self, error):
        frame = _getframe(2)
        try:
            if error is not None:
                from ._capture import leaving

                leaving(error, frame)
        except Exception:
            # Deep in a recursion there may be no room for this. Only the program's own error may propagate.
            pass
        finally:
            self._close(id(frame))

    def _close(self, frame):
        """Takes the last one away that this object opened in that frame. An object may be used several times, and threads and
        generators end theirs in any order."""
        blocks = _open.get()
        if blocks and blocks[-1][0] is self._name and blocks[-1][3] == frame:
            # The usual case: the last operation is the one to close.
            _open.set(blocks[:-1])
            return
        mine = [at for at, block in enumerate(blocks) if block[0] is self._name]
        # An `ExitStack` opens and closes the operation in different frames of its own.
        at = next((at for at in reversed(mine) if blocks[at][3] == frame), mine[-1] if mine else None)
        if at is not None:
            _open.set(blocks[:at] + blocks[at + 1 :])


class _Ready:
    """Something to wait for that is there."""

    __slots__ = ("_value",)

    def __init__(self, value):
        self._value = value

    def __await__(self):
        return self._value
        yield
