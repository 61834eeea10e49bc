"""Passes every event that was sent through Relay's own normalization: what Sentry's ingestion does to an event.

check_relay.py FOLDER    the folder of the recording proxy
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

from sentry_relay.processing import StoreNormalizer

from recorded import events


def problems(event: dict[str, Any]) -> list[str]:
    """What Relay would take exception to, or change without a word."""
    # Sentry's own ingestion trims events. The package only does so with this option.
    out = StoreNormalizer(enable_trimming=True).normalize_event(event=copy.deepcopy(event))
    found = []
    for key in ("errors", "_meta"):
        if out.get(key):
            found.append(f"expected no {key}, found {json.dumps(out[key])}")
    for what, part in {"tags": tags, "exceptions": exceptions, "event id": event_id, "level": level}.items():
        if part(event) != part(out):
            found.append(f"expected {what} as sent, {part(event)}, found {part(out)}")
    return [f"{event.get('event_id')}: {problem}" for problem in found]


def tags(event: dict[str, Any]) -> dict[str, str]:
    sent = event.get("tags") or {}
    return dict(sent) if isinstance(sent, list) else sent


def exceptions(event: dict[str, Any]) -> list[list[Any]]:
    values = (event.get("exception") or {}).get("values") or []
    return [
        [e.get("type"), e.get("value"), (e.get("mechanism") or {}).get("type"), functions(e)] for e in values
    ]


def functions(exception: dict[str, Any]) -> list[Any]:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    return [
        [f.get("function"), f.get("module"), f.get("filename"), f.get("lineno"), f.get("in_app")]
        for f in frames
    ]


def event_id(event: dict[str, Any]) -> str:
    return str(event.get("event_id")).replace("-", "")


def level(event: dict[str, Any]) -> Any:
    # `error` is the protocol's default, which senders may leave out.
    return event.get("level") or "error"


def main(folder: Path) -> None:
    sent = events(folder)
    found = [problem for event in sent for problem in problems(event)]
    if found or not sent:
        sys.exit("Relay:\n" + ("\n".join(found) or "expected events, found none"))
    print(f"Relay: {len(sent)} events normalized, nothing to object to, nothing rewritten")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
