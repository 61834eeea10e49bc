"""Whose a name is, where that is not plain: operations of other tasks, code that is typed or made, arguments of methods."""

from conftest import functions, texts, value


def test_a_users_operation_stays_the_users_in_tasks_that_it_starts(program, planted):
    _, word, _ = planted
    program.module("crawler", "async def arun():\n    raise ValueError('no answer')\n")
    program.run(
        f"""
        import asyncio
        from tool import crawler
        begin()
        async def main():
            with telemetry.operation("{word} taxes"):
                await asyncio.gather(crawler_run(), return_exceptions=True)
        @telemetry.telemetry
        async def crawler_run():
            await crawler.arun()
        asyncio.run(main())
        """
    )
    [report] = program.reports
    assert word not in texts([report]), report
    assert "[redacted]" in report["operations"]


def test_code_that_is_typed_into_a_package_is_the_users(program, planted):
    name, word, _ = planted
    program.module("work", "def call(back):\n    return back()\n")
    program.run(
        f"""
        from tool import work
        begin()
        exec(compile("def about_{word}():\\n    raise ValueError('nothing')", "<stdin>", "exec"), vars(work))
        try:
            work.call(work.about_{word})
        except ValueError as error:
            telemetry.capture_exception(error)
        pause()
        try:
            raise type("{name}Error", (ValueError,), {{"__module__": "builtins"}})("nothing")
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    first, second = program.reports
    assert functions(first) == ["[host]", "call", "[host]"]
    assert second["exceptions"][0]["type"] == "ValueError"
    assert not any(part in texts(program.reports) for part in (name, word))


def test_arguments_of_methods_and_partials_are_not_mixed_up(program, planted):
    _, word, _ = planted
    program.module(
        "work",
        """
        import functools
        class Door:
            def login(self, depth, password):
                raise ValueError("no such door")
        def knock(times, depth, password):
            raise KeyError("no such door")
        partial = functools.partial(knock, 3)
        """,
    )
    program.run(
        f"""
        from tool import work
        begin(privacy="standard")
        for target in (work.Door().login, work.partial):
            decorated = telemetry.telemetry(context=("depth",))(target)
            try:
                decorated(5, "{word}")
            except Exception:
                pass
        """
    )
    assert len(program.reports) == 2
    assert word not in texts(program.reports)


def test_a_key_that_was_not_found_is_data_whatever_its_error_is_called(program, planted):
    _, word, _ = planted
    program.module("work", "class Missing(KeyError):\n    pass\ndef find(key):\n    raise Missing(key)\n")
    program.run(
        f"""
        from tool import work
        begin(privacy="standard")
        try:
            work.find("{word}")
        except KeyError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert value(report) == "[content]" and word not in texts([report])


def test_values_are_protected_before_init_too(program, planted):
    _, word, number = planted
    program.run(
        f"""
        telemetry.protect("{word}")
        telemetry.protect({number})
        begin(privacy="standard")
        try:
            raise ValueError("a letter for {word} and {number}")
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert word not in texts([report]) and number not in texts([report])


def test_one_operation_object_serves_many(program):
    program.module("work", "def fail(n):\n    raise ValueError('no answer')\n")
    program.run(
        """
        import threading
        from contextlib import ExitStack
        from tool import work
        begin()
        outer = telemetry.operation("outer")
        def nested(depth):
            with outer:
                if depth:
                    nested(depth - 1)
        nested(3)
        threads = [threading.Thread(target=nested, args=(2,)) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        with ExitStack() as stack:
            stack.enter_context(telemetry.operation("stacked"))
        def generate():
            with telemetry.operation("generated"):
                yield 1
                yield 2
        first, second = generate(), generate()
        next(first); next(second)
        first.close(); second.close()
        try:
            work.fail(1)
        except ValueError as error:
            telemetry.capture_exception(error)
        """
    )
    [report] = program.reports
    assert report.get("operations", []) == [], "none is left open"


def test_a_closed_input_is_no_trouble_at_the_end(program):
    _, err = program.run(
        """
        begin(ask="end")
        try:
            raise ValueError("nothing")
        except ValueError as error:
            telemetry.capture_exception(error)
        sys.stdin.close()
        """
    )
    assert err == ""
    assert len(program.reports) == 1


def test_a_no_that_another_telemetry_was_told_of_counts(program):
    out, _ = program.run(
        """
        begin()
        from crawl4ai_telemetry.compat import crawl4ai
        os.environ["TOOL_TELEMETRY"] = "0"
        crawl4ai.TelemetryConfig(FOLDER / "other").update_from_env()
        crawl4ai.EnvironmentDetector.detect()
        print(telemetry.status().enabled)
        try:
            raise ValueError("nothing")
        except ValueError as error:
            print(telemetry.capture_exception(error).reason)
        """
    )
    assert out.split() == ["False", "no_consent"]
