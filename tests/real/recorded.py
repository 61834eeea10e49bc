"""Reads what the recording proxy kept: requests, and the events in their envelopes."""

import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Request:
    name: str
    raw: bytes  # as it came, head and body

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        body = self.raw.partition(b"\r\n\r\n")[2]
        encoding = self.headers.get("content-encoding", "identity")
        if encoding not in ("identity", "gzip"):
            sys.exit(f"{self.name}: expected a body as it is or gzip, found {encoding}")
        return gzip.decompress(body) if encoding == "gzip" else body

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(":") for line in self.head.split("\r\n")[1:])
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    @property
    def text(self) -> str:
        """Head and body; bytes that are no text become what cannot hide a name."""
        return self.head + "\r\n\r\n" + self.body.decode("utf-8", "backslashreplace")

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for header, payload in items(self.body) if header.get("type") == "event"]


def items(envelope: bytes) -> list[tuple[dict[str, Any], bytes]]:
    """The items of a Sentry envelope: https://develop.sentry.dev/sdk/data-model/envelopes/"""
    _, _, rest = envelope.partition(b"\n")
    found = []
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        if "length" in header:
            payload, rest = rest[: header["length"]], rest[header["length"] :].removeprefix(b"\n")
        else:
            payload, _, rest = rest.partition(b"\n")
        found.append((header, payload))
    return found


def requests(folder: Path) -> list[Request]:
    return [Request(file.name, file.read_bytes()) for file in sorted(folder.glob("*.request"))]


def events(folder: Path) -> list[dict[str, Any]]:
    return [event for request in requests(folder) for event in request.events()]
