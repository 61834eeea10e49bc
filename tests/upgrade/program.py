"""Starts tests/upgrade/program, in a pipe or on a terminal of its own."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

# The beginning of the question's last line, which is the same in the earlier version.
PROMPT = "1, 2, 3"
EMAIL = "(Enter "
# Longer than any step here takes on a busy machine.
PATIENCE = 60
# No file can be created at this path, so that reports are kept as without a connection.
TUNNEL = "/proc/nothing/reports.jsonl"


class Program:
    """One of the two programs, with a folder to work in."""

    def __init__(self, path, folder):
        self.path, self.folder = path, Path(folder)

    def environment(self, reports=None, **more):
        return {
            "HOME": str(self.folder),
            "TOOL_CONFIG_DIR": str(self.folder / "tool"),
            "XDG_RUNTIME_DIR": str(self.folder),
            "REPORTS": str(reports or self.folder / "reports.jsonl"),
            "TERM": "xterm",
            **more,
        }

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [self.path, *arguments],
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, code=0, **environment):
        """Its standard output, when it has ended with `code`."""
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{output}{errors}"
        return output

    def on_a_terminal(self, *arguments, **environment):
        return Terminal([self.path, *arguments], self.environment(**environment))


class Terminal:
    """A program that believes that a person sits in front of it."""

    def __init__(self, command, environment):
        self.screen = ""
        self.child, self.keyboard = pty.fork()
        if self.child == 0:
            # The parent may ignore the signal, and Ctrl-C would then have no effect.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(command[0], command, environment)

    def read(self, seconds):
        """Adds what appears within a while; False when the program has closed the terminal."""
        if select.select([self.keyboard], [], [], seconds)[0]:
            try:
                piece = os.read(self.keyboard, 4096)
            except OSError:
                return False
            self.screen += piece.decode(errors="replace").replace("\r", "")
            return bool(piece)
        return True

    def wait_for(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.screen:
            assert self.read(0.1) and time.monotonic() < end, f"{text!r} did not appear:\n{self.screen}"

    def answer(self, after, text):
        self.wait_for(after)
        self.screen = ""
        os.write(self.keyboard, text.encode())

    def end(self):
        """Waits for its end; the exit code, or minus the signal."""
        end = time.monotonic() + PATIENCE
        while self.read(0.1):
            assert time.monotonic() < end, f"it does not end:\n{self.screen}"
        _, status = os.waitpid(self.child, 0)
        os.close(self.keyboard)
        return os.waitstatus_to_exitcode(status)


def queued(output):
    """The ids that a program was told."""
    return re.findall(r"queued ([0-9a-f]{32})", output)
