"""Looks for what must not be there, whatever it is wrapped in."""

import json
import os
import pwd
import re
import socket
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expected import PLANTED


def names_of_this_machine() -> dict[str, str]:
    """What names this machine, its user and its folders. Planted ones come by the environment (see `run`)."""
    names = {
        "host name": socket.gethostname(),
        "user name": pwd.getpwuid(os.getuid()).pw_name,
        "home folder": pwd.getpwuid(os.getuid()).pw_dir,
        "working folder": str(Path.cwd()),
        "planted host name": os.environ.get("PLANTED_HOST", ""),
        "planted user name": os.environ.get("PLANTED_USER", ""),
        "planted home folder": os.environ.get("PLANTED_HOME", ""),
        "configuration folder": os.environ.get("PLANTED_CONFIG", ""),
        "Cargo's folder": os.environ.get("CARGO_HOME", ""),
        "own IP address": own_address(),
    }
    return {what: name for what, name in names.items() if name not in ("", "/", "127.0.0.1")}


def own_address() -> str:
    """The address that this machine would send from. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(s.getsockname()[0])


def leaks(text: str, names: dict[str, str]) -> list[str]:
    """What of the planted values and of the names stands in a text, each with its surroundings."""
    found = []
    for view in views(text):
        for secret in PLANTED:
            found += [f"planted {secret!r} in {around(view, at)}" for at in places(view, re.escape(secret))]
        for what, name in names.items():
            # Matches whole words only, because a host name like `vm` is a part of many words.
            pattern = rf"(?<![\w]){re.escape(name)}(?![\w])"
            found += [f"{what} {name!r} in {around(view, at)}" for at in places(view, pattern)]
    return list(dict.fromkeys(found))


def views(text: str) -> Iterator[str]:
    """A text as it stands, and without the escapes of JSON, of Rust's Debug and of URLs."""
    yield text
    yield re.sub(r"\\(?:x|u\{?0*)([0-9a-fA-F]{2})\}?", lambda m: chr(int(m[1], 16)), text).replace("\\", "")
    yield urllib.parse.unquote(text)


def places(text: str, pattern: str) -> list[int]:
    return [m.start() for m in re.finditer(pattern, text, re.IGNORECASE)][:3]


def around(text: str, at: int) -> str:
    return repr(text[max(0, at - 60) : at + 60])


def keys(value: Any) -> Iterator[str]:
    """Every key in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value but the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
