"""CrewAI's class where somebody said no, and what it leaves to the host: each variable at each operation, signals, the end."""

import signal
import time

import pytest
from crewai_parts import BEGIN_CREW, named, run, spans

#: Each is a no where it is `true`, in any case.
NOES = ["OTEL_SDK_DISABLED", "CREWAI_DISABLE_TELEMETRY", "CREWAI_DISABLE_TRACKING"]


#: An object that says what of it was looked at.
WATCHED = """
class Watched:
    def __init__(self, inside, seen): self.__dict__.update(_inside=inside, _seen=seen)
    def __getattr__(self, name):
        self._seen.add(name)
        found = getattr(self._inside, name)
        return [Watched(each, self._seen) for each in found] if name in ("agents", "tasks", "context") else found
seen = set()
watched = Watched(crew(), seen)
"""


TEXTS = {"goal", "backstory", "description", "expected_output", "context", "output"}


@pytest.mark.parametrize("no", [*NOES, "DO_NOT_TRACK", "CREWAI_TELEMETRY"])
def test_where_nothing_is_recorded_nothing_is_read(program, no):
    value = "0" if no == "CREWAI_TELEMETRY" else "1" if no == "DO_NOT_TRACK" else "true"
    out, err = run(
        program,
        WATCHED
        + """
t = Telemetry()
every(t, watched)
print(sorted(seen))
print(len(os.listdir("/proc/self/task")), [fd for fd in os.listdir("/proc/self/fd") if "socket" in os.path.realpath(f"/proc/self/fd/{fd}")])
""",
        **{no: value},
    )
    # The program itself has read `agents` and `tasks`; nothing else was read.
    assert out.splitlines() == ["['agents', 'tasks']", "1 []"] and err == "", out
    assert spans(program) == []


def test_texts_are_not_read_of_a_crew_that_is_not_shared(program):
    out, _ = run(program, WATCHED + "t = Telemetry(); every(t, watched); sent(t)\nprint(*seen)\n")
    assert "role" in out and not set(out.split()) & TEXTS, out
    assert named(program, "Crew Created")


EACH = [(no, value, "false") for no in NOES for value in ("true", "TRUE")]


@pytest.mark.parametrize(("no", "value", "yes"), [*EACH, ("DO_NOT_TRACK", "1", "0"), ("CREWAI_TELEMETRY", "0", "1")])
def test_each_variable_is_read_at_each_operation(program, no, value, yes):
    run(
        program,
        f"""
t = Telemetry()
assert t.ready
t.feature_usage_span("before")
sent(t)
os.environ[{no!r}] = {value!r}
t.feature_usage_span("while it is a no")
assert not Telemetry()._should_execute_telemetry() and t.ready
assert t._safe_telemetry_operation(lambda: sys.exit("it ran")) is None
sent(t)
os.environ[{no!r}] = {yes!r}
t.feature_usage_span("after")
sent(t)
""",
    )
    assert [each["feature"] for each in named(program, "Feature Usage")] == ["before", "after"]


@pytest.mark.parametrize("no", NOES)
def test_what_is_a_no_at_the_beginning_stays_one(program, no):
    run(program, f"t = Telemetry(); assert not t.ready\ndel os.environ[{no!r}]\nt.feature_usage_span('x'); sent(t)\n", **{no: "True"})
    assert spans(program) == []


def test_what_was_recorded_before_a_no_does_not_leave_after_it(program):
    run(program, "t = Telemetry(); t.feature_usage_span('x'); os.environ['CREWAI_DISABLE_TELEMETRY'] = 'true'; t._shutdown()\n")
    assert spans(program) == []


NO = "os.environ['CREWAI_DISABLE_TELEMETRY'] = 'true'\n"


@pytest.mark.parametrize("end", ["t.task_ended(span, made.tasks[0], made)", "t.task_failed(span, made.tasks[0])", "''"])
def test_a_task_that_was_open_at_a_no_leaves_nothing(program, end):
    """Also not as a failure when its last reference goes; nor what waited before the no."""
    run(
        program,
        f"""
t = Telemetry(); made = crew()
span = t.task_started(made, made.tasks[0])
t.feature_usage_span("before")
{NO}
{end}
t.feature_usage_span("while it is a no")
del span
sent(t)
""",
    )
    assert spans(program) == []


