"""Ends of processes by the hundred, in every way and at random moments: nothing that was stored is lost, or told twice.

    ENDS=1000 python tests/ends.py      how many; with the package installed
"""

import collections
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import Program

WORK = "def fail(n):\n    raise ValueError('the barometer fell silent')\n"

JOBS = """
import os
import crawl4ai_telemetry as telemetry
from tool import work

def job(n):
    try:
        work.fail(n)
    except ValueError as error:
        outcome = telemetry.capture_exception(error, attempt=n)
        assert outcome, outcome
        return outcome.id

def stored(n):
    told = job(n)
    assert telemetry.flush(20)
    # Written at once, so that lines of several processes do not mix.
    os.write(1, (told + "\\n").encode())

def told(n):
    os.write(1, (job(n) + "\\n").encode())
"""

#: With time to store what was captured, which is as much as it takes: within the 250 ms of a program that asks for nothing, a
#: machine with ten programs for each core does not always get a file written.
START = "from tool import work, jobs\nbegin(exit_timeout=10)\n"
CHILDREN = """
import multiprocessing
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=jobs.told, args=(n,)) for n in range(2)]
    for child in children: child.start()
    for child in children: child.join()
    assert [child.exitcode for child in children] == [0, 0]
"""
POOL = """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    pool.map(jobs.{job}, range(2), 1)
    {close}
"""

#: What a program does, and the exit codes that it may have. Each prints the ids of what must not be lost.
ENDS = {
    "normal": ("jobs.told(1)", {0}),
    "an exception": ("jobs.told(1)\nraise KeyError('x')", {1}),
    "sys.exit": ("jobs.told(1)\nsys.exit(3)", {3}),
    "os._exit behind a flush": ("jobs.stored(1)\nos._exit(4)", {4}),
    "kill -9 behind a flush": ("jobs.stored(1)\nos.kill(os.getpid(), 9)", {-9}),
    "in a thread": ("import threading\nt = threading.Thread(target=jobs.told, args=(1,)); t.start(); t.join()", {0}),
    "fork": ("if os.fork() == 0:\n    jobs.told(1)\n    sys.exit(0)\njobs.told(2)\nos.wait()", {0}),
    "Process by fork": (CHILDREN.format(method="fork"), {0}),
    "Process by spawn": (CHILDREN.format(method="spawn"), {0}),
    "a pool that is closed": (POOL.format(job="told", close="pool.close(); pool.join()"), {0}),
    "a pool that is killed": (POOL.format(job="stored", close="pass"), {0}),
    "SIGTERM at any moment": ("for n in range(3): jobs.stored(n)\nimport time; time.sleep(60)", {-signal.SIGTERM}),
    "SIGINT at any moment": ("for n in range(3): jobs.stored(n)\nimport time; time.sleep(60)", {-signal.SIGINT, 1}),
}


def one(name, seed):
    """One end. What went wrong, or nothing."""
    rng = random.Random(seed)
    source, codes = ENDS[name]
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder)).module("work", WORK).module("jobs", JOBS)
        running = program.start(START + source)
        if "moment" in name:
            time.sleep(rng.uniform(0.0, 0.6))
            running.send_signal(signal.SIGTERM if "TERM" in name else signal.SIGINT)
        out, err = running.communicate(timeout=120)
        must = set(out.split())
        # While Python starts, it may react to Ctrl-C in its own ways.
        if running.returncode not in codes and (must or "moment" not in name):
            return f"{name} (seed {seed}): ended with {running.returncode}\n{err}"
        arrived = [report["id"] for report in program.reports]
        if lost := must - set(arrived):
            return f"{name} (seed {seed}): lost {len(lost)} of {len(must)}"
        if "moment" not in name and (not must or must != set(arrived)):
            return f"{name} (seed {seed}): expected {must}, found {arrived}"
        if program.waiting:
            return f"{name} (seed {seed}): left {program.waiting}"
    return None


def main():
    count = int(os.environ.get("ENDS", "100"))
    seed = int(os.environ.get("SEED", random.randrange(10**9)))
    names = [name for name, _ in zip(_cycle(), range(count))]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        wrong = [problem for problem in pool.map(one, names, range(seed, seed + count)) if problem]
    told = collections.Counter(names)
    print(f"{count} ends from seed {seed} on: " + ", ".join(f"{number} {name}" for name, number in told.items()))
    if wrong:
        sys.exit("\n".join(wrong))
    print("nothing was lost")


def _cycle():
    while True:
        yield from ENDS


if __name__ == "__main__":
    main()
