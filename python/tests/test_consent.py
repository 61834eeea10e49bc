"""Consent, as a Python program meets it: without a yes no file, no socket, no thread; and the same command."""

import json
import subprocess
import sys

import pytest
from conftest import texts

FAIL = "def fail(a='x'):\n    raise ValueError(f'the barometer of {a} fell silent')\n"

CAPTURE = """
from tool import work
begin()
try:
    work.fail()
except ValueError as error:
    outcome = telemetry.capture_exception(error)
"""

NOES = [
    {"TOOL_TELEMETRY": "0"},
    {"DO_NOT_TRACK": "1"},
    {"TOOL_TELEMETRY": "nein"},
    {"TOOL_TELEMETRY": "", "CI": "true"},
]


@pytest.mark.parametrize("no", NOES, ids=str)
def test_a_no_leaves_no_trace(program, no):
    program.module("work", FAIL)
    out, err = program.run(
        CAPTURE
        + """
assert not outcome and outcome.reason == "no_consent", outcome
threads = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1
sockets = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
print(threads, [name for name in sockets if "socket" in name])
""",
        **no,
    )
    assert out == "1 []\n" and err == ""
    assert not (program.folder / "config").exists() and not (program.folder / "reports.jsonl").exists()


def test_a_variable_that_is_set_later_counts_from_the_next_error_on(program):
    program.module("work", FAIL)
    program.run(
        CAPTURE
        + """
assert outcome
telemetry.flush(20)
os.environ["DO_NOT_TRACK"] = "1"
try:
    work.fail()
except ValueError as error:
    assert not telemetry.capture_exception(error)
"""
    )
    assert len(program.reports) == 1


def test_yes_no_status_log_and_preview(program, planted):
    program.module("work", FAIL)
    out, _ = program.run(
        f"""
        import json
        from tool import work
        begin()
        assert not telemetry.status().enabled
        telemetry.enable(email="ada@example.org")
        assert telemetry.status().enabled and telemetry.status().email == "ada@example.org"
        telemetry.protect("fell silent")
        try:
            work.fail({planted[0]!r})
        except ValueError as error:
            assert telemetry.capture_exception(error)
        assert telemetry.flush(20)
        [entry] = telemetry.log()
        assert (entry.fate, entry.error, entry.culprit) == ("delivered", "ValueError", "fail"), entry
        shown = telemetry.preview()
        assert "ada@example.com" not in shown and "secret" not in shown
        print(shown)
        telemetry.disable()
        status = telemetry.status()
        assert (status.enabled, status.consent, status.to_dict()["decided_by"]) == (False, "denied", "stored_denial")
        print(status, file=sys.stderr)
        """,
        TOOL_TELEMETRY="",
        CI="true",
    )
    preview = json.loads(out)
    assert preview["platform"]["runtime"].startswith("CPython") and len(preview["exceptions"]) == 2
    [report] = program.reports
    assert report["user_email"] == "ada@example.org" and "silent" not in texts([report])


def test_settings_that_there_are_not_are_errors_and_a_second_init_changes_nothing(program):
    program.module("work", FAIL)
    program.run(
        """
        wrongs = [{"privacy": "none"}, {"ask": "often"}, {"own": "tool"}, {"color": 1}, {"environment": "production"}]
        wrongs += [{"dsn": "https://key@crashes.example.com/1"}, {"otlp": "https://collector.example.com"}]
        for wrong in wrongs:
            try:
                begin(**wrong)
            except (TypeError, ValueError):
                pass
            else:
                sys.exit(f"{wrong} was taken")
        begin()
        telemetry.init(app="other", file="/nowhere")
        assert telemetry.status().details["config_path"].endswith("config.json")
        from tool import work
        try:
            work.fail()
        except ValueError as error:
            assert telemetry.capture_exception(error)
        """
    )
    assert program.reports[0]["app"]["name"] == "tool"


def test_a_yes_that_is_set_later_counts_too(program):
    program.module("work", FAIL)
    program.run(
        CAPTURE
        + """
import time
def captured():
    try:
        work.fail()
    except ValueError as error:
        return telemetry.capture_exception(error)
assert not outcome
os.environ["TOOL_TELEMETRY"] = "1"
# For a second after a refusal, a changed value of an existing variable is not noticed.
until = time.monotonic() + 10
while not captured() and time.monotonic() < until:
    time.sleep(0.1)
assert captured()
os.environ["DO_NOT_TRACK"] = "1"
assert not captured()
# A removed variable is noticed at once.
del os.environ["DO_NOT_TRACK"]
assert captured()
""",
        TOOL_TELEMETRY="0",
    )


@pytest.mark.skipif("not hasattr(__import__('os'), 'fork')")
def test_a_child_of_a_fork_sets_telemetry_up_whatever_its_parents_threads_do(program):
    """Another thread was setting it up when the process forked: nobody in the child ends that."""
    program.run(
        """
        import threading
        from crawl4ai_telemetry import _telemetry
        there, done = threading.Event(), threading.Event()
        install = _telemetry._install
        def slow(*given):
            there.set()
            done.wait(30)
            install(*given)
        _telemetry._install = slow
        thread = threading.Thread(target=begin)
        thread.start()
        there.wait(30)
        _telemetry._install = install
        if (child := os.fork()) == 0:
            import signal
            signal.alarm(20)
            begin()
            os._exit(0 if telemetry.status().enabled else 1)
        assert os.waitpid(child, 0)[1] == 0
        done.set()
        thread.join()
        assert telemetry.status().enabled
        """
    )


def test_without_init_everything_does_nothing(program):
    program.run(
        """
        assert telemetry.capture_exception(ValueError()).reason == "not_installed"
        assert telemetry.capture_message("error", "x").reason == "not_installed"
        assert telemetry.flush() and not telemetry.status().enabled and telemetry.log() == []
        telemetry.protect("something"); telemetry.shutdown()
        assert "crawl4ai_telemetry._native" not in sys.modules
        """
    )


def test_an_import_loads_nothing_native_and_hooks_nothing():
    program = (
        "import sys, threading; before = sys.excepthook, threading.excepthook, sys.unraisablehook, set(sys.modules)\n"
        "import crawl4ai_telemetry\n"
        "assert before[:3] == (sys.excepthook, threading.excepthook, sys.unraisablehook)\n"
        "new = set(sys.modules) - before[3]\n"
        "heavy = {'inspect', 'typing', 'dataclasses', 'asyncio', 'json', 'logging', 'crawl4ai_telemetry._native'}\n"
        "assert not new & heavy, new & heavy\n"
    )
    subprocess.run([sys.executable, "-S", "-I", "-c", "import sys; sys.path.insert(0, %r)\n" % packages() + program], check=True)


def packages():
    import crawl4ai_telemetry

    return str(__import__("pathlib").Path(crawl4ai_telemetry.__file__).parent.parent)


def test_the_command_is_that_of_rust(tmp_path):
    def run(*args, code=0):
        environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "CI": "true"}
        command = [sys.executable, "-m", "crawl4ai_telemetry", *args]
        ended = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout

    assert json.loads(run("status", "--json"))["consent"] == "not_set"
    run("enable", "--email", "ada@example.org")
    assert json.loads((tmp_path / ".crawl4ai" / "config.json").read_text())["telemetry"]["email"] == "ada@example.org"
    assert json.loads(run("status", "--json"))["consent"] == "always"
    run("disable")
    assert json.loads(run("status", "--json"))["consent"] == "denied"
    assert "`crawl4ai-telemetry enable`" in run("status")
    run("enable", "--never", code=2)
    assert "exceptions[].frames[].function" in run("schema")
