"""Ends of processes: what was captured is on the disk, whatever ends them, and the hooks of others still run."""

import signal

import pytest

WORK = """
def fail(n=0):
    raise ValueError(f"the barometer fell silent")
"""

CAUGHT = """
        try:
            work.fail()
        except ValueError as error:
            assert telemetry.capture_exception(error)
"""

ENDS = {
    "normal": ("pass", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "an exception of the user's": ("raise KeyError('x')", 1),
    "in a thread": ("import threading; t = threading.Thread(target=work.fail); t.start(); t.join()", 0),
    "flushed, then killed": ("assert telemetry.flush(20); os.kill(os.getpid(), 9)", -9),
    "flushed, then os._exit": ("assert telemetry.flush(20); os._exit(4)", 4),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("hooks", [True, False])
def test_what_was_captured_outlives_the_end(program, end, hooks):
    statement, code = ENDS[end]
    program.module("work", WORK)
    program.run(f"""
        from tool import work
        begin(hooks={hooks})
        {CAUGHT}
        {statement}
        """, code)
    reports = program.reports
    expected = 2 if end == "in a thread" and hooks else 1
    assert len(reports) == expected


def test_what_nobody_caught_is_fatal_and_shown_as_ever(program):
    program.module("work", WORK)
    source = "\nfrom tool import work\n{}\nwork.fail()\n"
    _, without = program.run(source.format(""), 1)
    _, err = program.run(source.format("begin()"), 1)
    assert err == without
    [report] = program.reports
    assert (report["level"], report["thread"]) == ("fatal", "MainThread")


def test_what_does_not_touch_the_program_is_none_of_its_business(program):
    program.module("work", WORK)
    program.run("begin()\nraise ValueError('the user made a mistake')", 1)
    assert program.reports == []


def test_a_handler_of_the_end_is_seen_where_it_was_registered_after_init(program):
    program.module("work", "def first():\n    raise KeyError('first')\ndef second():\n    raise ValueError('second')\n")
    program.run("import atexit\nfrom tool import work\natexit.register(work.first)\nbegin()\natexit.register(work.second)\n")
    assert [report["exceptions"][0]["type"] for report in program.reports] == ["ValueError"]


def test_hooks_of_others_run_and_are_given_back(program):
    program.module("work", WORK)
    out, _ = program.run(
        """
        import threading
        from tool import work
        def theirs(kind, error, traceback): print("theirs", kind.__name__)
        sys.excepthook = theirs
        before = sys.unraisablehook, threading.excepthook
        begin()
        try:
            work.fail()
        except ValueError:
            sys.excepthook(*sys.exc_info())
        telemetry.flush(20)
        telemetry.shutdown()
        assert sys.excepthook is theirs and before == (sys.unraisablehook, threading.excepthook)
        """
    )
    assert out == "theirs ValueError\n"
    assert [report["level"] for report in program.reports] == ["fatal"]


def test_an_error_in_a_destructor_is_a_warning(program):
    program.module("work", "class Page:\n    def __del__(self):\n        raise ValueError('the page fell silent')\n")
    program.run("from tool import work\nbegin()\nwork.Page()\n")
    [report] = program.reports
    assert (report["level"], report["exceptions"][0]["value"]) == ("warning", "the page fell silent")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_lose_nothing(program, method):
    program.module(
        "jobs",
        """
        import crawl4ai_telemetry as telemetry
        from tool import work
        def job(n):
            try:
                work.fail(n)
            except ValueError as error:
                return bool(telemetry.capture_exception(error, attempt=n))
        """,
    ).module("work", WORK)
    program.run(
        f"""
        import multiprocessing
        from tool import work, jobs
        begin()
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            children = [context.Process(target=jobs.job, args=(n,)) for n in range(3)]
            for child in children: child.start()
            for child in children: child.join(30)
            assert [child.exitcode for child in children] == [0, 0, 0]
        """
    )
    assert sorted(report["context"]["attempt"] for report in program.reports) == [0, 1, 2]


JOBS = """
import crawl4ai_telemetry as telemetry
from tool import work
def job(n):
    try:
        work.fail(n)
    except ValueError as error:
        return bool(telemetry.capture_exception(error, attempt=n))
def stored(n):
    return job(n) and telemetry.flush(20)
"""


def pool(end):
    return f"""
        import multiprocessing
        from tool import work, jobs
        begin()
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(2) as pool:
                {end}
        """


def test_a_pool_that_is_closed_loses_nothing(program):
    program.module("jobs", JOBS).module("work", WORK)
    program.run(pool("assert all(pool.map(jobs.job, range(3), 1)); pool.close(); pool.join()"))
    assert sorted(report["context"]["attempt"] for report in program.reports) == [0, 1, 2]


def test_a_pool_that_is_ended_by_sigterm_loses_nothing_that_was_stored(program):
    """As `with Pool()` ends it: the children are killed where they stand."""
    program.module("jobs", JOBS).module("work", WORK)
    program.run(pool("assert all(pool.map(jobs.stored, range(3), 1))"))
    assert sorted(report["context"]["attempt"] for report in program.reports) == [0, 1, 2]


def test_a_bare_fork_loses_nothing(program):
    program.module("work", WORK)
    program.run(
        f"""
        from tool import work
        begin()
        {CAUGHT}
        if (child := os.fork()) == 0:
            {CAUGHT.strip().replace(chr(10), chr(10) + "    ")}
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """
    )
    assert len(program.reports) == 2


def test_sigterm_ends_it_as_ever_and_what_was_stored_is_delivered(program):
    program.module("work", WORK)
    running = program.start(
        f"""
        import time
        from tool import work
        begin()
        {CAUGHT}
        telemetry.flush(20)
        print("ready", flush=True)
        time.sleep(60)
        """
    )
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == -signal.SIGTERM
    assert len(program.reports) == 1


def test_a_flush_waits_as_long_as_it_takes(program):
    program.module("work", WORK)
    program.run(
        f"""
        from tool import work
        begin(exit_timeout=float("inf"))
        {CAUGHT}
        assert telemetry.flush(float("inf"))
        """
    )
    assert len(program.reports) == 1


def test_ctrl_c_ends_a_flush_within_100_ms(program):
    """A server that takes the report and never answers."""
    program.module("work", WORK)
    running = program.start(
        """
        import socket, time
        from tool import work
        silent = socket.create_server(("127.0.0.1", 0))
        telemetry.init(app="tool", version="1.0", own=["tool"], config_folder=FOLDER / "config", ask="never",
                       dsn=f"http://key@127.0.0.1:{silent.getsockname()[1]}/1")
        try:
            work.fail()
        except ValueError as error:
            assert telemetry.capture_exception(error)
        import _thread, threading
        at = []
        def press():
            at.append(time.monotonic())
            _thread.interrupt_main()
        threading.Timer(0.5, press).start()
        try:
            telemetry.flush(8)
        except KeyboardInterrupt:
            print((time.monotonic() - at[0]) * 1000)
        """
    )
    out, err = running.communicate(timeout=30)
    assert running.returncode == 0 and out, err
    assert float(out) < 100
