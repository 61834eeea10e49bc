"""Checks a program that declares spans of its own (examples/own_usage.rs): they came out behind the collector, under the
program's name, as it declares them, and what was not shared did not.

check_own.py FOLDER    with requests/ (what was sent) and sink/ (what came out)
"""

import sys
import time
from pathlib import Path
from typing import Any

import otlp
from check_otlp import PASSED_ON_WITHIN, as_text, by_path, came_out, problems_of_request
from recorded import Request, requests
from searching import names_of_this_machine

SERVICE = {"service.name": "weather"}
DECLARED = {"model": "ECMWF", "source": "satellites", "days": 7}
# The question of the user who shares it, with the e-mail address replaced.
QUESTION = {"question": "will it rain on [email]?"}


def own(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for span in spans if span["resource"] == SERVICE]


def problems_of_spans(spans: list[dict[str, Any]]) -> list[str]:
    """One that is not shared and one that is, as they were recorded."""
    found = []
    told = [(span["scope"], span["span"]["span"], span["span"]["failed"]) for span in spans]
    expected = [("weather.telemetry", "Forecast Asked", False)] * 2
    if told != expected:
        found.append(f"expected {expected}, found {told}")
    attributes = [dict(span["span"]["attributes"]) for span in spans]
    versions = [one.pop("service.version", "") for one in attributes]
    if not all(versions):
        found.append(f"expected the program's version on each, found {versions}")
    if attributes != [DECLARED, DECLARED | QUESTION]:
        found.append(f"expected {[DECLARED, DECLARED | QUESTION]}, found {attributes}")
    return found


def spans_of(request: Request) -> list[dict[str, Any]]:
    return [span for body in by_path([request], "/v1/traces") for span in otlp.spans(body)]


def main(folder: Path) -> None:
    sent = [request for request in requests(folder / "requests") if own(spans_of(request))]
    spans = [span for request in sent for span in spans_of(request)]
    found = problems_of_spans(spans)
    names = names_of_this_machine()
    for request in sent:
        found += problems_of_request(request, names)
        if b"crew" in request.raw.lower() or b"crawl4ai" in request.body.lower():
            found.append(f"{request.name}: expected no other program's name, found one")
    end = time.monotonic() + PASSED_ON_WITHIN
    while sorted(map(as_text, own(came_out(folder / "sink")[0]))) != sorted(map(as_text, spans)):
        if time.monotonic() > end:
            found.append(f"expected {len(spans)} spans behind the collector, found others")
            break
        time.sleep(0.2)
    if found:
        sys.exit("Spans of a program's own:\n" + "\n".join(found))
    print(f"OTLP: {len(spans)} spans of a program's own through Rotel, under its own name, as declared")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
