"""What a report says of the stack: modules, relative files, whose a function is, and nothing of the machine."""

from conftest import functions, texts

TWELVE = "\n".join(f"def f{n}(text):\n    raise ValueError(text)" for n in range(12))


def test_twelve_functions_that_raise_the_same_are_twelve_bugs(program, planted):
    # Ten reports an hour leave. Two runs would have separate folders, and fingerprints do not depend on the number.
    program.module("work", TWELVE)
    program.run(
        f"""
        from tool import work
        begin()
        for n in range(10):
            try:
                getattr(work, f"f{{n}}")({planted[1]!r})
            except ValueError as error:
                assert telemetry.capture_exception(error)
        assert telemetry.flush(20)
        """
    )
    assert len(program.reports) == 10
    assert len({report["fingerprint"] for report in program.reports}) == 10
    assert planted[1] not in texts(program.reports)


def test_a_frame_has_its_module_and_its_file_and_no_place_on_the_disk(program):
    program.module("deep/__init__", "").module("deep/crawler", "")
    (program.packages / "tool" / "deep").mkdir()
    (program.packages / "tool" / "deep" / "__init__.py").write_text("")
    (program.packages / "tool" / "deep" / "crawler.py").write_text(
        "import json\nclass Crawler:\n    def read(self):\n        return json.loads('{')\n"
    )
    program.run(
        """
        from tool.deep.crawler import Crawler
        begin()
        try:
            Crawler().read()
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    frames = report["exceptions"][0]["frames"]
    # Innermost first. Frames of the standard library are not the program's, and the script belongs to the user.
    assert frames[0]["module"] == "json.decoder" and frames[0]["file"] == "json/decoder.py" and not frames[0]["in_app"]
    own = [frame for frame in frames if frame["in_app"]]
    assert [(f["module"], f["file"], f["line"]) for f in own] == [("tool.deep.crawler", "tool/deep/crawler.py", 4)]
    assert own[0]["function"] in ("Crawler.read", "read")
    assert frames[-1] == {"function": "[host]", "file": "[host]", "in_app": False}
    assert str(program.folder) not in texts(program.reports)
    assert report["platform"]["runtime"].startswith("CPython 3.") and "compiler" not in report["platform"]


def test_what_the_user_wrote_is_called_host(program, planted):
    name, word, _ = planted
    program.module("work", "def call(back):\n    return back()\n")
    program.run(
        f"""
        from tool import work
        begin()
        class {name}Error(ValueError): pass
        def about_{word}():
            raise {name}Error("nothing")
        try:
            work.call(about_{word})
        except ValueError as error:
            telemetry.capture_exception(error)
        pause()
        eval(compile("def f_{word}(): raise ValueError", "<{word}>", "exec"))
        try:
            f_{word}()
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    first, second = program.reports
    assert functions(first) == ["[host]", "call", "[host]"]
    assert first["exceptions"][0]["type"] == "ValueError", "the nearest that is not the user's"
    assert set(functions(second)) == {"[host]"}
    assert not any(part in texts(program.reports) for part in (name, word))


def test_a_deep_stack_keeps_both_ends_and_says_how_much_it_cut(program):
    program.module("work", "def dig(n):\n    return dig(n - 1) if n else 1 / 0\n")
    program.run(
        """
        from tool import work
        begin()
        try:
            work.dig(900)
        except ZeroDivisionError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    exception = report["exceptions"][0]
    assert len(exception["frames"]) == 128 and exception["frames_cut"] == 902 - 128
    assert exception["frames"][0]["function"] == "dig" and exception["frames"][-1]["function"] == "[host]"


def test_no_local_and_no_line_of_source_leaves(program, planted):
    name, word, number = planted
    program.module(
        "work", f"def read(secret):\n    copy = secret  # {word}\n    raise RuntimeError('the barometer fell silent')\n"
    )
    program.run(
        f"""
        from tool import work
        begin()
        try:
            work.read({number!r})
        except RuntimeError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert report["exceptions"][0]["value"] == "the barometer fell silent"
    assert not any(part in texts(program.reports) for part in (word, number))
