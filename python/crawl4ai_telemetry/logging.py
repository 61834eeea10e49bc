"""A handler for `logging`: errors that a program logs with their exception are reported. Only where a program asks for
it.

    import logging
    from crawl4ai_telemetry.logging import Handler

    logging.getLogger("weather").addHandler(Handler())

Of a record its exception counts, and its level. Its message, its arguments and what else is attached to it do not
leave, but for `messages=True`.
"""

import logging
import sys

from . import _capture, _files, _telemetry

__all__ = ["Handler"]


class Handler(logging.Handler):
    """Reports the exception of a record: once, whoever reports it too. Of other programs' loggers, only one that
    touches yours.

    `level` is the lowest that counts. With `messages`, records without an exception are reported as well, by the text
    that the program logs before arguments are put into it, of loggers that are called after your packages.
    """

    def __init__(self, level=logging.ERROR, *, messages=False):
        super().__init__(level)
        self._messages = bool(messages)

    def createLock(self):
        """None is needed: a capture keeps nothing here. So no thread waits for another, and no child of a fork for one
        that is not there."""
        self.lock = None

    def handle(self, record):
        """Called by `logging`. Raises what a filter raises, and else nothing but KeyboardInterrupt."""
        # Replaces Python's own method, which since 3.13 takes the lock without checking that there is one.
        passed = self.filter(record)
        if passed:
            # Since 3.12 a filter may return another record.
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return passed

    def emit(self, record):
        """Called by `handle`. Raises nothing but KeyboardInterrupt."""
        if _telemetry.instance is None:
            return
        try:
            self._emit(record, sys._getframe(1))
        except KeyboardInterrupt:
            raise
        except BaseException:
            # A record may contain anything, for example if it was made from network data.
            pass

    def _emit(self, record, frame):
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) and len(record.exc_info) == 3 else None
        is_own = isinstance(record.name, str) and _files.is_own(record.name, _telemetry.own)
        if issubclass(type(error), BaseException):
            _capture.logged(error, _level(record.levelno), frame, is_own, record.threadName)
        elif self._messages and is_own and type(record.msg) is str:
            _capture.logged_text(record.msg, _level(record.levelno), frame, record.threadName)


def _level(number):
    if not isinstance(number, (int, float)):
        return "error"
    if number >= logging.CRITICAL:
        return "fatal"
    if number >= logging.ERROR:
        return "error"
    return "warning" if number >= logging.WARNING else "info"
