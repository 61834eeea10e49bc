"""Checks what left the program, byte for byte.

check_wire.py FOLDER    the folder of the recording proxy
"""

import re
import sys
from pathlib import Path
from typing import Any

from expected import ALLOWED_HEADERS, FORBIDDEN_KEYS
from recorded import Request, requests
from searching import keys, leaks, names_of_this_machine, texts


def problems(request: Request, names: dict[str, str]) -> list[str]:
    """What is wrong with a request."""
    found = [
        f"expected nothing that was planted and no name of this machine, found {leak}"
        for leak in leaks(request.text, names)
    ]
    for header in sorted(request.headers.keys() - ALLOWED_HEADERS):
        found.append(f"expected only the headers that the protocol needs, found {header!r}")
    for event in request.events():
        found += problems_of_event(event)
    return [f"{request.name}: {problem}" for problem in found]


def problems_of_event(event: dict[str, Any]) -> list[str]:
    found = [
        f"expected no key that says who or where, found {key!r}"
        for key in sorted(FORBIDDEN_KEYS & set(keys(event)))
    ]
    settings = event.get("sdk", {}).get("settings", {})
    if settings.get("infer_ip") != "never":
        found.append(f"expected sdk.settings.infer_ip to be 'never', found {settings!r}")
    for text in texts(event):
        if re.match(r"[/\\~]|[A-Za-z]:[/\\]", text):
            found.append(f"expected no absolute path, found {text!r}")
    return found


def main(folder: Path) -> None:
    sent = requests(folder)
    events = [event for request in sent for event in request.events()]
    if not events:
        sys.exit(f"on the wire: expected events, found {len(sent)} requests and none in them")
    names = names_of_this_machine()
    found = [problem for request in sent for problem in problems(request, names)]
    if found:
        sys.exit("on the wire:\n" + "\n".join(found))
    size = sum(len(request.raw) for request in sent)
    print(f"on the wire: {len(events)} events in {len(sent)} requests, {size} bytes, clean")
    print(f"  searched for: {', '.join(f'{what} {name}' for what, name in names.items())}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
