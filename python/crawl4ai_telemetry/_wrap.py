"""The decorator: a function's exceptions are reported, and go on to the caller unchanged.

Four wrappers, one for each kind of function. What they do while all is well is to call it.
"""

import sys

from . import _capture, _operations, _telemetry

_FUNCTION = type(lambda: None)
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


def telemetry(function=None, *, operation=None, context=(), ignore=()):
    """Makes a function an operation: an exception that leaves it is reported once, and goes on.

    `operation` is its name, the function's unless given. `context` names arguments that are attached, cleaned. `ignore` are
    types of exceptions that are none. Functions, coroutine functions, generators and asynchronous generators stay what they
    are; so do static methods and methods of classes.
    """
    said_by = sys._getframe(1).f_code
    if isinstance(context, str):
        raise TypeError("context is a list of names")
    ignore = tuple(ignore) if not isinstance(ignore, type) else (ignore,)
    if not all(isinstance(kind, type) for kind in ignore):
        raise TypeError("ignore is a list of types of exceptions")
    if function is None:
        return lambda function: _decorate(function, operation, said_by, tuple(context), ignore)
    return _decorate(function, operation, said_by, tuple(context), ignore)


def _decorate(function, name, said_by, context, ignore):
    if isinstance(function, (classmethod, staticmethod)):
        return type(function)(_decorate(function.__func__, name, said_by, context, ignore))
    if isinstance(function, type) or not callable(function):
        raise TypeError("telemetry decorates functions")
    code = getattr(function, "__code__", None) or getattr(getattr(function, "func", None), "__code__", None)
    flags = code.co_flags if code is not None else 0
    # The positions of arguments are known for plain functions only, because a bound method or a `partial` already has
    # some.
    is_plain = type(function) is _FUNCTION
    places = code.co_varnames[: code.co_argcount] if is_plain else ()

    def failed(error, arguments, named, frame):
        """Only here, when something failed, does any of this cost anything."""
        if _telemetry.instance is not None and not issubclass(type(error), ignore):
            _capture.leaving(error, frame, _attached(context, places, arguments, named) if context else None)

    if flags & _ASYNC_GENERATOR:
        wrapper = _async_generator(function, failed)
    elif flags & _COROUTINE:
        wrapper = _coroutine(function, failed)
    elif flags & _GENERATOR:
        wrapper = _generator(function, failed)
    else:
        wrapper = _plain(function, failed)
    own_name = getattr(function, "__qualname__", None) or type(function).__name__
    # A separate code object, so that the stack names the wrapped function.
    wrapper.__code__ = wrapper.__code__.replace(co_name=own_name.rpartition(".")[2])
    module = getattr(function, "__module__", None)
    if name is None:
        _operations.decorate(wrapper.__code__, own_name, code or said_by, module)
    else:
        _operations.decorate(wrapper.__code__, name, said_by, module)
    return wrapper


def _wraps(function):
    """As `functools.wraps`, which takes longer to load than the whole package, and is there where something is
    decorated."""
    from functools import wraps

    return wraps(function)


def _plain(function, failed):
    @_wraps(function)
    def wrapper(*arguments, **named):
        try:
            return function(*arguments, **named)
        except BaseException as error:
            try:
                failed(error, arguments, named, sys._getframe())
            except Exception:
                # Deep in a recursion there may be no room for this. Only the program's own error may propagate.
                pass
            raise

    return wrapper


def _coroutine(function, failed):
    @_wraps(function)
    async def wrapper(*arguments, **named):
        try:
            return await function(*arguments, **named)
        except BaseException as error:
            try:
                failed(error, arguments, named, sys._getframe())
            except Exception:
                # Deep in a recursion there may be no room for this. Only the program's own error may propagate.
                pass
            raise

    return wrapper


def _generator(function, failed):
    @_wraps(function)
    def wrapper(*arguments, **named):
        try:
            return (yield from function(*arguments, **named))
        except BaseException as error:
            try:
                failed(error, arguments, named, sys._getframe())
            except Exception:
                # Deep in a recursion there may be no room for this. Only the program's own error may propagate.
                pass
            raise

    return wrapper


def _async_generator(function, failed):
    @_wraps(function)
    async def wrapper(*arguments, **named):
        inner = function(*arguments, **named)
        step = inner.__anext__()
        try:
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = yield item
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as thrown:
                    step = inner.athrow(thrown)
                else:
                    step = inner.asend(sent)
        except BaseException as error:
            try:
                failed(error, arguments, named, sys._getframe())
            except Exception:
                # Deep in a recursion there may be no room for this. Only the program's own error may propagate.
                pass
            raise

    return wrapper


def _attached(names, places, arguments, named):
    """The arguments that are asked for, as far as they were given."""
    found = {name: named[name] for name in names if name in named}
    found.update((name, value) for name, value in zip(places, arguments) if name in names)
    return found
