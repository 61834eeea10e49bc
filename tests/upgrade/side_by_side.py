"""The program of an earlier version and today's in one folder, at the same time: nothing is lost, doubled or asked twice.

    side_by_side.py OLD NEW
"""

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from program import EMAIL, PROMPT, TUNNEL, Program, queued

# How many errors each of four processes captures. All of them fit into the 50 reports that a spool holds.
CAPTURES = 11
YES = {"TOOL_TELEMETRY": "1"}


def delivered(folder):
    """The ids of what arrived, as often as it did."""
    path = Path(folder) / "reports.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line)["id"] for line in lines]


def waiting(folder):
    spool = Path(folder) / "tool/telemetry/spool"
    return sorted(path.name for path in spool.glob("*_*"))


def check(condition, *facts):
    if not condition:
        sys.exit("failed: " + "\n".join(str(fact) for fact in facts))


def many_at_once(old, new):
    """One of each version dies in a panic; then four processes of both capture, store and deliver at once."""
    for program in (old, new):
        # Runs without a connection, because a process that dies between a delivery and the removal of the file would
        # deliver twice.
        program.run("dies", "on purpose", reports=TUNNEL, code=-6, **YES)
    check(len(waiting(new.folder)) == 2, "both panics wait", waiting(new.folder))
    # The ledger is removed, because the failed deliveries would delay the next one by a random time.
    (new.folder / "tool/telemetry/ledger.json").unlink(missing_ok=True)
    running = [program.start("many", str(CAPTURES), **YES) for program in (old, new, old, new)]
    told = [id for process in running for id in queued(process.communicate(timeout=300)[0])]
    check(all(process.returncode == 0 for process in running), "a program failed", *running)
    check(len(told) == 4 * CAPTURES == len(set(told)), "each was taken", len(told))
    for program in (new, old):
        program.run("starts", **YES)
    check(not waiting(new.folder), "left in the spool", waiting(new.folder))
    times = Counter(delivered(new.folder))
    check(not (lost := set(told) - set(times)), "lost", lost)
    check(max(times.values()) == 1, "doubled", [id for id, n in times.items() if n > 1])
    check(len(times) == 4 * CAPTURES + 2, "every report, and both panics", len(times), 4 * CAPTURES + 2)


def asked_once(first, second):
    """While one asks, the other does not; and what was answered is asked by neither again."""
    terminal = first.on_a_terminal("fails", "no table")
    terminal.wait_for(PROMPT)
    other = second.on_a_terminal("fails otherwise", "seven")
    check(other.end() == 0 and PROMPT not in other.screen, "two questions at once", other.screen)
    terminal.answer(PROMPT, "1\n")
    terminal.answer(EMAIL, "\n")
    check(terminal.end() == 0, terminal.screen)
    check(len(delivered(first.folder)) == 1, "the one that was agreed to", delivered(first.folder))

    # The other report waits for an answer. Either version may ask for it, once.
    third = first.on_a_terminal("starts")
    third.answer(PROMPT, "1\n")
    third.answer(EMAIL, "\n")
    check(third.end() == 0 and len(delivered(first.folder)) == 2, third.screen, delivered(first.folder))
    for program in (first, second):
        last = program.on_a_terminal("starts")
        check(last.end() == 0 and PROMPT not in last.screen, "asked again", last.screen)
    check(len(set(delivered(first.folder))) == 2 and not waiting(first.folder), waiting(first.folder))


def a_no_of_either(first, second):
    """What one version stored is deleted by a no that the other is told, and neither sends anything after it."""
    first.run("fails", "no table", reports=TUNNEL, **YES)
    check(len(waiting(first.folder)) == 1, waiting(first.folder))
    terminal = second.on_a_terminal("fails otherwise", "seven")
    terminal.answer(PROMPT, "3\n")
    check(terminal.end() == 0, terminal.screen)
    for program in (first, second):
        check("queued" not in program.run("fails", "no table"), "a no that does not hold")
    check(not delivered(first.folder) and not waiting(first.folder), delivered(first.folder), waiting(first.folder))


def main(old, new):
    for name, run, paths in [
        ("both capture and deliver at once", many_at_once, (old, new)),
        ("the old one asks, the new one does not", asked_once, (old, new)),
        ("the new one asks, the old one does not", asked_once, (new, old)),
        ("a no that the new one is told", a_no_of_either, (old, new)),
        ("a no that the old one is told", a_no_of_either, (new, old)),
    ]:
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            run(*(Program(path, folder) for path in paths))
            print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)


main(*sys.argv[1:])
