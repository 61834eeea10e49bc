"""Checks what the program sent, and that all of it came out behind the collector.

check_otlp.py FOLDER    with requests/ (what was sent), sink/ (what came out) and rotel.log
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import otlp
from expected import ALLOWED_HEADERS
from recorded import Request, requests
from searching import leaks, names_of_this_machine

SCHEMA = Path(__file__).parents[2] / "docs" / "usage-crewai.schema.json"
PASSED_ON_WITHIN = 20.0  # seconds
SHORTEST = 5  # characters of a name that is looked for in bytes that are no text

# The values that this example plants in addition to those of every example. A shared crew talks about `SHARED`.
PLANTED = ("search.example.com", "tk_live", "plan.pdf", "lovelace")
SHARED = "Initech"

NAMES = frozenset({
    "Crew Created", "Crew Execution", "Task Created", "Task Execution", "Tool Usage", "Tool Repeated Usage",
    "Tool Usage Error", "Flow Creation", "Flow Execution", "Flow Method Failed", "Flow Completed",
    "Human Feedback", "Feature Usage",
})  # fmt: skip


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text())
    return found


def problems_of_span(found: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """What is wrong with a span, by the published schema; JSON in texts is looked into."""
    span = found["span"]
    definition = next(
        (one for one in schema["oneOf"] if one["properties"]["span"]["const"] == span["span"]), None
    )
    if definition is None:
        return [f"expected a span of the schema, found {span['span']!r}"]
    whole = {"$defs": schema["$defs"], **definition}
    wrong = [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(span)]
    declared = definition["properties"]["attributes"]["properties"]
    for name, value in span["attributes"].items():
        content = declared.get(name, {}).get("contentSchema")
        if content is not None:
            whole = {"$defs": schema["$defs"], **content}
            inner = jsonschema.Draft202012Validator(whole).iter_errors(json.loads(value))
            wrong += [f"{name}: {error.message}" for error in inner]
    if found["resource"] != {"service.name": "crewAI-telemetry"} or found["scope"] != "crewai.telemetry":
        wrong.append(f"expected CrewAI's names and nothing else, found {found['resource']} {found['scope']!r}")
    return [f"{span['span']}: {problem}" for problem in wrong]


def shared_tier(span: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """What a span holds of the shared tier, on itself and in its lists."""
    definition = next(one for one in schema["oneOf"] if one["properties"]["span"]["const"] == span["span"])
    found = []
    for name, value in span["attributes"].items():
        declared = definition["properties"]["attributes"]["properties"][name]
        if declared.get("x-tier") == "shared":
            found.append(name)
        reference = declared.get("contentSchema", {}).get("$ref")
        if reference:
            items = schema["$defs"][reference.rpartition("/")[2]]["items"]["properties"]
            inner = (key for item in json.loads(value) for key in item if items[key]["x-tier"] == "shared")
            found += [f"{name}.{key}" for key in inner]
    return found


def problems_of_request(request: Request, names: dict[str, str]) -> list[str]:
    # Long names are searched for in the raw bytes, where words have no boundaries and a short name could occur in a
    # random id. All names are searched for in the texts.
    found = [
        f"expected nothing that was planted, found {what} {name!r}"
        for what, name in names.items()
        if len(name) >= SHORTEST and name.encode() in request.raw
    ]
    found += [f"expected nothing that was planted, found {leak}" for leak in leaks(texts_of(request), names)]
    found += [f"expected nothing that was planted, found {one!r}" for one in PLANTED if one in request.text]
    allowed = (ALLOWED_HEADERS - {"x-sentry-auth"}) | {"authorization"}
    found += [
        f"expected only headers of HTTP, found {header!r}"
        for header in sorted(request.headers.keys() - allowed)
    ]
    return [f"{request.name}: {problem}" for problem in found]


def texts_of(request: Request) -> str:
    path = request.head.split(" ")[1]
    decoded = otlp.spans(request.body) if path == "/v1/traces" else otlp.logs(request.body)
    return request.head + as_text([{k: v for k, v in one.items() if k != "id"} for one in decoded])


def problems_of_logs(logs: list[dict[str, Any]]) -> list[str]:
    if not logs:
        return ["expected a report as a log, found none"]
    found = []
    for log in logs:
        attributes = log["attributes"]
        expected = {"exception.type": "crew_usage::SearchTimeout", "exception.message": "no answer from [url]"}
        if any(attributes.get(name) != value for name, value in expected.items()):
            found.append(f"expected {expected}, found {attributes}")
        if "crew_usage::" not in attributes.get("exception.stacktrace", ""):
            found.append("expected a stack trace that names the program's functions")
        if (log["severity"], log["event"], set(log["resource"])) != ("ERROR", "exception", {"service.name"}):
            found.append(f"expected an exception by the conventions, found {log}")
    return found


def by_path(sent: Iterable[Request], path: str) -> list[bytes]:
    return [request.body for request in sent if request.head.split(" ")[1] == path]


def came_out(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    spans = [span for file in sorted(folder.glob("traces-????")) for span in otlp.spans(file.read_bytes())]
    logs = [log for file in sorted(folder.glob("logs-????")) for log in otlp.logs(file.read_bytes())]
    return spans, logs


def main(folder: Path) -> None:
    sent = requests(folder / "requests")
    sent_spans = [span for body in by_path(sent, "/v1/traces") for span in otlp.spans(body)]
    sent_logs = [log for body in by_path(sent, "/v1/logs") for log in otlp.logs(body)]
    if not sent_spans:
        sys.exit(f"OTLP: expected spans, found {len(sent)} requests and none in them")

    names = names_of_this_machine()
    found = [problem for request in sent for problem in problems_of_request(request, names)]
    schema_of_spans = schema()
    for span in sent_spans:
        found += problems_of_span(span, schema_of_spans)
    if missing := NAMES - {span["span"]["span"] for span in sent_spans}:
        found.append(f"expected every span of the example, found no {sorted(missing)}")
    found += problems_of_logs(sent_logs)
    found += problems_of_sharing(sent_spans, schema_of_spans)

    end = time.monotonic() + PASSED_ON_WITHIN
    while True:
        spans, logs = came_out(folder / "sink")
        if sorted(map(as_text, spans)) == sorted(map(as_text, sent_spans)) and len(logs) == len(sent_logs):
            break
        if time.monotonic() > end:
            found.append(
                f"expected {len(sent_spans)} spans and {len(sent_logs)} logs behind the collector, "
                f"found {len(spans)} and {len(logs)}"
            )
            break
        time.sleep(0.2)
    printed = (folder / "rotel.log").read_text(errors="replace")
    found += [f"expected {name!r} in what Rotel printed" for name in sorted(NAMES) if name not in printed]
    if found:
        sys.exit("OTLP:\n" + "\n".join(found))
    print(f"OTLP: {len(sent_spans)} spans and {len(sent_logs)} logs through Rotel, by the schema, clean")


def problems_of_sharing(spans: list[dict[str, Any]], schema: dict[str, Any]) -> list[str]:
    """The example runs its crew twice, once shared: by the crew's id, one run has the shared tier, one has not."""
    crews: dict[str, list[str]] = {}
    for found in spans:
        span = found["span"]
        if crew := span["attributes"].get("crew_id"):
            crews.setdefault(crew, []).extend(shared_tier(span, schema))
            if SHARED in as_text(span) and not shared_tier(span, schema):
                return [f"expected {SHARED} only where it is shared, found it in {span['span']}"]
        elif SHARED in as_text(span):
            return [f"expected {SHARED} only with a crew, found it in {span['span']}"]
    if sorted(bool(shared) for shared in crews.values()) != [False, True]:
        return [f"expected one crew that is shared and one that is not, found {crews}"]
    if SHARED not in as_text(spans):
        return [f"expected {SHARED} of the crew that is shared, found it nowhere"]
    return []


def as_text(found: object) -> str:
    return json.dumps(found, sort_keys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