def test_a_task_that_ended_under_a_no_is_no_failure_after_the_next_yes(program):
    run(
        program,
        f"""
t = Telemetry(); made = crew()
span = t.task_started(made, made.tasks[0])
{NO}
t.task_ended(span, made.tasks[0], made)
del os.environ["CREWAI_DISABLE_TELEMETRY"]
t.feature_usage_span("after")
del span
sent(t)
""",
    )
    assert [span["span"] for span in spans(program)] == ["Feature Usage"]


def test_the_assistant_is_told_after_a_no_that_ended(program):
    run(program, f"t = Telemetry()\n{NO}t.coding_agent_span()\nos.environ.clear()\nt.coding_agent_span(); t.coding_agent_span(); sent(t)\n")
    assert [each["feature"] for each in named(program, "Feature Usage")] == ["coding_agent:unknown"]


def test_a_fork_while_a_thread_holds_the_locks_stands_nobody_still(program):
    run(
        program,
        f"""
import threading
t = Telemetry()
held, done = threading.Event(), threading.Event()
def hold():
    with Telemetry._lock, _crewai_usage._turn:
        held.set(); done.wait()
thread = threading.Thread(target=hold)
thread.start(); held.wait()
if (child := os.fork()) == 0:
    import faulthandler
    faulthandler.dump_traceback_later(20, exit=True)
    Telemetry._instance = None
    t = Telemetry()
    t.coding_agent_span(); sent(t)
    os._exit(0)
_, status = os.waitpid(child, 0)
done.set(); thread.join()
assert status == 0
""",
    )
    assert [each["feature"] for each in named(program, "Feature Usage")] == ["coding_agent:unknown"]


def test_the_host_keeps_its_signals_and_its_opentelemetry(program):
    run(
        program,
        """
import signal, threading
signals = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT]
before = [signal.getsignal(each) for each in signals]
t = Telemetry(); t.set_tracer(); every(t, crew()); sent(t)
assert before == [signal.getsignal(each) for each in signals]
assert t.trace_set and t.provider is None and t.resource is None
assert not [name for name in sys.modules if name.split(".")[0] in ("opentelemetry", "logging", "requests")]
thread = threading.Thread(target=lambda: (setattr(Telemetry, "_instance", None), Telemetry()))
thread.start(); thread.join()
""",
    )
    assert named(program, "Crew Created")


def test_the_end_of_a_process_delivers_and_waits_for_no_server(program):
    run(program, "Telemetry().feature_usage_span('at the end')\n")
    assert [each["feature"] for each in named(program, "Feature Usage")] == ["at the end"]
    # This server accepts the connection and never answers.
    running = program.start(
        """
        import socket, time
        silent = socket.create_server(("127.0.0.1", 0))
        os.environ["CREWAI_OTLP_ENDPOINT"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        from crawl4ai_telemetry.compat.crewai import Telemetry
        Telemetry().feature_usage_span("x")
        time.sleep(1)
        print(time.time(), flush=True)
        """
    )
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and time.time() - float(out) < 5, err


def test_ctrl_c_ends_the_process_as_ever(program):
    running = program.start(
        BEGIN_CREW + "import time\nt = Telemetry(); t.feature_usage_span('x'); sent(t)\nprint('ready', flush=True); time.sleep(60)\n"
    )
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == -signal.SIGINT and "KeyboardInterrupt" in err


def test_a_child_of_a_fork_records_its_own(program):
    run(
        program,
        """
t = Telemetry()
t.feature_usage_span("parent"); sent(t)
if (child := os.fork()) == 0:
    t.feature_usage_span("child"); sent(t)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
""",
    )
    assert sorted(each["feature"] for each in named(program, "Feature Usage")) == ["child", "parent"]


def test_one_line_says_so_where_nobody_was_asked_and_a_no_ends_it(program):
    _, err = run(program, "t = Telemetry(); t.feature_usage_span('x'); sent(t)\n")
    assert len(err.splitlines()) == 1 and "CREWAI" in err, err


def test_the_import_starts_nothing(program):
    program.run(
        """
        before = set(sys.modules)
        from crawl4ai_telemetry.compat.crewai import Telemetry
        assert "crawl4ai_telemetry._native" not in sys.modules
        heavy = {"inspect", "typing", "dataclasses", "asyncio", "json", "logging", "uuid", "hashlib"}
        assert not (set(sys.modules) - before) & heavy
        """
    )
