"""Prepares a Bugsink server in a folder of its own, and creates the project that events go to.

    bugsink.py prepare FOLDER    configuration, databases, an API token; FOLDER/bind: where it will listen
    bugsink.py project FOLDER    waits until the server answers, creates team and project; FOLDER/dsn: its DSN

The server itself is `gunicorn bugsink.wsgi` in FOLDER, started and stopped by whoever runs this.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

READY_WITHIN = 60.0  # seconds; 3 on an idle machine

# "strict" would refuse `sdk.settings`, where Relay looks for `infer_ip` (getsentry/relay#4623), because this Bugsink's
# schema is older than that key. So the server only warns, and check_bugsink.py is strict about everything else.
SETTINGS = """
BUGSINK["PHONEHOME"] = False
BUGSINK["INGEST_STORE_BASE_DIR"] = "{folder}/ingest"
BUGSINK["VALIDATE_ON_DIGEST"] = "warn"
DATABASES["default"]["NAME"] = "{folder}/db.sqlite3"
DATABASES["snappea"]["NAME"] = "{folder}/snappea.sqlite3"
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def prepare(folder: Path) -> None:
    folder.mkdir(parents=True)
    port = free_port()
    conf = folder / "bugsink_conf.py"
    tool(
        folder,
        "bugsink-create-conf",
        "--template=local",
        "--host=127.0.0.1",
        f"--port={port}",
        "-o",
        str(conf),
    )
    with conf.open("a") as f:
        f.write(SETTINGS.format(folder=folder))
    tool(folder, "bugsink-manage", "migrate")
    tool(folder, "bugsink-manage", "migrate", "snappea", "--database=snappea")
    tool(folder, "bugsink-manage", "prestart", CREATE_SUPERUSER="admin@example.org:password")
    token = tool(folder, "bugsink-manage", "create_auth_token").split()[-1]
    save(folder, {"url": f"http://127.0.0.1:{port}", "token": token})
    (folder / "bind").write_text(f"127.0.0.1:{port}")


def project(folder: Path) -> None:
    state = load(folder)
    wait_until_ready(state["url"])
    team = api(state, "teams/", {"name": "Quickstart", "visibility": "joinable"})
    made = api(state, "projects/", {"team": team["id"], "name": "quickstart", "visibility": "joinable"})
    found = api(state, f"projects/{made['id']}/")
    save(folder, state | {"project": found["id"]})
    (folder / "dsn").write_text(found["dsn"])


def wait_until_ready(url: str) -> None:
    end = time.monotonic() + READY_WITHIN
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > end:
                sys.exit(
                    f"Bugsink: expected an answer of /health/ready within {READY_WITHIN:.0f} s, found: {error}"
                )
            time.sleep(0.2)


def request(state: dict[str, Any], path: str, data: object = None) -> bytes:
    """One request to the API; `data` makes it a POST."""
    body = None if data is None else json.dumps(data).encode()
    headers = {"Authorization": f"Bearer {state['token']}", "Content-Type": "application/json"}
    call = urllib.request.Request(f"{state['url']}/api/canonical/0/{path}", data=body, headers=headers)
    with urllib.request.urlopen(call, timeout=30) as answer:
        return bytes(answer.read())


def api(state: dict[str, Any], path: str, data: object = None) -> Any:
    return json.loads(request(state, path, data))


def tool(folder: Path, name: str, *arguments: str, **environment: str) -> str:
    """Runs one of Bugsink's programs in `folder`, and gives what it printed."""
    program = Path(sys.executable).with_name(name)
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=os.environ | environment,
        text=True,
        capture_output=True,
        check=False,
    )
    with (folder / "tools.log").open("a") as log:
        log.write(f"$ {name} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    if done.returncode != 0:
        sys.exit(
            f"{name} {' '.join(arguments)}: expected exit code 0, found {done.returncode}\n{done.stderr[-2000:]}"
        )
    return done.stdout


def load(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    return state


def save(folder: Path, state: dict[str, Any]) -> None:
    (folder / "state.json").write_text(json.dumps(state, indent=1))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare", folder]:
            prepare(Path(folder))
        case ["project", folder]:
            project(Path(folder))
        case _:
            sys.exit(__doc__)
