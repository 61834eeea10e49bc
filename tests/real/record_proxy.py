"""Stands between the program and the server: keeps every request byte for byte, and passes it on.

    record_proxy.py FOLDER UPSTREAM    FOLDER/port: where it listens; FOLDER/0001.request and so on

Only requests with a Content-Length are passed on; the others are kept and get 411, so that the checks show them.
"""

import io
import itertools
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

TIMEOUT = 30.0  # seconds
NOT_PASSED_ON = {"host", "connection", "content-length", "transfer-encoding"}


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


class Tee(io.RawIOBase):
    """Keeps what is read through it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kept = bytearray()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.kept += data
        return data

    def readline(self, size: int | None = -1) -> bytes:
        line = self.source.readline(-1 if size is None else size)
        self.kept += line
        return line


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path
    upstream: str
    numbers = itertools.count(1)

    def setup(self) -> None:
        super().setup()
        self.tee = Tee(self.rfile)
        self.rfile = self.tee  # type: ignore[assignment]

    def handle_one_request(self) -> None:
        self.tee.kept.clear()
        self.name = ""
        super().handle_one_request()
        if self.tee.kept and not self.name:
            self.keep()  # It could not even be parsed.

    def keep(self) -> None:
        self.name = f"{next(self.numbers):04}"
        (self.folder / f"{self.name}.request").write_bytes(self.tee.kept)

    def pass_on(self) -> None:
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else None
        # The request is recorded before it is passed on, so that every event that the server stores has a record.
        self.keep()
        if "Transfer-Encoding" in self.headers:
            self.answer(411, {}, b"")
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() not in NOT_PASSED_ON}
        call = urllib.request.Request(
            self.upstream + self.path, data=body, headers=headers, method=self.command
        )
        try:
            with urllib.request.urlopen(call, timeout=TIMEOUT) as found:
                self.answer(found.status, dict(found.headers), found.read())
        except urllib.error.HTTPError as found:
            self.answer(found.code, dict(found.headers), found.read())

    do_GET = do_POST = do_PUT = do_HEAD = do_OPTIONS = pass_on

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        (self.folder / f"{self.name}.answer").write_bytes(f"{status}\n\n".encode() + body)


def main(folder: Path, upstream: str) -> None:
    folder.mkdir(parents=True)
    Handler.folder, Handler.upstream = folder, upstream
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    part = folder / "port.part"
    part.write_text(str(server.server_address[1]))
    part.rename(folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    match sys.argv[1:]:
        case [folder, upstream]:
            main(Path(folder), upstream)
        case _:
            sys.exit(__doc__)
