"""From an exception to the native half. What fails in here fails nobody else."""

import sys

from . import _environment, _exceptions, _operations, _telemetry, _values

#: The mark of an exception that was reported, in its own dictionary.
_MARK = "__crawl4ai_telemetry__"

_dict = BaseException.__dict__["__dict__"].__get__


class _Reported:
    """The mark's value. It holds for this process: in another one it is unpickled as None, so that an error of a process that
    was killed before it stored anything is reported where the error arrives."""

    __slots__ = ()

    def __reduce__(self):
        return type(None), ()

    def __deepcopy__(self, known):
        return self


_REPORTED_HERE = _Reported()


class Outcome:
    """What became of a capture. True where a report is on its way, or waits for the user's answer."""

    __slots__ = ("state", "id", "reason")

    def __init__(self, state, detail):
        #: `queued`, `awaiting_consent` or `suppressed`.
        self.state = state
        #: The report's id, where there is one.
        self.id = detail if state != "suppressed" else None
        #: Why there is none.
        self.reason = detail if state == "suppressed" else None

    def __bool__(self):
        return self.id is not None

    def __repr__(self):
        return f"Outcome({self.state!r}, {self.id or self.reason!r})"


_NOT_INSTALLED = Outcome("suppressed", "not_installed")
_NO_CONSENT = Outcome("suppressed", "no_consent")
_REPORTED = Outcome("suppressed", "already_reported")
_IGNORED = Outcome("suppressed", "ignored")
_FAILED = Outcome("suppressed", "failed")


def capture_exception(error=None, /, **context):
    """Reports an exception, the one that is being handled unless it is given, also when it was reported before.

    `context` is attached, cleaned: keys of letters, values of what Python has built in.
    """
    if error is None:
        error = sys.exc_info()[1]
    if not issubclass(type(error), BaseException):
        return _IGNORED
    return _guarded(error, "error", context, sys._getframe(1), True)


def capture_message(level, text, /, **context):
    """Reports a text. `level` is `info`, `warning`, `error` or `fatal`."""
    instance = _telemetry.instance
    if instance is None:
        return _NOT_INSTALLED
    try:
        if not _environment.wants_reports(instance):
            return _NO_CONSENT
        return _message(instance, str(text), str(level), sys._getframe(1), context)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return _FAILED


def leaving(error, frame, context=None, within=None):
    """Reports an exception that leaves an operation, unless it was reported where it left another. `within` gives
    operations that no frame tells of, inside of those that one does; it is called where there is a report."""
    if _telemetry.instance is None:
        return
    _guarded(error, "error", context, frame, False, within=within)


def uncaught(error, level, frame=None, thread=None):
    """Reports an exception that nobody caught, where any frame of it is the program's own."""
    if _telemetry.instance is not None and error is not None:
        _guarded(error, level, None, frame, False, thread, True)


def logged(error, level, frame, is_own, thread):
    """Reports an exception that was logged, unless it was reported; of somebody else's logger, where it is the
    program's own."""
    _guarded(error, level, None, frame, False, thread, not is_own)


def logged_text(text, level, frame, thread):
    """Reports a text that the program wrote, without what was put into it."""
    instance = _telemetry.instance
    try:
        if instance is not None and _environment.wants_reports(instance):
            _message(instance, text, level, frame, {}, thread)
    except KeyboardInterrupt:
        raise
    except BaseException:
        pass


def example():
    """An exception that did not happen, as `preview` shows it."""
    from . import _example

    links, cut, _, _ = _exceptions.chain(_example.error(), (_example.__name__,), False)
    return _told(links, cut, "error", [], _example.CONTEXT, None)


def _message(instance, text, level, frame, context, thread=None):
    operations = _operations.path(frame, _telemetry.own)
    return _hand_over(instance, [("message", text[: _exceptions.MESSAGE], [], 0)], 0, level, operations, context, thread)


def _guarded(error, level, context, frame, expressly, thread=None, own_only=False, within=None):
    instance = _telemetry.instance
    if instance is None:
        return _NOT_INSTALLED
    try:
        if not _environment.wants_reports(instance):
            return _NO_CONSENT
        if not _exceptions.is_reportable(error):
            return _IGNORED
        if not expressly and _is_reported(error, {}):
            return _REPORTED
        own = _telemetry.own
        links, cut, group, touches = _exceptions.chain(error, own, _telemetry.notes)
        if own_only and not touches:
            return _IGNORED
        at = _exceptions.traceback_of(error)
        if at is not None and at.tb_frame is frame:
            # The operation of this frame is still open and already in `path`.
            at = at.tb_next
        inside = _operations.crossed(at, own)
        operations = [*_operations.path(frame, own), *_asked(within), *inside]
        outcome = _hand_over(instance, links, cut, level, operations, {**group, **(context or {})}, thread)
        # Set last, so that if there was no room for all of the above, an outer frame tries again. What is over the limit
        # stays so, and is counted once.
        if outcome or outcome.reason in ("rate_limited", "queue_full"):
            _dict(error)[_MARK] = _REPORTED_HERE
        return outcome
    except KeyboardInterrupt:
        # Ctrl-C was pressed at this moment, and is meant for the program.
        raise
    except BaseException:
        # Includes deep recursion and a lack of memory. An outer frame may have more room and tries again.
        return _FAILED


def _is_reported(error, known):
    """Was it reported, or what it was made from, or each failure that a group among them holds? `known` are the answers so
    far; where there are too many it is news."""
    if id(error) not in known:
        if len(known) > _exceptions.COUNTED:
            return False
        # The answer for a circle, while it is looked for.
        known[id(error)] = False
        known[id(error)] = any(_is_marked(each, known) for each in _exceptions.causes(error))
    return known[id(error)]


def _is_marked(error, known):
    if _dict(error).get(_MARK):
        return True
    failures = _exceptions.members(error)
    return bool(failures) and _exceptions.holds_no_more(error) and all(_is_reported(each, known) for each in failures)


def _asked(within):
    """What it gives; nothing where it fails, so that there is a report all the same."""
    if within is None:
        return ()
    try:
        return within()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return ()


def _hand_over(instance, links, cut, level, operations, context, thread):
    _environment.push_modules(instance, _telemetry.own)
    return Outcome(*instance.capture(_told(links, cut, level, operations, _values.context(context), thread)))


def _told(links, cut, level, operations, context, thread):
    if thread is None:
        threading = sys.modules.get("threading")
        thread = threading.current_thread().name if threading is not None else None
    return {
        "links": links,
        "cut": cut,
        "level": level,
        "operations": [each for at, each in enumerate(operations) if at == 0 or operations[at - 1] != each],
        "context": context,
        "thread": thread,
    }
