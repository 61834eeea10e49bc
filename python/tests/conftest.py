"""What the tests share: programs of their own, in processes of their own, and the file that their reports arrive in."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from terminal import Terminal

# If the tests were started in the background, Ctrl-C is ignored, and programs would inherit that. They do not inherit a
# handler.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: What starts each program: telemetry with a yes, whose reports go to a file.
BEGIN = """
import os, sys
sys.path.insert(0, os.environ["PACKAGES"])
import crawl4ai_telemetry as telemetry
from pathlib import Path
FOLDER = Path(os.environ["FOLDER"])

def pause():
    assert telemetry.flush(20)

def begin(**settings):
    settings.setdefault("hooks", True)
    settings.setdefault("own", ["tool"])
    settings.setdefault("ask", "never")
    telemetry.init(app="tool", version="1.0", file=FOLDER / "reports.jsonl", config_folder=FOLDER / "config", **settings)
"""


class Program:
    """A program, its own package `tool`, and what it left."""

    def __init__(self, folder):
        self.folder = folder
        self.packages = folder / "packages"
        (self.packages / "tool").mkdir(parents=True)
        (self.packages / "tool" / "__init__.py").touch()

    def module(self, name, source):
        """A module of the package `tool`, or of another: `other/x`."""
        path = self.packages / (name if "/" in name else f"tool/{name}")
        path = path.with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return self

    def script(self, source):
        """The script of a user."""
        script = self.folder / "script.py"
        script.write_text(BEGIN + textwrap.dedent(source))
        return str(script)

    def environ(self, **variables):
        """The variables that it runs with."""
        environ = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
        environ |= {"PACKAGES": str(self.packages), "FOLDER": str(self.folder), "HOME": str(self.folder)}
        return environ | {"PYTHONFAULTHANDLER": "1"} | variables

    def start(self, source, **variables):
        """The script of a user, in a process of its own, with a yes."""
        pipe = subprocess.PIPE
        command = [sys.executable, self.script(source)]
        environ = self.environ(**{"TOOL_TELEMETRY": "1"} | variables)
        return subprocess.Popen(command, env=environ, cwd=self.folder, stdout=pipe, stderr=pipe, text=True)

    def on_terminal(self, source, **variables):
        """The same on a terminal of its own, where nobody has said anything yet."""
        return Terminal([self.script(source)], self.environ(**variables), self.folder)

    def run(self, source, code=0, **variables):
        """Runs it to its end. What it printed, to standard output and standard error."""
        ended = self.start(source, **variables)
        out, err = ended.communicate(timeout=60)
        assert code is None or ended.returncode == code, f"{ended.returncode}\n{out}\n{err}"
        return out, err

    @property
    def reports(self):
        """The reports that arrived, and what an ended process left to the next start, which is here. Two may arrive in either
        order: where a test asks for one its program calls `pause()` in between.

        A process that ends between the delivery and the note of it delivers once more, under the same id: one report.
        """
        until = time.monotonic() + 30
        while self.waiting and time.monotonic() < until:
            self.run("begin(); assert telemetry.flush(20)")
        file = self.folder / "reports.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return list({report["id"]: report for report in map(json.loads, lines)}.values())

    @property
    def waiting(self):
        """The files of reports that wait. A draft that a killed process left is none."""
        files = [path for path in (self.folder / "config").rglob("*") if path.is_file() and "spool" in str(path.parent)]
        return [path for path in files if "lock" not in path.name and path.suffix != ".tmp"]


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


@pytest.fixture
def planted():
    """A name, a word and a number that stand in no program: made anew at each run."""
    rng = random.SystemRandom()
    word = lambda: "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(5))
    return [word().capitalize(), word(), str(rng.randrange(10**7, 10**8))]


def texts(reports):
    """Everything that left, as one text."""
    return json.dumps(reports)


def value(report, at=0):
    return report["exceptions"][at].get("value")


def functions(report, at=0):
    return [frame.get("function") for frame in report["exceptions"][at]["frames"]]
