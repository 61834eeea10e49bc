"""Stands behind the collector: takes what it passes on, and keeps it.

otlp_sink.py FOLDER    FOLDER/port: where it listens; FOLDER/traces-0001 and so on
"""

import gzip
import itertools
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path
    numbers = itertools.count(1)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        part = self.folder / f"{self.path.rpartition('/')[2]}-{next(self.numbers):04}.part"
        part.write_bytes(body)
        part.rename(part.with_suffix(""))
        self.send_response_only(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()


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
