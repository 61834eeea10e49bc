"""Stands behind the collector: takes what it passes on, keeps it, and counts it for Prometheus.

otlp_sink.py FOLDER    FOLDER/port: where it listens; FOLDER/traces-0001 and so on; /metrics: counts by name
"""

import gzip
import itertools
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import otlp


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path
    numbers = itertools.count(1)
    counts: Counter[tuple[str, bool]] = Counter()

    def do_GET(self) -> None:
        lines = ["# TYPE usage_spans_total counter"]
        lines += [
            f'usage_spans_total{{span="{name}",failed="{str(failed).lower()}"}} {n}'
            for (name, failed), n in sorted(self.counts.items())
        ]
        self.answer("text/plain; version=0.0.4", "".join(f"{line}\n" for line in lines).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path == "/v1/traces":
            self.counts.update((span["span"]["span"], span["span"]["failed"]) for span in otlp.spans(body))
        part = self.folder / f"{self.path.rpartition('/')[2]}-{next(self.numbers):04}.part"
        part.write_bytes(body)
        part.rename(part.with_suffix(""))
        self.answer("application/x-protobuf", b"")

    def answer(self, media_type: str, body: bytes) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    Handler.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    part = folder / "port.part"
    part.write_text(str(server.server_address[1]))
    part.rename(folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    match sys.argv[1:]:
        case [folder]:
            main(Path(folder))
        case _:
            sys.exit(__doc__)
