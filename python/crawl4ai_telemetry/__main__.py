"""`python -m crawl4ai_telemetry`: the command."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main(name="crawl4ai-telemetry"))
