"""The handler for `logging`: exceptions that the program logs, once, and nothing else of a record."""

import logging
import sys

from conftest import texts, value

import pytest

WORK = """
import logging
log = logging.getLogger("tool.work")

def fail(a):
    raise ValueError(f"the barometer of {a} fell silent")

def read(a):
    try:
        fail(a)
    except ValueError:
        log.exception("cannot read the station of %s", a, extra={"owner": a})
"""

BEGIN = """
import logging
from crawl4ai_telemetry.logging import Handler
from tool import work
logging.disable(logging.NOTSET)
root = logging.getLogger()
root.addHandler(Handler({settings}))
begin(hooks=False)
"""


def run(program, source, settings=""):
    program.module("work", WORK)
    out, err = program.run(BEGIN.format(settings=settings) + source)
    assert err == "", err
    return program.reports


def test_a_logged_exception_is_a_report_without_the_record(program, planted):
    name, word, _ = planted
    [report] = run(program, f"work.read({name!r})\n")
    assert value(report) == "the barometer of [word] fell silent" and report["level"] == "error"
    assert report["exceptions"][0]["frames"][0]["function"] == "fail" and report["thread"] == "MainThread"
    assert name not in texts([report]) and "cannot read" not in texts([report]) and report["context"] == {}


def test_once_whoever_reports_it_too(program):
    reports = run(
        program,
        """
@telemetry.telemetry
def inner(): work.fail("x")
@telemetry.telemetry
def outer():
    try:
        inner()
    except ValueError:
        logging.getLogger("tool").exception("again")
        raise
try:
    outer()
except ValueError as error:
    root.error("and again", exc_info=error)
""",
    )
    assert len(reports) == 1


def test_levels_threads_and_loggers_of_others(program):
    reports = run(
        program,
        """
import threading
def logged(level, logger="theirs", fail=work.fail):
    try:
        fail("x")
    except Exception as error:
        logging.getLogger(logger).log(level, "x", exc_info=error)
        pause()
logged(logging.WARNING)
thread = threading.Thread(target=logged, args=(logging.CRITICAL,), name="Reader")
thread.start(); thread.join()
# Another package's logger, and no frame of the program's own.
logged(logging.ERROR, "theirs", int)
# The program's own logger, with an error from elsewhere.
logged(logging.ERROR, "tool.read", int)
""",
    )
    told = [(report["level"], report.get("thread"), value(report)) for report in reports]
    assert [level for level, _, _ in told] == ["fatal", "error"], told
    assert told[1][2].startswith("invalid literal for int()")


def test_a_text_is_reported_where_the_program_asks_and_its_arguments_never(program, planted):
    name, _, _ = planted
    source = f"""
work.log.error("cannot read the station of %s", {name!r})
logging.getLogger("theirs").error("somebody else's trouble with %s", {name!r})
"""
    assert run(program, source) == []
    program.module("say", f"def say(log, a):\n    log.error('cannot read the station of %s', a)\n")
    source = f"from tool import say\nsay.say(work.log, {name!r})\nsay.say(logging.getLogger('theirs'), {name!r})\n"
    [report] = run(program, source, "messages=True")
    assert value(report) == "cannot read the station of %s" and name not in texts([report])


def test_a_task_that_nobody_awaits_is_reported_at_asyncios_logger_and_shown_as_ever(program):
    program.module("work", "async def fail():\n    raise ValueError('the barometer fell silent')\n")
    _, err = program.run(
        """
        import asyncio, logging
        from crawl4ai_telemetry.logging import Handler
        from tool import work
        logging.basicConfig()
        logging.getLogger("asyncio").addHandler(Handler())
        begin()
        async def main():
            task = asyncio.ensure_future(work.fail())
            await asyncio.sleep(0.01)
        asyncio.run(main())
        """
    )
    assert "never retrieved" in err and "fell silent" in err
    [report] = program.reports
    assert value(report) == "the barometer fell silent"


def test_control_flow_and_odd_records_are_no_trouble(program):
    reports = run(
        program,
        """
for error in KeyboardInterrupt(), SystemExit(1), None:
    root.error("x", exc_info=error)
root.error("x", exc_info=(None, None, None))
root.handle(logging.makeLogRecord({"levelno": 40, "exc_info": True, "name": 7, "msg": object()}))
telemetry.shutdown()
root.error("x", exc_info=ValueError("x"))
""",
        "messages=True",
    )
    assert reports == []


def test_records_made_of_anything_raise_nothing(program):
    reports = run(
        program,
        """
handler = Handler(messages=True)
class Odd(logging.LogRecord):
    def __getattribute__(self, name):
        if name == "exc_info": sys.exit("looked at")
        return super().__getattribute__(name)
for level in "ERROR", None, object():
    handler.handle(logging.makeLogRecord({"levelno": level, "name": "tool.work", "msg": "from a network"}))
try:
    work.fail("x")
except ValueError as error:
    handler.handle(logging.makeLogRecord({"levelno": "ERROR", "exc_info": (ValueError, error, None), "name": "tool.work"}))
handler.handle(Odd("tool.work", 40, "x.py", 1, "x", (), None))
""",
    )
    assert [(report["level"], value(report)) for report in reports if "barometer" in value(report)] == [
        ("error", "the barometer of [word] fell silent")
    ]


def test_filters_hold_and_may_give_another_record():
    from crawl4ai_telemetry.logging import Handler

    seen = []

    class Seeing(Handler):
        def emit(self, record):
            seen.append(record.msg)

    handler = Seeing()
    record, other = (logging.makeLogRecord({"msg": text}) for text in ("first", "other"))
    assert handler.handle(record) and seen == ["first"]
    handler.addFilter(lambda record: False)
    assert not handler.handle(record) and seen == ["first"]
    handler.filters[:] = [lambda record: other]
    assert handler.handle(record)
    # Before 3.12 the result of a filter is only true or false.
    assert seen == ["first", "other" if sys.version_info >= (3, 12) else "first"]


def test_it_takes_no_lock_and_is_a_handler_like_any():
    from crawl4ai_telemetry.logging import Handler

    handler = Handler("WARNING")
    assert handler.level == logging.WARNING and handler.lock is None
    logger = logging.Logger("alone")
    logger.addHandler(handler)
    logger.error("nothing is installed here", exc_info=ValueError("x"))
    with pytest.raises(TypeError):
        Handler(logging.ERROR, True)
