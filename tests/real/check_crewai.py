"""Checks what CrewAI sent through this library's class, that it came out behind the collector, and that a no is one.

check_crewai.py FOLDER    with requests/, sink/ and what the programs printed
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import otlp
from check_otlp import PASSED_ON_WITHIN, SHARED, as_text, by_path, came_out, problems_of_sharing, problems_of_span, schema
from recorded import requests

NAMES = frozenset({
    "Crew Created", "Crew Execution", "Task Created", "Task Execution", "Flow Creation", "Flow Execution", "Flow Completed",
    "Flow Method Failed", "Feature Usage",
})  # fmt: skip
NOES = ("OTEL_SDK_DISABLED", "CREWAI_DISABLE_TELEMETRY", "CREWAI_DISABLE_TRACKING", "DO_NOT_TRACK")


def printed(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.log").read_text().splitlines()[-1])
    return found


def problems_of_programs(folder: Path) -> list[str]:
    found = []
    for name in ("alone", "shared", *(f"no-{no}" for no in NOES)):
        told = printed(folder, name)
        # OTEL_SDK_DISABLED turns off the host's own OpenTelemetry too.
        own = [] if name == "no-OTEL_SDK_DISABLED" else ["of the host"]
        if told["host"] != own:
            found.append(f"{name}: expected {own} in the host's OpenTelemetry, found {told['host']}")
        if told["connected"]:
            found.append(f"{name}: expected no connection of Python's, found {told['connected']}")
        if not name.startswith("no-"):
            if "telemetry-usage" not in told["threads"]:
                found.append(f"{name}: expected the thread that sends, found {told['threads']}")
        elif told["threads"] or told["sockets"]:
            found.append(f"{name}: expected no thread and no socket, found {told['threads']} {told['sockets']}")
        elif text := (folder / f"{name}.err").read_text():
            if "usage figures are sent" in text:
                found.append(f"{name}: expected no notice, found {text!r}")
    return found


def main(folder: Path) -> None:
    sent = requests(folder / "requests")
    spans = [span for body in by_path(sent, "/v1/traces") for span in otlp.spans(body)]
    schema_of_spans = schema()
    found = problems_of_programs(folder)
    for span in spans:
        found += problems_of_span(span, schema_of_spans)
    names = [span["span"]["span"] for span in spans]
    if missing := NAMES - set(names):
        found.append(f"expected every span of a crew and a flow, found no {sorted(missing)}")
    # Only two runs send. If a run with an opt-out variable had sent too, there would be more.
    found += [f"expected two {name!r}, found {names.count(name)}" for name in ("Crew Created", "Task Execution") if names.count(name) != 2]
    found += problems_of_sharing(spans, schema_of_spans)
    types = {span["span"]["attributes"]["error_type"] for span in spans if "error_type" in span["span"]["attributes"]}
    if types != {"ValueError"}:
        found.append(f"expected the type of the flow's error, found {types}")
    if any("no summary" in as_text(span) for span in spans):
        found.append("expected nothing of what an error said")
    end = time.monotonic() + PASSED_ON_WITHIN
    while sorted(map(as_text, came_out(folder / "sink")[0])) != sorted(map(as_text, spans)):
        if time.monotonic() > end:
            found.append(f"expected {len(spans)} spans behind the collector, found {len(came_out(folder / 'sink')[0])}")
            break
        time.sleep(0.2)
    if found:
        sys.exit("CrewAI:\n" + "\n".join(found))
    print(f"CrewAI: {len(spans)} spans through Rotel, by the schema; {SHARED} where it is shared; each no is one")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
