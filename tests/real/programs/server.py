"""Two servers on loopback: one that takes envelopes as Sentry does, and one whose answers are somebody's."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any


class Envelopes:
    """Keeps what arrived, by the key of the DSN: each run has a key of its own."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[dict[str, Any]]] = {}
        self.bodies: dict[str, bytes] = {}
        self.lock = Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["X-Sentry-Auth"].partition("sentry_key=")[2].partition(",")[0].strip()
                lines = body.split(b"\n")
                events = [json.loads(e) for h, e in zip(lines, lines[1:]) if h.startswith(b'{"type":"event"')]
                with outer.lock:
                    outer.arrived.setdefault(key, []).extend(events)
                    outer.bodies[key] = outer.bodies.get(key, b"") + body
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_GET(self) -> None:
                told = b'{"error": "the account of Ada Lovelace is locked", "token": "hunter2", "order": 4711}'
                self.send_response(403, "wilhelmina may not")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, daemon=True).start()

    def dsn(self, key: str) -> str:
        return f"http://{key}@127.0.0.1:{self.port}/1"

    def of(self, key: str) -> list[dict[str, Any]]:
        with self.lock:
            return list(self.arrived.get(key, []))
