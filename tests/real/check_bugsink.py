"""Checks by Bugsink's API, never by a status code, that what was sent is stored, useful and clean.

check_bugsink.py SERVER RECORDED    the folders of the server and of the recording proxy
"""

import functools
import importlib.util
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema

import recorded
from bugsink import api, load, request
from expected import EVENTS, FORBIDDEN_KEYS, NOT_THE_PROGRAM, Expected
from searching import as_text, keys, leaks, names_of_this_machine

STORED_WITHIN = 30.0  # seconds; the server digests at once, one event takes some milliseconds

Event = dict[str, Any]


def problems(stored: list[Event], sent: list[Event], names: dict[str, str]) -> list[str]:
    """What is wrong with the stored events; `sent` are the events as they left the program."""
    found = []
    for expected in EVENTS:
        nearest = min((problems_of(event, expected) for event in stored), key=len, default=["no event"])
        found += [f"{expected.name}: {problem}" for problem in nearest]
    for event in stored:
        nearest = min((problems_of(event, expected) for expected in EVENTS), key=len)
        found += [f"{event['issue']['calculated_type']}: {problem}" for problem in nearest]
    for event in sent:
        same = [s for s in stored if s["data"].get("event_id") == event["event_id"]]
        for key in (
            "exception",
            "tags",
            "contexts",
            "extra",
            "level",
            "fingerprint",
            "release",
            "environment",
        ):
            if same and same[0]["data"].get(key) != event.get(key):
                found.append(f"expected {key} as sent, {event.get(key)}, found {same[0]['data'].get(key)}")
        found += [f"expected what Bugsink's schema allows, found {fault}" for fault in schema_faults(event)]
    for event in stored:
        found += [
            f"expected nothing planted and no name of this machine, found {leak}"
            for leak in leaks(as_text(event), names)
        ]
        who = FORBIDDEN_KEYS & set(keys(event["data"]))
        found += [f"expected no key that says who or where, found {key!r}" for key in sorted(who)]
    return found


def problems_of(event: Event, expected: Expected) -> list[str]:
    found = []

    def check(what: str, pattern: str, text: str) -> None:
        if not re.search(pattern, text):
            found.append(f"expected {what} like {pattern!r}, found {text!r}")

    chain = [(str(e.get("type")), str(e.get("value"))) for e in reversed(exceptions(event))]
    if len(chain) != len(expected.chain):
        found.append(f"expected {len(expected.chain)} exceptions, found {chain}")
    for (type_pattern, value_pattern), (type, value) in zip(expected.chain, chain, strict=False):
        check("a type", type_pattern, type)
        check(f"the value of {type}", value_pattern, value)
    check("the issue's type", expected.chain[0][0], event["issue"]["calculated_type"])
    check("the issue's value", expected.chain[0][1], event["issue"]["calculated_value"])
    own = [name(frame) for frame in reversed(frames(event)) if frame.get("in_app")]
    check("the topmost in-app frame", expected.culprit, own[0] if own else "none")
    check("the topmost in-app frame on the issue's page", short(expected.culprit), shown(event["stacktrace"]))
    wrong = [frame for frame in own if NOT_THE_PROGRAM.search(frame)]
    if wrong:
        found.append(f"expected no frame of the reporter or the standard library as in-app, found {wrong}")
    tags = dict(event["data"].get("tags") or {})
    for tag, pattern in expected.tags.items():
        check(f"the tag {tag!r}", pattern, str(tags.get(tag)))
    extra = event["data"].get("extra") or {}
    for key, pattern in expected.context.items():
        check(f"{key!r} in the context", pattern, str(extra.get(key)))
    if extra.keys() != expected.context.keys():
        found.append(f"expected the context's keys {list(expected.context)}, found {list(extra)}")
    return found


def schema_faults(event: Event) -> list[str]:
    """What a Bugsink that validates strictly would refuse an event for, but for `sdk.settings`: see bugsink.py."""
    sdk = {key: value for key, value in event.get("sdk", {}).items() if key != "settings"}
    fault = jsonschema.exceptions.best_match(validator().iter_errors(event | {"sdk": sdk}))
    return [f"{fault.json_path}: {fault.message}"] if fault else []


@functools.cache
def validator() -> Any:
    package = importlib.util.find_spec("api")
    if package is None or not package.submodule_search_locations:
        sys.exit("expected Bugsink's package `api`, found nothing: run this with the environment's Python")
    schema = json.loads(Path(package.submodule_search_locations[0], "event.schema.altered.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def exceptions(event: Event) -> list[Event]:
    """Of a stored event: innermost first, as the protocol orders them."""
    return list((event["data"].get("exception") or {}).get("values") or [])


def frames(event: Event) -> list[Event]:
    """Of the outermost exception that has any; outermost frame first, as the protocol orders them."""
    stacks = [
        (exception.get("stacktrace") or {}).get("frames") or [] for exception in reversed(exceptions(event))
    ]
    return next((stack for stack in stacks if stack), [])


def name(frame: Event) -> str:
    function, module = frame.get("function") or "", frame.get("module") or ""
    return function if "::" in function or not module else f"{module}::{function}"


def short(culprit: str) -> str:
    """The pattern without the module: the page shows the function as it was sent."""
    return culprit.rpartition("::")[2]


def shown(stacktrace: str) -> str:
    """The first in-app frame of the page's stack trace: `### FILE:LINE in `FUNCTION` [in-app]`."""
    lines = (line for line in stacktrace.splitlines() if line.startswith("### ") and "[in-app]" in line)
    return next(lines, "none")


def read_all(state: dict[str, Any]) -> list[Event]:
    """Every stored event: `data`, its `issue`, its `stacktrace`, and what else the API tells."""
    found = []
    for issue in pages(state, f"issues/?project={state['project']}"):
        for row in pages(state, f"events/?issue={issue['id']}"):
            event = api(state, f"events/{row['id']}/")
            stacktrace = request(state, f"events/{row['id']}/stacktrace/").decode()
            found.append(event | {"issue": issue, "row": row, "stacktrace": stacktrace})
    return found


def pages(state: dict[str, Any], path: str) -> list[Any]:
    page = api(state, path)
    if page["next"]:
        sys.exit(f"Bugsink: expected one page of {path}, found more: this test sends a handful of events")
    return list(page["results"])


def main(server: Path, recordings: Path) -> None:
    state, sent = load(server), recorded.events(recordings)
    want = {event["event_id"] for event in sent}
    end = time.monotonic() + STORED_WITHIN
    while True:
        stored = read_all(state)
        missing = want - {event["data"].get("event_id") for event in stored}
        if not missing or time.monotonic() > end:
            break
        time.sleep(0.2)
    (recordings / "stored.json").write_text(json.dumps(stored, indent=1))
    found = [
        f"expected event {id} to be stored within {STORED_WITHIN:.0f} s, found it sent and not stored"
        for id in sorted(missing)
    ]
    found += problems(stored, sent, names_of_this_machine())
    if found:
        sys.exit("Bugsink:\n" + "\n".join(found))
    print(f"Bugsink: {len(stored)} events stored")
    for event in stored:
        issue, place = event["issue"], shown(event["stacktrace"]).removeprefix("### ")
        print(f"  {issue['calculated_type']}: {issue['calculated_value']}, {place}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
