"""Exceptions that misbehave: the program lives, its own error goes on, and what can be told is told."""

import pytest
from conftest import texts, value

BEGIN = "from tool import work\nbegin()\n"

HOSTILE = {
    "exits": "def __str__(self): raise SystemExit(7)",
    "exits for good": "def __str__(self): sys.exit()",
    "raises itself": "def __str__(self): raise self",
    "recurses": "def __str__(self): return str(self)",
    "no text": "def __str__(self): return 7",
    "generator exit": "def __str__(self): raise GeneratorExit",
    "every attribute fails": "def __getattribute__(self, name): raise SystemExit(7)",
    "cannot be marked": "def __setattr__(self, name, value): raise SystemExit(7)",
    "lies about its cause": "@property\n    def __cause__(self): raise SystemExit(7)",
    "compares": "def __eq__(self, other): raise SystemExit(7)\n    __hash__ = None",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_whatever_an_exception_does_the_program_lives(program, how):
    source = f"import sys\nclass Hostile(Exception):\n    {HOSTILE[how]}\ndef fail():\n    raise Hostile('x')\n"
    program.module("work", f"from crawl4ai_telemetry import telemetry\n{source.replace('def fail', '@telemetry' + chr(10) + 'def fail')}")
    out, _ = program.run(
        BEGIN
        + """
try:
    work.fail()
except work.Hostile:
    print("as ever")
"""
    )
    assert out == "as ever\n"
    [report] = program.reports
    assert report["exceptions"][0]["type"] == "tool.work.Hostile"


def test_megabytes_are_cut_before_they_cross(program, planted):
    program.module("work", f"def fail():\n    raise ValueError('the page {planted[1]} '[:9] + 'x' * 50_000_000)\n")
    program.run(BEGIN + "try:\n    work.fail()\nexcept ValueError as e:\n    assert telemetry.capture_exception(e, huge='y' * 10_000_000)\n")
    [report] = program.reports
    assert len(texts(report)) < 20_000


def test_halves_of_characters_and_nuls_are_no_trouble(program):
    program.module("work", "def fail():\n    raise ValueError('half \\udc80 of it \\x00 fell silent')\n")
    program.run(BEGIN + "try:\n    work.fail()\nexcept ValueError as e:\n    assert telemetry.capture_exception(e, **{'a\\udc80': '\\udfff'})\n")
    assert len(program.reports) == 1


def test_deep_recursion_is_one_report(program):
    program.module("work", "from crawl4ai_telemetry import telemetry\n@telemetry\ndef dig(n):\n    return dig(n + 1)\n")
    program.run(BEGIN + "try:\n    work.dig(0)\nexcept RecursionError:\n    pass\n")
    [report] = program.reports
    assert report["exceptions"][0]["type"] == "RecursionError"
    assert report["operations"] == ["dig"]


def test_chains_are_followed_and_circles_end(program):
    program.module(
        "work",
        """
        def fail():
            try:
                try:
                    {}["x"]
                except KeyError as cause:
                    raise ValueError("the barometer fell silent") from cause
            except ValueError:
                raise RuntimeError("the forecast fell silent")
        def circle():
            first, second = ValueError("one"), ValueError("two")
            first.__cause__, second.__cause__ = second, first
            raise first
        def hidden():
            try:
                {}["x"]
            except KeyError:
                raise ValueError("nothing to see") from None
        """,
    )
    program.run(
        BEGIN
        + """
for fail in work.fail, work.circle, work.hidden:
    try:
        fail()
    except Exception as error:
        assert telemetry.capture_exception(error)
    pause()
"""
    )
    types = [[link["type"] for link in report["exceptions"]] for report in program.reports]
    assert types == [["RuntimeError", "ValueError", "KeyError"], ["ValueError", "ValueError"], ["ValueError"]]
    # The code itself contains this key, but own words contain no single words.
    assert value(program.reports[0], 2) == "'[word]'"


@pytest.mark.skipif("not hasattr(__import__('builtins'), 'ExceptionGroup')")
def test_a_group_is_told_with_what_is_in_it(program):
    program.module(
        "work",
        "def fail():\n    raise ExceptionGroup('both stations fell silent', [ValueError('a'), KeyError('b'), OSError('c')])\n",
    )
    program.run(BEGIN + "try:\n    work.fail()\nexcept ExceptionGroup as e:\n    assert telemetry.capture_exception(e)\n")
    [report] = program.reports
    assert [link["type"] for link in report["exceptions"]] == ["ExceptionGroup", "ValueError"]
    assert report["context"]["sub_exceptions"] in (3, "[number]")


CONTROL = [
    "KeyboardInterrupt",
    "SystemExit",
    "GeneratorExit",
    "StopIteration",
    "StopAsyncIteration",
    "BrokenPipeError",
    "__import__('asyncio').CancelledError",
    "__import__('concurrent.futures').futures.CancelledError",
    "type('Outcome', (BaseException,), {})",
]


@pytest.mark.parametrize("kind", CONTROL)
def test_control_flow_is_never_reported(program, kind):
    program.module(
        "work", f"from crawl4ai_telemetry import telemetry\nKIND = {kind}\n@telemetry\ndef fail():\n    raise KIND\n"
    )
    program.run(BEGIN + "try:\n    work.fail()\nexcept work.KIND:\n    pass\nelse:\n    sys.exit(9)\n")
    assert program.reports == [] and program.waiting == []


def test_sixteen_threads_are_one_bug_within_its_limits(program):
    program.module("work", "def fail():\n    raise ValueError('the barometer fell silent')\n")
    program.run(
        BEGIN
        + """
import threading
def one():
    try:
        work.fail()
    except ValueError as error:
        telemetry.capture_exception(error)
threads = [threading.Thread(target=one) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
telemetry.flush(20)
"""
    )
    assert 1 <= len(program.reports) <= 3
