"""`python -m crawl4ai_telemetry`: the command."""

import signal
import sys

from .command import main

if __name__ == "__main__":
    # Native code waits, and Ctrl-C ends it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main(name="crawl4ai-telemetry"))
