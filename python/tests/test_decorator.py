"""`@telemetry` and `operation()`: functions stay what they are, and an error is reported once, with what it crossed."""

import gc
import inspect
import pickle

import pytest
from conftest import functions

import crawl4ai_telemetry as telemetry

KINDS = """
import asyncio
from crawl4ai_telemetry import telemetry, operation

@telemetry
def plain(x): raise ValueError("plain fell silent")

@telemetry
async def coroutine(x): raise ValueError("coroutine fell silent")

@telemetry
def generator(x):
    yield x
    raise ValueError("generator fell silent")

@telemetry
async def asynchronous(x):
    yield x
    raise ValueError("asynchronous fell silent")

class Crawler:
    @telemetry
    def method(self): raise ValueError("method fell silent")
    @telemetry
    @classmethod
    def of_class(cls): raise ValueError("of the class fell silent")
    @staticmethod
    @telemetry
    def static(): raise ValueError("static fell silent")

@telemetry(operation="crawl pages")
def outer():
    with operation("parse a page"):
        inner()

@telemetry
def inner(): raise ValueError("inner fell silent")

@telemetry
async def gathered():
    async with operation("read both"):
        await coroutine(1)

async def drain(items): return [item async for item in items]
"""

CALLS = {
    "plain": "work.plain(1)",
    "coroutine": "asyncio.run(work.coroutine(1))",
    "generator": "list(work.generator(1))",
    "asynchronous": "asyncio.run(work.drain(work.asynchronous(1)))",
    "Crawler.method": "work.Crawler().method()",
    "Crawler.of_class": "work.Crawler.of_class()",
    "Crawler.static": "work.Crawler.static()",
}


def calling(call, then=""):
    return f"""
        import asyncio
        from tool import work
        begin()
        try:
            {call}
        except ValueError as error:
            kept = error
        else:
            raise SystemExit("the error was swallowed")
        {then}
        """


@pytest.mark.parametrize("name", CALLS)
def test_every_kind_of_function_reports_what_leaves_it(program, name):
    program.module("work", KINDS)
    program.run(calling(CALLS[name]))
    [report] = program.reports
    assert report["operations"] == [name]
    # The stack has no frame of the wrapper.
    assert functions(report)[0] in (name, name.rpartition(".")[2])
    assert not any(frame["file"].startswith("crawl4ai_telemetry") for frame in report["exceptions"][0]["frames"])


def test_an_error_that_crosses_many_is_reported_once_with_its_path(program):
    program.module("work", KINDS)
    program.run(calling("work.outer()"))
    [report] = program.reports
    assert report["operations"] == ["crawl pages", "parse a page", "inner"]


def test_an_asynchronous_operation_is_one_too(program):
    program.module("work", KINDS)
    program.run(calling("asyncio.run(work.gathered())"))
    [report] = program.reports
    assert report["operations"] == ["gathered", "read both", "coroutine"]


def test_what_is_made_from_a_reported_error_is_no_news_but_expressly(program):
    program.module(
        "work",
        KINDS + "\n@telemetry\ndef wrap():\n    try:\n        inner()\n    except ValueError as e:\n        raise ValueError('x') from e\n",
    )
    program.run(calling("work.wrap()", "pause(); assert telemetry.capture_exception(kept)"))
    assert [len(report["exceptions"]) for report in program.reports] == [1, 2]


def test_a_computed_name_does_not_leave(program, planted):
    name = planted[0]
    program.module(
        "work",
        "from crawl4ai_telemetry import operation\ndef fail(name):\n    with operation(f'crawl {name}'):\n        raise ValueError\n",
    )
    program.run(calling(f"work.fail({name!r})"))
    [report] = program.reports
    assert report["operations"] == ["[redacted]"]


def test_arguments_are_attached_where_they_are_named_and_types_ignored(program):
    program.module(
        "work",
        """
        from crawl4ai_telemetry import telemetry
        @telemetry(context=("depth", "retries"), ignore=(KeyError,))
        def crawl(url, depth, retries=0):
            raise {0: KeyError, 1: ValueError}[depth]
        """,
    )
    program.run(calling("work.crawl('https://example.com', 1, retries=3)"))
    [report] = program.reports
    assert report["context"] == {"retries": 3, "depth": 1}
    program.run(calling("work.crawl('x', 0)").replace("except ValueError", "except KeyError"))
    assert len(program.reports) == 1


@telemetry.telemetry
def documented(first, second=2, *, third: int = 3) -> int:
    """Says so."""
    return first + second + third


@telemetry.telemetry
async def awaited():
    return 1


@telemetry.telemetry
def generated():
    got = yield 1
    yield got
    return 3


@telemetry.telemetry
async def streamed():
    got = yield 1
    try:
        yield got
    except KeyError:
        yield "caught"


def test_a_function_stays_what_it_is():
    assert documented(1, third=5) == 8 and documented.__doc__ == "Says so."
    assert list(inspect.signature(documented).parameters) == ["first", "second", "third"]
    assert pickle.loads(pickle.dumps(documented)) is documented
    assert inspect.iscoroutinefunction(awaited) and inspect.isgeneratorfunction(generated)
    assert inspect.isasyncgenfunction(streamed)
    with pytest.raises(TypeError):
        telemetry.telemetry(int)


def test_what_is_decorated_as_a_program_runs_is_forgotten_with_it():
    from crawl4ai_telemetry import _exceptions, _operations

    gc.collect()
    before = len(_operations._decorated), len(_exceptions.left_out)
    for n in range(100):
        telemetry.telemetry(lambda: n)()
    gc.collect()
    assert before == (len(_operations._decorated), len(_exceptions.left_out))


def test_generators_take_what_is_sent_thrown_and_returned():
    made = generated()
    assert (next(made), made.send("sent")) == (1, "sent")
    with pytest.raises(StopIteration) as ended:
        next(made)
    assert ended.value.value == 3

    async def use():
        items = streamed()
        assert await items.__anext__() == 1
        assert await items.asend("sent") == "sent"
        assert await items.athrow(KeyError("x")) == "caught"
        await items.aclose()

    import asyncio

    asyncio.run(use())
