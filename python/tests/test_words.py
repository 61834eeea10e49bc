"""Own words: text leaves as it stands in compiled modules of the program and of what is installed, and nothing else."""

from conftest import texts, value

import pytest

RAISE = """
from tool import work
begin()
try:
    work.fail(*{arguments!r})
except Exception as error:
    telemetry.capture_exception(error)
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise ValueError(f'the barometer of {a} fell silent')", "the barometer of [word] fell silent"),
        ("raise ValueError('no account for %s, last seen %s' % (a, b))", "no account for [word], last seen [word]"),
        ("raise ValueError('no account for {!r} in {where}'.format(a, where=b))", "no account for '[word]' in [word]"),
        ("raise ValueError('the password is too short')", "the password is too short"),
        ("raise ValueError(a)", "[word]"),
        ("raise ValueError(f'{a} {b}')", "[text]"),
        ("raise KeyError(a)", "[content]"),
        ("return int(a)", "invalid literal for int() with base [number]: '[word]'"),
    ],
)
def test_pieces_of_the_programs_constants_stay(program, planted, source, expected):
    program.module("work", f"def fail(a, b):\n    {source}\n")
    program.run(RAISE.format(arguments=planted[:2]))
    [report] = program.reports
    assert not any(part in texts(program.reports) for part in planted), report
    assert value(report) == expected


def test_the_users_own_words_are_none_of_the_programs(program, planted):
    word = planted[1]
    program.module("work", "def fail(back):\n    back()\n")
    program.run(
        f"""
        from tool import work
        begin()
        def back():
            raise RuntimeError("my doctor said that {word} is a rare disease")
        try:
            work.fail(back)
        except RuntimeError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "[text]" and word not in texts(program.reports)


def test_lists_of_names_are_no_messages(program):
    names = [f"Wilhelmina{n:c}{n:c}".capitalize() for n in range(ord("a"), ord("a") + 20)]
    program.module("work", f"NAMES = {tuple(names)!r}\ndef fail(name):\n    raise ValueError(name)\n")
    program.run(
        """
        from tool import work
        begin()
        try:
            work.fail(work.NAMES[3])
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "[word]"


@pytest.mark.parametrize(
    "row",
    ["{n}: {name!r}", "{name!r}: {n}", "{n}: ({name!r}, {n})", "{n}: [{name!r}, 'plays the flute, number {n}', len('')]"],
)
def test_columns_of_names_are_no_messages(program, row):
    """People in a dictionary: by name or by number, alone, in tuples, and between sentences."""
    names = [f"Wilhelmina{chr(97 + n)} Lovelace{chr(97 + n)}" for n in range(20)]
    rows = ", ".join(row.format(n=n, name=name) for n, name in enumerate(names))
    program.module("work", f"PEOPLE = {{{rows}}}\ndef fail(name):\n    raise ValueError(f'no account for {{name}}')\n")
    program.run(
        f"""
        from tool import work
        begin()
        try:
            work.fail({names[3]!r})
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "no account for [text]"


def test_without_compiled_modules_nothing_is_the_programs_word(program, planted):
    """`PYTHONDONTWRITEBYTECODE`: the texts are placeholders, and the rest is told."""
    program.module("work", "def fail(a):\n    raise ValueError(f'a gauge in {a} stands askew')\n")
    program.run(RAISE.format(arguments=planted[:1]), PYTHONDONTWRITEBYTECODE="1")
    assert not list(program.packages.rglob("*.pyc"))
    [report] = program.reports
    assert value(report) == "[text]" and report["exceptions"][0]["type"] == "ValueError"
    assert report["exceptions"][0]["frames"][0]["function"] == "fail"


def test_one_bug_is_one_bug_whatever_its_values(program, planted):
    program.module("work", "def fail(a):\n    raise ValueError(f'the barometer of {a} fell silent')\n")
    program.run(
        f"""
        from tool import work
        begin()
        for name in {planted[:2]!r}:
            try:
                work.fail(name)
            except ValueError as error:
                telemetry.capture_exception(error)
        """
    )
    assert len({report["fingerprint"] for report in program.reports}) == 1 and len(program.reports) == 2


def test_a_changed_source_has_no_words(program, planted):
    """A compiled module of another source says nothing about this program."""
    program.module("work", "def fail(a):\n    raise ValueError(f'the hygrometer of {a} fell silent')\n")
    program.run(
        f"""
        from tool import work
        begin()
        Path(work.__file__).write_text("# somebody writes something else\\n")
        try:
            work.fail({planted[0]!r})
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "[text]"


def test_at_the_standard_level_the_search_is_all(program, planted):
    program.module("work", "def fail(a):\n    raise ValueError(f'about {a} of ada@example.com')\n")
    program.run(
        f"""
        from tool import work
        begin(privacy="standard")
        try:
            work.fail({planted[1]!r})
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == f"about {planted[1]} of [email]"
