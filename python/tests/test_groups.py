"""Exception groups: whose one is, and whether it is news."""

import pytest
from conftest import functions

pytestmark = pytest.mark.skipif("not hasattr(__import__('builtins'), 'ExceptionGroup')")

WORK = """
async def fail():
    raise ValueError("the barometer fell silent")

async def deep():
    raise ExceptionGroup("both stations", [OSError("no answer"), await failed()])

async def failed():
    try:
        await fail()
    except ValueError as error:
        return error
"""


@pytest.mark.parametrize("call", ["fail", "deep"])
def test_a_group_is_the_programs_where_any_that_it_holds_is(program, call):
    program.module("work", WORK)
    program.run(
        f"""
        import asyncio
        from tool import work
        begin()
        async def mine():
            raise KeyError("the user made a mistake")
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(mine())
                group.create_task(work.{call}())
        asyncio.run(main())
        """,
        1,
    )
    [report] = program.reports
    types = [link["type"] for link in report["exceptions"]]
    assert types == (["ExceptionGroup"] * 2 if call == "deep" else ["ExceptionGroup"]) + ["ValueError"]
    assert functions(report, -1)[0] == "fail"


def test_a_group_of_the_users_own_errors_is_none_of_its_business(program):
    program.module("work", WORK)
    program.run(
        """
        from tool import work
        begin()
        errors = [ValueError("the user made a mistake") for _ in range(100)]
        errors[0].__cause__, errors[1].__cause__ = errors[1], errors[0]
        raise ExceptionGroup("mistakes", errors)
        """,
        1,
    )
    assert program.reports == []


TASKS = """
import asyncio
from crawl4ai_telemetry import telemetry

@telemetry
async def station():
    raise ValueError("the barometer fell silent")

async def forecast():
    raise OSError("no answer")

@telemetry
async def main(*tasks):
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task())
"""

CALL = """
import asyncio
from tool import work
begin()
try:
    asyncio.run({call})
except ExceptionGroup as error:
    kept = error
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("work.main(work.station)", ["ValueError"]),
        ("work.main(work.station, work.forecast)", ["ExceptionGroup", "ValueError"]),
        # Groups in a group.
        ("work.main(lambda: work.main(work.station), work.station)", ["ValueError", "ValueError"]),
    ],
)
def test_a_group_is_news_where_anything_that_it_holds_is(program, call, expected):
    program.module("work", TASKS)
    program.run(CALL.format(call=call))
    assert sorted(report["exceptions"][0]["type"] for report in program.reports) == expected


def test_what_is_made_from_a_group_that_is_no_news_is_none_and_circles_end(program):
    program.module("work", TASKS)
    program.run(
        CALL.format(call="work.main(work.station)")
        + """
pause()
@telemetry.telemetry
def wrap(): raise RuntimeError("x") from kept
try:
    wrap()
except RuntimeError:
    pass
@telemetry.telemetry
def unwrap():
    group = ExceptionGroup("x", [OSError("y")])
    raise group.exceptions[0] from group
try:
    unwrap()
except OSError:
    pass
"""
    )
    assert sorted(report["exceptions"][0]["type"] for report in program.reports) == ["OSError", "ValueError"]


def test_what_stands_behind_the_members_that_are_counted_is_news(program):
    program.run(
        """
        from crawl4ai_telemetry import _capture, _exceptions
        begin()
        @telemetry.telemetry
        def fail(error): raise error
        failed = []
        for n in range(_exceptions.COUNTED):
            try:
                fail(OSError(str(n)))
            except OSError as error:
                failed.append(error)
        # The limits would refuse the groups themselves.
        assert _capture._is_reported(ExceptionGroup("storms", failed), {})
        assert not _capture._is_reported(ExceptionGroup("storms", [*failed, ValueError("a new one")]), {})
        """
    )
