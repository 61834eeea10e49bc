"""What the scripts of this folder share: building and running the programs that crash, and reading what they leave."""

import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Every kind of crash. The kinds with `t-` crash in a thread. `raise` and its like are not among them, because Rust's own
# handler ignores the first raised SIGSEGV.
KINDS = """null wild noncanonical abort trap illegal divide drop c qsort t-qsort callback call-null double-free c-thread
overflow t-overflow deep no-memory bus""".split()

# Each build: its name, arguments of cargo, flags of rustc, and its folder below the target folder.
BUILDS = {
    "debug": ([], "", "debug"),
    "release": (["--release"], "", "release"),
    "release with frame pointers": (["--release"], "-C force-frame-pointers=yes", "release"),
    "LTO, stripped": (["--profile", "stripped"], "", "stripped"),
}

# A separate target folder, because builds with and without frame pointers would replace each other in a shared one.
TARGETS = {"release with frame pointers": "target/frame-pointers"}


def build(name):
    """Builds the programs and returns their folder."""
    arguments, flags, folder = BUILDS[name]
    target = HERE / TARGETS.get(name, "target")
    environment = os.environ | {"CARGO_TARGET_DIR": str(target), "RUSTFLAGS": flags}
    subprocess.run(["cargo", "build", "--quiet", "--locked", *arguments], cwd=HERE, env=environment, check=True)
    return target / folder


class Run:
    """One run of a program in a folder of its own, and what it left."""

    def __init__(self, command, core=False, timeout=60, prefix="native-", **environment):
        self.folder = Path(tempfile.mkdtemp(prefix=prefix))
        self.spool = self.folder / "telemetry" / "spool"

        def limit():
            most = resource.RLIM_INFINITY if core else 0
            resource.setrlimit(resource.RLIMIT_CORE, (most, resource.RLIM_INFINITY if core else 0))

        given = os.environ | {"SPOOL": str(self.spool), "RUST_BACKTRACE": "0"} | environment
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=given, capture_output=True, timeout=timeout,
            preexec_fn=limit,
        )
        self.status = done.returncode
        # The thread's number and the addresses in a backtrace differ from run to run.
        self.output = re.sub(rb"\(\d+\)", b"(N)", re.sub(rb"0x[0-9a-f]{4,}", b"0xN", done.stderr)), done.stdout
        self.error = done.stderr

    def files(self):
        return sorted(path.name for path in self.spool.glob("*")) if self.spool.exists() else []

    def records(self):
        """Each record and its name, checked: whole, and with the checksum that its name says."""
        return [(name, read_record(self.spool / name)) for name in self.files()]

    def core(self):
        return next(iter(self.folder.glob("core*")), None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


def read_record(path):
    content = path.read_bytes()
    checksum = 0xCBF29CE484222325
    for byte in content:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    assert f"_{checksum:016x}." in path.name, f"{path.name}: torn"
    assert len(content) <= 16 * 1024, f"{path.name}: {len(content)} bytes"
    return json.loads(content)


def frames(record):
    """The module and the address relative to it of every frame."""
    (exception,) = record["exceptions"]
    names = [image["name"] for image in record["images"]]
    return [(names[f["image"]], int(f["address"], 16)) if "image" in f else None for f in exception["frames"]]


def what(record):
    return record["exceptions"][0]["type"]
