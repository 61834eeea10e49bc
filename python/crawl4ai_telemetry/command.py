"""The command: see what is sent, decide, and take it back. The same code as `crwl telemetry`."""

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
    # What it prints does not pass Python's own buffers.
    sys.stdout.flush()
    sys.stderr.flush()
    return half.run_command(name, args, told)
