"""Errors that come from another process: what they bring along, and who reports them."""

import pytest
from conftest import texts

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
        """
    )
    assert word in out
    [report] = program.reports
    cause = report["exceptions"][1]
    assert cause["type"].endswith("RemoteTraceback") and cause.get("value") is None, cause
    assert word not in texts([report])
