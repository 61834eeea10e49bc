"""The package beside `sentry-sdk`: the import, a decorated call that succeeds, a capture with 900 frames.

    python/benches/run      in an environment of its own; prints a table, which `docs/python.md` shows

Each figure is the best of several processes, those of both libraries in turn. A machine that is busy shows in all of them.
"""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

MEASURE = str(Path(__file__).with_name("measure.py"))
ROUNDS = 5

IMPORTS = {"ours": "crawl4ai_telemetry", "sentry": "sentry_sdk"}

#: The rows: what a figure is called, its unit, and how many nanoseconds that is.
ROWS = {
    "import": ("`import`", "ms", 1e6),
    "decorated": ("a decorated call that succeeds", "ns", 1),
    "block": ("a block, `operation()` beside `new_scope()`", "ns", 1),
    "refused": ("a capture that the user refused", "ns", 1),
    "capture": ("a capture with 900 frames, on the calling thread", "µs", 1e3),
}


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


def main():
    asked = [(library, what) for what in ROWS for library in ("ours", "sentry") if (library, what) != ("sentry", "refused")]
    asked += [("python", "call"), ("python", "decorated")]
    found = {each: min(measured(*each) for _ in range(ROUNDS)) for each in asked}
    print(f"CPython {sys.version.split()[0]}, sentry-sdk {metadata.version('sentry-sdk')}\n")
    print("| what | this package | sentry-sdk |\n|---|---|---|")
    for what, (name, unit, scale) in ROWS.items():
        cells = [f"{found[library, what] / scale:.3g} {unit}" if (library, what) in found else "–" for library in ("ours", "sentry")]
        print(f"| {name} | {cells[0]} | {cells[1]} |")
    bare, least = found["python", "call"], found["python", "decorated"]
    print(f"\nA call costs {bare:.3g} ns, and {least:.3g} ns behind the least that a decorator can be.")


if __name__ == "__main__":
    main()
