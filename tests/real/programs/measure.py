"""Adopts the library in programs of the registry, makes them fail in every way, and says what became of each report.

    measure.py table [--quick]     program × case × where the report was, idle and with 24 spinning processes
    measure.py planted             twenty errors each with a user's words in them: none may be left
    measure.py exits [COUNT]       errors right before `process::exit`, COUNT times (200) in each build
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import build
import cases
import runs
from server import Envelopes

SPINNING = 24
FOLDER = Path(os.environ.get("ADOPT_DIR", build.ROOT / "target/real-programs"))
# Of the builds each program is tried in, and where its reports go then.
BUILDS = {
    "hyperfine": (("release", "file"), ("stripped", "file"), ("debug", "server")),
    "tokei": (("release", "file"),),
    "sqlx-cli": (("release", "server"),),
}


@contextmanager
def busy(on: bool) -> Iterator[None]:
    spinning = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(SPINNING if on else 0)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
        for one in spinning:
            one.wait()


def runners(only: list[str]) -> Iterator[tuple[build.Program, str, runs.Runner]]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    envelopes = Envelopes()
    programs = [p for p in build.changes() if not only or p.crate in only]
    sources = build.fetched(programs, FOLDER)
    for program in programs:
        copy = build.adopted(program, sources[program.crate], FOLDER)
        for profile, to in BUILDS[program.crate]:
            binary = build.built(program, copy, FOLDER, profile)
            yield program, profile, runs.Runner(program, binary, FOLDER / "homes", envelopes, to)


def table(only: list[str], loads: list[str]) -> int:
    failed = 0
    print(f"{'program':10} {'build':8} {'case':26} " + " ".join(f"{l:34}" for l in loads))
    for program, profile, runner in runners(only):
        wanted = [c for c in cases.OF[program.crate]() if not c.planted_only]
        found: dict[str, dict[str, runs.Seen]] = defaultdict(dict)
        for load in loads:
            with busy(load == "busy"):
                for case in wanted:
                    found[case.name][load] = runner.run(case)
        # Whose fingerprint is it? Another case's counts as none of its own.
        owners = defaultdict(set)
        for name, seen in found.items():
            for one in seen.values():
                owners.update({f: owners[f] | {name} for f in map(runs.fingerprint, one.reports)})
        for case in wanted:
            cells = []
            for load in loads:
                seen = found[case.name][load]
                cells.append(cell(case, seen, owners, profile))
                failed += "!" in cells[-1]
            many = {runs.fingerprint(r) for s in found[case.name].values() for r in s.reports}
            if len(many) > 1:
                failed += 1
                cells.append(f"! {len(many)} fingerprints of one bug")
            print(f"{program.crate:10} {profile:8} {case.name:26} " + " ".join(f"{c:34}" for c in cells), flush=True)
        for seen in (s for each in found.values() for s in each.values()):
            if not seen.problems:
                runs.forget(seen)
    return failed


def cell(case: cases.Case, seen: runs.Seen, owners: dict[str, set[str]], profile: str) -> str:
    problems = list(seen.problems)
    if seen.code is None:
        problems.append("did not end")
    if case.reports == 0:
        return "none" if not problems else f"! {'; '.join(problems)} {seen.home.name[:6]}"
    if not seen.reports:
        return f"! lost {seen.home.name[:6]}"
    report = seen.reports[0]
    own = owners[runs.fingerprint(report)] == {case.name}
    functions = runs.own_functions(report)
    named = bool(functions) and not any(f.startswith(("0x", "None")) or f.isdigit() for f in functions)
    if not own:
        problems.append("fingerprint of " + ", ".join(sorted(owners[runs.fingerprint(report)] - {case.name})))
    if not named and profile != "stripped":
        problems.append("no names")
    text = f"{seen.arrived}, own {'yes' if own else 'no'}, names {'yes' if named else 'no'}"
    return text if not problems else f"! {text}: {'; '.join(problems)} {seen.home.name[:6]}"


def planted(only: list[str]) -> int:
    failed = 0
    words = [w.encode() for w in cases.PLANTED]
    for program, profile, runner in runners(only):
        if profile == "stripped":
            continue
        for case in cases.OF[program.crate]():
            if case.reports == 0:
                continue
            seen = runner.run(case)
            kept = [p for p in seen.home.rglob("*") if p.is_file() and "work" not in p.relative_to(seen.home).parts]
            left = {w.decode() for p in kept for w in words if w in p.read_bytes()}
            sent = json.dumps(seen.reports).encode()
            left |= {w.decode() for w in words if w in sent}
            problems = seen.problems + ([f"LEFT: {', '.join(sorted(left))}"] if left else [])
            failed += bool(problems)
            print(f"\n{program.crate} {profile}: {case.name}{' ! ' + '; '.join(problems) if problems else ''}")
            said = [l for l in seen.said.splitlines() if l.strip()]
            print("  said     " + " / ".join(said)[:300])
            for report in seen.reports:
                print("  message  " + " <- ".join(runs.messages(report)))
                print("  where    " + " < ".join(runs.own_functions(report)[:4]) + place(report))
            if not problems:
                runs.forget(seen)
    return failed


def place(report: dict) -> str:
    """The place of a panic, where it has one."""
    for exception in report.get("exceptions", []):
        if at := exception.get("location"):
            return f"  ({at['file']}:{at['line']})"
    return ""


def exits(only: list[str], count: int, loads: list[str]) -> int:
    failed = 0
    for program, profile, runner in runners(only):
        for load in loads:
            case = next(c for c in cases.OF[program.crate]() if c.name == "exit")
            arrived: dict[str, int] = defaultdict(int)
            names = 0
            problems: list[str] = []
            with busy(load == "busy"):
                for _ in range(count):
                    seen = runner.run(case)
                    arrived[seen.arrived] += 1
                    functions = [f for r in seen.reports for f in runs.own_functions(r)]
                    names += bool(functions) and not any(f.startswith("0x") for f in functions)
                    problems += seen.problems
                    if not seen.problems:
                        runs.forget(seen)
            wrong = bool(problems) or (names != count and profile != "stripped")
            failed += wrong
            print(f"{'! ' if wrong else ''}{program.crate} {profile} to a {runner.to}, {load}: {dict(arrived)}, "
                  f"names {names} of {count}" + "".join(f"; {p}" for p in problems[:5]), flush=True)
    return failed


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=["table", "planted", "exits"])
    asked.add_argument("count", nargs="?", type=int, default=200)
    asked.add_argument("--only", action="append", default=[])
    asked.add_argument("--load", action="append", choices=["idle", "busy"])
    options = asked.parse_args()
    loads = options.load or ["idle", "busy"]
    print("load: " + " ".join(Path("/proc/loadavg").read_text().split()[:3]), flush=True)
    match options.what:
        case "table":
            failed = table(options.only, loads)
        case "planted":
            failed = planted(options.only)
        case _:
            failed = exits(options.only, options.count, loads)
    print("all as it should be" if not failed else f"{failed} not as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
