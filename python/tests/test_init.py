"""`init` where a machine is in an odd state: it raises nothing, and errors are reported as ever."""

import pytest
from conftest import functions, value

WORK = "def fail():\n    raise ValueError('the barometer fell silent')\n"

ODD = {
    "a working folder that is gone": "gone = FOLDER / 'gone'; gone.mkdir(); os.chdir(gone); gone.rmdir(); sys.path.insert(0, '')",
    "entries of sys.path that are no text": "sys.path[:0] = [None, 7, b'bytes', FOLDER, ['list']]",
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("is_loaded", [True, False])
def test_an_odd_machine_is_no_trouble(program, odd, is_loaded):
    program.module("work", WORK)
    program.run(
        f"""
        {"from tool import work" if is_loaded else ""}
        {ODD[odd]}
        begin()
        from tool import work
        try:
            work.fail()
        except ValueError as error:
            assert telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "the barometer fell silent" and functions(report)[0] == "fail"


def test_a_module_of_a_folder_that_is_gone_is_the_users(program):
    program.run(
        """
        gone = FOLDER / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        begin()
        names = {"__name__": "tool.work"}
        exec(compile("def fail(): raise ValueError('x')", "tool/work.py", "exec"), names)
        try:
            names["fail"]()
        except ValueError as error:
            assert telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert set(functions(report)) == {"[host]"}
