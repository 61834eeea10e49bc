"""Errors that come from another process: what they bring along, and who reports them."""

import pytest
from conftest import texts

WORK = """
from crawl4ai_telemetry import telemetry

@telemetry
def fail():
    raise ValueError("the barometer fell silent")

@telemetry
def outer():
    fail()

@telemetry
def again(error):
    raise error
"""

#: A job whose source has a comment: a traceback of Python shows it.
JOB = "def fail(n):\n    raise ValueError('the barometer fell silent')  # {word}\n"

POOLS = {
    "multiprocessing": "multiprocessing.get_context('fork').Pool(1)",
    "concurrent.futures": "ProcessPoolExecutor(1, multiprocessing.get_context('fork'))",
}


@pytest.mark.parametrize("pool", POOLS)
def test_the_lines_of_source_of_a_remote_traceback_do_not_leave(program, planted, pool):
    _, word, _ = planted
    program.module("jobs", JOB.format(word=word))
    out, _ = program.run(
        f"""
        import multiprocessing, traceback
        from concurrent.futures import ProcessPoolExecutor
        from tool import jobs
        begin(privacy="standard")
        with {POOLS[pool]} as pool:
            try:
                list(pool.map(jobs.fail, [1]))
            except ValueError as error:
                traceback.print_exception(error, file=sys.stdout)
                assert telemetry.capture_exception(error)
                # A later start would narrow it to own words.
                pause()
        """
    )
    assert word in out
    [report] = program.reports
    cause = report["exceptions"][1]
    assert cause["type"].endswith("RemoteTraceback") and cause.get("value") is None, cause
    assert word not in texts([report])


def test_the_lines_of_source_of_a_managers_error_do_not_leave(program, planted):
    _, word, _ = planted
    program.module("jobs", JOB.format(word=word))
    out, _ = program.run(
        """
        from multiprocessing.managers import BaseManager, RemoteError
        from tool import jobs
        begin(privacy="standard")
        class Manager(BaseManager):
            pass
        Manager.register("fail", jobs.fail)
        if __name__ == "__main__":
            with Manager() as manager:
                try:
                    manager.fail(1)
                except RemoteError as error:
                    print(error)
                    assert telemetry.capture_exception(error)
                    # A later start would narrow it to own words.
                    pause()
        """
    )
    assert word in out
    [report] = program.reports
    assert report["exceptions"][0]["type"] == "multiprocessing.managers.RemoteError"
    assert word not in texts([report])


def test_the_mark_of_a_reported_error_does_not_go_to_another_process(program):
    program.module("work", WORK)
    program.run(
        """
        import copy, pickle
        from crawl4ai_telemetry._capture import _MARK
        from tool import work
        begin()
        try:
            work.fail()
        except ValueError as error:
            assert error.__dict__[_MARK] and copy.deepcopy(error).__dict__[_MARK]
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                assert not pickle.loads(pickle.dumps(error, protocol)).__dict__[_MARK]
        """
    )
    assert len(program.reports) == 1


def test_an_error_of_a_killed_process_is_reported_where_it_arrives(program):
    program.module("work", WORK)
    program.run(
        """
        import multiprocessing
        from tool import work
        begin()
        context = multiprocessing.get_context("fork")
        arriving, leaving = context.Pipe(duplex=False)
        def child():
            try:
                work.fail()
            except ValueError as error:
                leaving.send(error)
                os.kill(os.getpid(), 9)
        process = context.Process(target=child)
        process.start()
        process.join(30)
        assert process.exitcode == -9
        try:
            work.again(arriving.recv())
        except ValueError:
            pass
        """
    )
    # The child may have stored its own.
    assert ["again"] in [report["operations"] for report in program.reports]


def test_what_is_over_the_limit_is_counted_once_however_many_operations_it_leaves(program):
    program.module("work", WORK)
    program.run(
        """
        from tool import work
        begin()
        for n in range(40):
            try:
                work.outer()
            except ValueError:
                pass
        assert telemetry.flush(20)
        losses = telemetry.status().details["losses"]
        assert len(telemetry.log()) + sum(losses.values()) == 40, losses
        """
    )
