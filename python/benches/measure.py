"""One figure, in a process of its own: `measure.py LIBRARY WHAT`. Prints nanoseconds, the best of several tries."""

import functools
import sys
import tempfile
import time
import timeit
from pathlib import Path

#: Frames of the error that is captured.
FRAMES = 900


def best(call, number, repeat=7):
    """The best of several batches, in nanoseconds a call."""
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number * 1e9


def dig(depth):
    if depth:
        dig(depth - 1)
    else:
        raise ValueError("the barometer fell silent")


def failed(frames):
    sys.setrecursionlimit(frames + 500)
    try:
        dig(frames - 2)
    except ValueError as error:
        return error


def ours(consent):
    import os

    os.environ["TOOL_TELEMETRY"] = consent
    import crawl4ai_telemetry as telemetry

    folder = Path(tempfile.mkdtemp())
    telemetry.init(
        app="tool", version="1", own=["measure"], file=folder / "reports.jsonl", config_folder=folder, ask="never", privacy="standard"
    )
    return telemetry


def sentry():
    import sentry_sdk

    class Nowhere(sentry_sdk.transport.Transport):
        """Takes what it is given, and sends nothing."""

        def capture_envelope(self, envelope):
            pass

    sentry_sdk.init("http://key@127.0.0.1:9/1", transport=Nowhere, default_integrations=False)
    return sentry_sdk


def plain(x):
    return x


def wrapped(function):
    """A wrapper that does nothing but look at exceptions: the least that a decorator can be."""

    @functools.wraps(function)
    def wrapper(*arguments, **named):
        try:
            return function(*arguments, **named)
        except BaseException:
            raise

    return wrapper


def captured(capture):
    """The best of a few captures, each of an error of its own: how many leave in an hour is limited."""
    took = []
    for _ in range(6):
        error = failed(FRAMES)
        start = time.perf_counter_ns()
        capture(error)
        took.append(time.perf_counter_ns() - start)
        time.sleep(0.05)
    return min(took)


def block(manager):
    def run():
        with manager():
            pass

    return run


WHAT = {
    ("python", "call"): lambda: best(lambda: plain(1), 200_000),
    ("python", "decorated"): lambda: best(functools.partial(wrapped(plain), 1), 200_000),
    ("ours", "decorated"): lambda: best(functools.partial(ours("1").telemetry(plain), 1), 200_000),
    ("sentry", "decorated"): lambda: best(functools.partial(sentry().trace(plain), 1), 20_000),
    ("ours", "block"): lambda: best(block(functools.partial(ours("1").operation, "read")), 50_000),
    ("sentry", "block"): lambda: best(block(sentry().new_scope), 20_000),
    ("ours", "refused"): lambda: best(functools.partial(ours("0").capture_exception, failed(10)), 50_000),
    ("ours", "capture"): lambda: captured(ours("1").capture_exception),
    ("sentry", "capture"): lambda: captured(sentry().capture_exception),
}

if __name__ == "__main__":
    print(WHAT[tuple(sys.argv[1:3])]())
