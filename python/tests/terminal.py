"""A terminal for a program: what it shows, and what somebody types."""

import fcntl
import os
import select
import subprocess
import sys
import termios
import time

#: What the question ends with, and what the one for an address does.
PROMPT, EMAIL = "v or b? ", "E-mail (Enter "


class Terminal:
    """A program that runs on a terminal of its own, as that terminal's session."""

    def __init__(self, arguments, environ, folder):
        self._master, slave = os.openpty()
        take = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        environ = {**environ, "TERM": "xterm", "XDG_RUNTIME_DIR": str(folder)}
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=environ, cwd=folder, start_new_session=True, preexec_fn=take,
        )
        os.close(slave)
        self.shown = ""

    def type(self, awaited, keys):
        """Types keys when a text is there; what was shown up to it is behind."""
        self._read(lambda: awaited in self.shown)
        assert awaited in self.shown, self.shown
        self._behind, self.shown = self.shown, self.shown.partition(awaited)[2]
        os.write(self._master, keys.encode())
        return self._behind

    def end(self):
        """What else is shown until the program ends, and its exit code."""
        self._read(lambda: False)
        os.close(self._master)
        return self.shown, self._process.wait(30)

    def _read(self, is_there):
        until = time.monotonic() + 30
        while not is_there() and time.monotonic() < until:
            if not select.select([self._master], [], [], 0.1)[0]:
                continue
            try:
                read = os.read(self._master, 4096)
            except OSError:
                return
            if not read:
                return
            self.shown += read.decode(errors="replace")
