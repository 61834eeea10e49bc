"""Programs of the registry with the library in them, as their own authors would take it in.

Nothing of theirs is kept here: `cargo` fetches each, and what is changed is named by the line that it stands at.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CASES = Path(__file__).with_name("cases.rs")
APP = 'let app = crawl4ai_telemetry::App::new("{name}", env!("CARGO_PKG_VERSION"));'
INIT = 'crawl4ai_telemetry::Telemetry::builder(app).file("reports.jsonl").init()'
CAPTURE = "let _ = crawl4ai_telemetry::capture_exception(&{error}, crawl4ai_telemetry::context! {{}});"


@dataclass(frozen=True)
class Change:
    """`new` stands where `old` stood, in `file`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Program:
    crate: str
    version: str
    command: str
    # Where `cases.rs` stands, and which cargo features are asked for.
    module: str
    flags: tuple[str, ...]
    # The adoption itself: five lines with the one of Cargo.toml.
    adoption: tuple[Change, ...]
    # Ours: what fails on demand where the program by itself fails too rarely.
    device: tuple[Change, ...]

    @property
    def prefix(self) -> str:
        return self.command.upper()


def changes() -> list[Program]:
    def app(name: str) -> str:
        return APP.format(name=name)

    kept = f"let _telemetry = {INIT};"
    fails = "if let Err(e) = {path}cases::fail() {{ {capture} eprintln!(\"error: {{e}}\"); std::process::exit(1) }}\n"
    error = CAPTURE.format(error="e")
    return [
        # `exit` in `main`, behind a capture.
        Program(
            "hyperfine", "2.0.0", "hyperfine", "src/cases.rs", (),
            (
                Change("src/main.rs", "fn main() {\n", f"fn main() {{\n{app('hyperfine')}\n{kept}\n"),
                Change("src/main.rs", "        Err(e) => {\n", f"        Err(e) => {{\n{error}\n"),
            ),
            (
                Change("src/main.rs", "pub mod benchmark;", "mod cases;\npub mod benchmark;"),
                Change("src/main.rs", "    match run() {", fails.format(path="", capture=error) + "    match run() {"),
            ),
        ),
        # `Guard::run`, and a program that unwinds nothing (`panic = "abort"`).
        Program(
            "tokei", "15.0.0", "tokei", "src/cases.rs", (),
            (
                Change("src/main.rs", "fn main() -> Result", "fn real_main() -> Result"),
                Change("src/main.rs", "mod cli;\n", "mod cli;\nfn main() -> std::process::ExitCode {\n"
                       f"{app('tokei')}\n{INIT}.run(real_main)\n}}\n"),
                Change("src/main.rs", "if ::std::fs::metadata(path).is_err() {",
                       f"if let Err(e) = ::std::fs::metadata(path) {{ {error}"),
            ),
            (
                Change("src/main.rs", "mod cli;\n", "mod cases;\nmod cli;\n"),
                Change("src/main.rs", "    let mut cli = Cli::from_args();",
                       "    cases::fail().map_err(|e| -> Box<dyn Error> { e })?;\n    let mut cli = Cli::from_args();"),
            ),
        ),
        # Async, with SQLite's own C in it: the guard outside of the runtime, and the attribute.
        Program(
            "sqlx-cli", "0.9.0", "sqlx", "src/cases.rs",
            ("--no-default-features", "--features", "sqlite,rustls,sqlx-toml", "--bin", "sqlx"),
            (
                Change("src/bin/sqlx.rs", "async fn main() {", "async fn real_main() {"),
                Change("src/bin/sqlx.rs", "#[tokio::main]\n",
                       f"fn main() {{\n{app('sqlx')}\n{kept}\nreal_main()\n}}\n#[tokio::main]\n"),
                Change("src/lib.rs", "async fn do_run(", "#[crawl4ai_telemetry::telemetry]\nasync fn do_run("),
            ),
            (
                Change("src/lib.rs", "pub mod database;", "pub mod cases;\npub mod database;"),
                Change("src/lib.rs", "    match opt.command {\n",
                       "    cases::fail().map_err(|e| anyhow::anyhow!(e))?;\n    match opt.command {\n"),
            ),
        ),
    ]


def fetched(programs: list[Program], folder: Path) -> dict[str, Path]:
    """The sources as the registry has them, by the ordinary client."""
    asks = folder / "asks"
    (asks / "src").mkdir(parents=True, exist_ok=True)
    (asks / "src/lib.rs").write_text("")
    wanted = "".join(f'{p.crate} = "={p.version}"\n' for p in programs)
    head = '[package]\nname = "asks"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
    (asks / "Cargo.toml").write_text(head + wanted)
    subprocess.run(["cargo", "fetch", "--quiet"], cwd=asks, check=True)
    registry = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "registry/src"
    return {p.crate: next(registry.glob(f"*/{p.crate}-{p.version}")) for p in programs}


def adopted(program: Program, source: Path, folder: Path) -> Path:
    """A copy of the program, changed; made anew only where that would be another than last time."""
    copy, stamp = folder / program.crate, folder / f"{program.crate}.stamp"
    now = hashlib.sha256(repr(program).encode() + CASES.read_bytes()).hexdigest()
    if copy.exists() and stamp.exists() and stamp.read_text() == now:
        return copy
    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(source, copy)
    for change in program.adoption + program.device:
        file = copy / change.file
        text = file.read_text()
        assert text.count(change.old) >= 1, f"{program.crate}: no line {change.old!r} in {change.file}"
        file.write_text(text.replace(change.old, change.new, 1))
    shutil.copy(CASES, copy / program.module)
    with (copy / "Cargo.toml").open("a") as manifest:
        manifest.write("\n[workspace]\n")
    subprocess.run(
        ["cargo", "add", "--quiet", "--path", str(ROOT), "crawl4ai-telemetry", "--features", "anyhow"],
        cwd=copy, check=True,
    )
    stamp.write_text(now)
    return copy


def built(program: Program, copy: Path, folder: Path, profile: str) -> Path:
    """`profile`: `debug`, `release` (with line tables, as docs/adopting.md says) or `stripped` of the same release."""
    target = folder / "target"
    release = [] if profile == "debug" else ["--release"]
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0",
        "CARGO_PROFILE_RELEASE_DEBUG": "line-tables-only", "CARGO_PROFILE_RELEASE_STRIP": "none",
    }
    subprocess.run(["cargo", "build", "--quiet", "--ignore-rust-version", *release, *program.flags], cwd=copy, env=environment, check=True)
    binary = target / ("debug" if profile == "debug" else "release") / program.command
    if profile == "stripped":
        stripped = folder / "stripped" / program.command
        stripped.parent.mkdir(exist_ok=True)
        subprocess.run(["strip", "-o", str(stripped), str(binary)], check=True)
        return stripped
    return binary
