"""One case of one program, once: in a home of its own, told to send, and the next starts where that was too early."""

import json
import os
import select
import shutil
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from build import Program
from cases import Case
from server import Envelopes

LONGEST = 120.0  # seconds, for a run on a busy machine
STARTS = 5  # of the program, for what was stored to leave: at the third end without time texts are left out


@dataclass
class Seen:
    """What one run left."""

    # "run", "next start", "start 2", … or "not".
    arrived: str
    reports: list[dict[str, Any]]
    code: int | None
    home: Path
    said: str
    problems: list[str] = field(default_factory=list)


@dataclass
class Runner:
    program: Program
    binary: Path
    folder: Path
    envelopes: Envelopes
    # Where reports go: "file" or "server".
    to: str

    def run(self, case: Case) -> Seen:
        home = self.folder / uuid.uuid4().hex
        work = home / "work"
        work.mkdir(parents=True)
        key = uuid.uuid4().hex
        environment = self.environment(home, key)
        if case.before:
            silent = environment | {f"{self.program.prefix}_TELEMETRY": "0", "PROGRAM": str(self.binary)}
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(["sh", "-c", case.before], cwd=work, env=silent, check=True, **quiet)
        server = {"ADOPT_SERVER": f"127.0.0.1:{self.envelopes.port}"}
        code, said = execute([str(self.binary), *case.arguments], work, environment | server | case.environment, case)
        seen = Seen("run", self.reports(home, key), code, home, said)
        for start in range(1, STARTS + 1):
            if len(seen.reports) >= max(case.reports, 1):
                break
            # One that does nothing, and then some more: whatever it has to send has to go by itself.
            self.start(work, environment)
            seen.reports = self.reports(home, key)
            seen.arrived = "next start" if start == 1 else f"start {start}"
        if not seen.reports:
            seen.arrived = "not"
        # Once: nothing sends it again.
        self.start(work, environment)
        again = len(self.reports(home, key))
        if again != len(seen.reports) and seen.reports:
            seen.problems.append(f"{again} at the end, {len(seen.reports)} before")
        if len(seen.reports) != case.reports:
            seen.problems.append(f"{len(seen.reports)} reports, not {case.reports}")
        return seen

    def environment(self, home: Path, key: str) -> dict[str, str]:
        prefix = self.program.prefix
        found = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"}
        found |= {f"{prefix}_TELEMETRY": "1", f"{prefix}_DOCKER": "0"}
        if self.to == "server":
            found[f"{prefix}_SENTRY_DSN"] = self.envelopes.dsn(key)
        return found

    def reports(self, home: Path, key: str) -> list[dict[str, Any]]:
        if self.to == "server":
            return self.envelopes.of(key)
        file = home / "work" / "reports.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def start(self, work: Path, environment: dict[str, str]) -> None:
        arguments = {
            "hyperfine": ["--runs", "2", "-N", "true"], "tokei": ["."], "sqlx": ["migrate", "info", "-D", "sqlite://next.db"],
        }[self.program.command]
        if self.program.command == "sqlx":
            (work / "migrations").mkdir(exist_ok=True)
            (work / "next.db").touch()
        subprocess.run(
            [str(self.binary), *arguments], cwd=work, env=environment, timeout=LONGEST, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )


def execute(command: list[str], work: Path, environment: dict[str, str], case: Case) -> tuple[int | None, str]:
    """Ends with its code, and what it said on standard error."""
    out: Any = subprocess.PIPE
    if case.output == "full":
        out = open("/dev/full", "w")
    elif case.output == "closed":
        reader, writer = os.pipe()
        os.close(reader)
        out = os.fdopen(writer, "w")
    process = subprocess.Popen(
        command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if out is not subprocess.PIPE:
        out.close()
    if case.interrupted is not None:
        if case.environment.get("ADOPT_CASE") == "waits":
            assert process.stderr is not None
            select.select([process.stderr], [], [], LONGEST)
        time.sleep(case.interrupted)
        os.killpg(process.pid, signal.SIGINT)
    try:
        _, said = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, "did not end"
    return process.returncode, said.decode(errors="replace")


def forget(seen: Seen) -> None:
    shutil.rmtree(seen.home, ignore_errors=True)


def fingerprint(report: dict[str, Any]) -> str:
    found = report.get("fingerprint") or report.get("tags", {}).get("fingerprint")
    return "/".join(found) if isinstance(found, list) else str(found)


def own_functions(report: dict[str, Any]) -> list[str]:
    """The program's own functions on the stack of what failed, the innermost first; what has no name is its address."""
    if "exceptions" in report:
        stacks = [e.get("frames", []) for e in report["exceptions"]]
    else:
        values = report["exception"]["values"]
        stacks = [list(reversed(v.get("stacktrace", {}).get("frames", []))) for v in reversed(values)]
    frames = next((s for s in stacks if s), [])
    return [f.get("function") or str(f.get("address") or f.get("instruction_addr")) for f in frames if f.get("in_app")]


def messages(report: dict[str, Any]) -> list[str]:
    if "exceptions" in report:
        return [f"{e.get('type')}: {e.get('value', '')}" for e in report["exceptions"]]
    return [f"{v.get('type')}: {v.get('value', '')}" for v in reversed(report["exception"]["values"])]
