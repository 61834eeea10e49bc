"""Under gunicorn: telemetry of each worker, set up behind the fork and ended with the worker, as the page says."""

import http.client
import signal
import socket
import subprocess
import sys
import time

import pytest
from conftest import texts, value

WEB = """
from crawl4ai_telemetry import telemetry
from tool import work

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fine":
        start_response("200 OK", [])
        return [b"fine"]
    return failing(environ["QUERY_STRING"])

@telemetry
def failing(query):
    work.fail(query)
"""

CONFIGURED = """
import os, sys
sys.path.insert(0, os.environ["PACKAGES"])
import crawl4ai_telemetry as telemetry
from pathlib import Path

workers, control_socket_disable = 2, True
preload_app = {preload}

def post_fork(server, worker):
    folder = Path(os.environ["FOLDER"])
    telemetry.init(app="tool", version="1.0", own=["tool"], hooks=True, ask="never",
                   file=folder / "reports.jsonl", config_folder=folder / "config")

def worker_exit(server, worker):
    telemetry.shutdown()
"""


def asked(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status


@pytest.mark.parametrize("preload", [False, True])
def test_a_worker_reports_and_loses_nothing_when_it_is_ended(program, planted, preload):
    program.module("work", "def fail(query):\n    raise ValueError(f'no page for {query}')\n").module("web", WEB)
    configured = program.folder / "configured.py"
    configured.write_text(CONFIGURED.format(preload=preload))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", str(configured), "-b", f"127.0.0.1:{port}", "tool.web:app"]
    environ = program.environ(TOOL_TELEMETRY="1", PYTHONPATH=str(program.packages))
    running = subprocess.Popen(command, env=environ, cwd=program.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if asked(port, "/fine") == 200:
                    break
            except OSError:
                time.sleep(0.1)
        assert asked(port, f"/?name={planted[1]}") == 500
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0, out
    [report] = program.reports
    assert value(report) == "no page for [word]" and report["operations"] == ["failing"]
    assert planted[1] not in texts([report])
