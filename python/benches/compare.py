"""The package beside `sentry-sdk`: the import, a decorated call that succeeds, a capture with 900 frames.

    python/benches/run      in an environment of its own; prints a table, which `docs/python.md` shows

Each figure is the best of several processes, those of both libraries in turn. A machine that is busy shows in all of
them.
"""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

MEASURE = str(Path(__file__).with_name("measure.py"))
ROUNDS = 5

IMPORTS = {"ours": "crawl4ai_telemetry", "sentry": "sentry_sdk"}

#: The rows, and what they are called.
ROWS = {
    "import": "`import`",
    "decorated": "a decorated call that succeeds; `sentry_sdk.trace`",
    "block": "a block; `sentry_sdk.new_scope`",
    "refused": "a capture that the user refused",
    "capture": "a capture with 900 frames, on the calling thread",
}

#: Units, and how many nanoseconds they are.
UNITS = (("ms", 1e6), ("µs", 1e3), ("ns", 1))


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def imported(library):
    """The whole time of an import, by the interpreter's own clock, in nanoseconds."""
    told = run("-X", "importtime", "-c", f"import {IMPORTS[library]}").stderr.splitlines()
    [line] = [line for line in told if line.split("|")[-1] == f" {IMPORTS[library]}"]
    return int(line.split("|")[1]) * 1e3


def measured(library, what):
    if what == "import":
        return imported(library)
    return float(run(MEASURE, library, what).stdout)


def shown(found):
    """A time in the unit that suits it."""
    unit, scale = next((unit, scale) for unit, scale in UNITS if found >= scale or scale == 1)
    return f"{found / scale:.3g} {unit}"


def main():
    asked = [(library, what) for what in ROWS for library in ("ours", "sentry") if (library, what) != ("sentry", "refused")]
    asked += [("python", "call"), ("python", "decorated")]
    found = {each: min(measured(*each) for _ in range(ROUNDS)) for each in asked}
    print(f"CPython {sys.version.split()[0]}, sentry-sdk {metadata.version('sentry-sdk')}\n")
    print("| what | this package | sentry-sdk |\n|---|---|---|")
    for what, name in ROWS.items():
        cells = [shown(found[library, what]) if (library, what) in found else "–" for library in ("ours", "sentry")]
        print(f"| {name} | {cells[0]} | {cells[1]} |")
    bare, least = shown(found["python", "call"]), shown(found["python", "decorated"])
    print(f"\nA call costs {bare}, and {least} behind the least that a decorator can be.")


if __name__ == "__main__":
    main()
