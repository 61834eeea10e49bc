"""The user is asked: on a terminal, at the end, once, and nowhere where a question would be in the way."""

import json
import signal

from terminal import EMAIL, PROMPT, Terminal

import pytest

CAPTURE = """
from tool import work
begin(**{settings})
try:
    work.fail()
except ValueError as error:
    outcome = telemetry.capture_exception(error)
print("outcome", outcome.state)
print("the last line")
"""

FAIL = "def fail():\n    raise ValueError('the barometer fell silent')\n"


def started(program, before="", **settings):
    """A program with an error, on a terminal; nobody has said anything yet."""
    program.module("work", FAIL)
    settings = {"ask": "end", "environment": "cli"} | settings
    return program.on_terminal(before + CAPTURE.format(settings=settings))


def arrived(program):
    file = program.folder / "reports.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_asked_at_the_end_a_yes_to_one_report_sends_it(program):
    terminal = started(program)
    shown = terminal.type(PROMPT, "1\n")
    assert "the last line" in shown and "outcome awaiting_consent" in shown
    terminal.type(EMAIL, "\n")
    assert terminal.end()[1] == 0
    assert len(arrived(program)) == 1 and program.waiting == []


def test_asked_at_the_end_a_no_is_kept(program):
    terminal = started(program)
    terminal.type(PROMPT, "3\n")
    assert terminal.end()[1] == 0
    assert arrived(program) == [] and program.waiting == []
    stored = json.loads((program.folder / "config" / "config.json").read_text())
    assert stored["telemetry"]["consent"] == "denied"
    # Nobody is asked again.
    shown, code = started(program).end()
    assert code == 0 and PROMPT not in shown and "outcome suppressed" in shown


def test_ctrl_c_at_the_question_ends_the_process_and_the_report_waits(program):
    terminal = started(program)
    terminal.type(PROMPT, "\x03")
    assert terminal.end()[1] == -signal.SIGINT
    assert arrived(program) == [] and len(program.waiting) == 1


def test_an_error_that_ends_the_program_is_shown_before_the_question(program):
    program.module("work", FAIL)
    source = "from tool import work\nbegin(ask='end', environment='cli')\nwork.fail()\n"
    terminal = program.on_terminal(source)
    shown = terminal.type(PROMPT, "1\n")
    assert "ValueError: the barometer fell silent" in shown
    terminal.type(EMAIL, "ada@example.org\n")
    assert terminal.end()[1] == 1
    [report] = arrived(program)
    assert (report["level"], report["user_email"]) == ("fatal", "ada@example.org")


#: What makes standard input somebody else's, or the program none that asks.
NOT_ASKED = {
    "never": ("", {"ask": "never"}),
    "pytest": ("import pytest\n", {}),
    "IPython": ("import types; sys.modules['IPython'] = types.ModuleType('IPython')\n", {}),
    "an interactive prompt": ("sys.ps1 = '>>> '\n", {}),
    "another input": ("import io; sys.stdin = io.StringIO('1\\n')\n", {}),
    "no input": ("sys.stdin = None\n", {}),
}


@pytest.mark.parametrize("why", NOT_ASKED)
def test_never_where_it_would_be_in_the_way(program, why):
    before, settings = NOT_ASKED[why]
    shown, code = started(program, before, **settings).end()
    assert code == 0 and PROMPT not in shown and "the last line" in shown, shown
    assert arrived(program) == []
