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
