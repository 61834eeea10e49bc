"""The command: see what is sent, decide, and change your mind. The same code as `crwl telemetry`."""

import signal
import sys

from . import _telemetry


def main(args=None, name="crawl4ai-telemetry", **settings):
    """Runs the command as a program of that name and returns its exit code. `settings` are those of `init`."""
    half = _telemetry.native()
    if half is None:
        print("telemetry: native code cannot be loaded here", file=sys.stderr)
        return 1
    args = sys.argv[1:] if args is None else list(args)
    told = _telemetry.settings(**{"command": name, **settings})
    # Python handles no signal while native code runs, so Ctrl-C ends the process meanwhile.
    is_pythons = _telemetry._is_main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_pythons:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The command's output bypasses Python's buffers.
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        return half.run_command(name, args, told)
    finally:
        if is_pythons:
            signal.signal(signal.SIGINT, signal.default_int_handler)
