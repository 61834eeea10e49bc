"""A real error and a real uncaught exception: as the program has them, and as they leave.

Nothing leaves this machine: the reports go to a file in a temporary folder, which is gone afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import crawl4ai_telemetry
from crawl4ai_telemetry.demo import weather

#: What stands in no file of the program: it is made of what only this run knows.
OWNER = " ".join(part.capitalize() for part in ("wilhel" + "mina", "van der " + "berg"))
ADDRESS = f"https://user:{os.getpid()}-secret@station.example.com/api?token={os.getpid():x}"


def main():
    """Runs the program that fails in a process of its own, and shows what it left."""
    with tempfile.TemporaryDirectory() as folder:
        return show(Path(folder))


def show(folder):
    """Before and after."""
    environ = {**os.environ, "WEATHER_TELEMETRY": "1", "DEMO_FOLDER": str(folder)}
    for switch in ("DO_NOT_TRACK", "OTEL_SDK_DISABLED", "WEATHER_SENTRY_DSN", "WEATHER_TELEMETRY_DEBUG"):
        environ.pop(switch, None)
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    print("=== The program, as whoever runs it sees it\n")
    print(ended.stdout + ended.stderr)
    file = folder / "reports.jsonl"
    reports = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    for report in reports:
        print(f"=== What leaves: {report['exceptions'][0]['type']}, {report['level']}\n")
        print(json.dumps(report, indent=2), "\n")
    leaked = [word for word in [*OWNER.split(), "station.example.com", "token="] if word in json.dumps(reports)]
    print(f"{len(reports)} reports in a local file, which is gone now. Of what was planted there is left: {leaked or 'nothing'}.")
    return 0 if len(reports) == 2 and not leaked else 1


#: A program of two lines; the rest of it is the package `weather`.
PROGRAM = "from crawl4ai_telemetry.demo.__main__ import run; run()"


def run():
    """The program: sets telemetry up, meets an error that it catches, and one that it does not."""
    folder = Path(os.environ["DEMO_FOLDER"])
    crawl4ai_telemetry.init(
        app="weather",
        version="1.4.0",
        own=["crawl4ai_telemetry.demo"],
        file=folder / "reports.jsonl",
        config_folder=folder / "config",
        ask="never",
        hooks=True,
    )
    try:
        weather.read_station(OWNER, ADDRESS, attempt=3)
    except weather.NoAnswer:
        print("The program caught this one and goes on:\n")
        traceback.print_exc(file=sys.stdout)
        print("\nAnd did not catch this one:\n")
    # At the interpreter's end, waiting reports are stored and delivered.
    weather.forecast([], OWNER)


if __name__ == "__main__":
    sys.exit(main())
