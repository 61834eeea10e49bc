"""A program that reports as the library should, in a few lines: what the checks themselves are tried on.

tests/real/run python3 tests/real/sample.py
"""

import json
import os
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def event(event_id: str, kind: str, exceptions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "timestamp": "2026-11-20T22:00:00.123Z",
        "level": "error",
        "platform": "native",
        "release": "quickstart@0.1.0",
        "environment": "cli",
        "sdk": {"name": "crawl4ai-telemetry", "version": "0.1.0", "settings": {"infer_ip": "never"}},
        "tags": {"fingerprint": event_id[:16], "privacy": "own_words", "kind": kind, "arch": "x86_64"},
        "contexts": {"crawl": {"type": "crawl", "status_code": 404, "url": "[url]"}},
        "exception": {"values": exceptions},
    }


def exception(type: str, value: str, mechanism: str, *functions: str) -> dict[str, Any]:
    frames = [
        {
            "function": f,
            "module": f.rpartition("::")[0],
            "filename": "src/main.rs",
            "lineno": 7,
            "in_app": not f.startswith("std"),
        }
        for f in functions
    ]
    mechanism_of = {"type": mechanism, "handled": mechanism != "panic"}
    found: dict[str, Any] = {"type": type, "value": value, "mechanism": mechanism_of}
    return found | {"stacktrace": {"frames": frames}} if frames else found


def events() -> list[dict[str, Any]]:
    main = ("std::rt::lang_start", "quickstart::main")
    refused = "connection refused while reading [path].html through [ip]:8080"
    causes = [
        exception("std::io::Error(Other)", refused, "chained"),
        exception("ConnectError", "no answer from [ip] after 3 tries", "chained"),
    ]
    error = ("quickstart::CrawlError::Fetch", "cannot fetch [url] for [email]", "generic", *main)
    captured = event("11" * 16, "error", [*causes, exception(*error, "quickstart::fetch_page")])
    captured["extra"] = {"retries": 3, "url": "[url under 100 B]", "html": "[html 10–100 KB]"}
    captured["extra"] |= {"api_token": "[redacted]", "owner": "[email]"}
    told = "no table in [path].html, fetched from [url] for [email]"
    panic = exception("panic", told, "panic", *main, "quickstart::parse_page")
    return [captured, event("22" * 16, "panic", [panic])]


def envelope(event: dict[str, Any]) -> bytes:
    payload = json.dumps(event).encode()
    head = {"event_id": event["event_id"]}, {"type": "event", "length": len(payload)}
    return b"".join(json.dumps(line).encode() + b"\n" for line in head) + payload + b"\n"


def main() -> None:
    dsn = urlsplit(os.environ["CRAWL4AI_SENTRY_DSN"])
    url = f"http://{dsn.hostname}:{dsn.port}/api{dsn.path}/envelope/"
    headers = {
        "Content-Type": "application/x-sentry-envelope",
        "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client=sample/1, sentry_key={dsn.username}",
    }
    for one in events():
        with urllib.request.urlopen(urllib.request.Request(url, envelope(one), headers)) as answer:
            print(answer.status)


if __name__ == "__main__":
    main()
