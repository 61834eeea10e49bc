//! A scenario is a test file that is also the program under test. Run as a test it plays the parent, which starts
//! itself again as the program, with a real `main`, a real exit code and a folder of its own.

#![allow(dead_code, unreachable_pub, unused_imports, reason = "no scenario needs all of it")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and tells its name"
)]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program: it reads its environment and exits")]

pub mod harness;
#[cfg(unix)]
pub mod terminal;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

use crawl4ai_telemetry::Privacy;
use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use crawl4ai_telemetry::{
    App, Builder, Environment, MemoryProvider, Payload, ProviderError, Report, SendError,
};
use crawl4ai_telemetry::{Telemetry, TelemetryProvider, Timestamp, UsageSpan};
use crawl4ai_telemetry_conformance::Server;
pub use harness::{main, main_of, main_where};
use serde_json::Value;

use self::harness::PART;

/// The variable with the time that the program's [`clock`] shows.
const NOW: &str = "SCENARIO_NOW";
/// The variable with the path of the scenario's folder.
const FOLDER: &str = "SCENARIO_FOLDER";

/// The program's side: a builder that reports to a file in the scenario's folder.
pub fn builder() -> Builder {
    let folder = folder();
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        // The tests' own environment must not influence the result.
        .environment(Environment::Cli)
        // At this level the short texts of these tests are kept. Own words have separate tests.
        .privacy(Privacy::Standard)
        .file(folder.join("reports.jsonl"))
        .exit_timeout(Duration::from_secs(5))
}

/// The program's side: a builder that reports to the server of `CRAWL4AI_SENTRY_DSN`.
pub fn sentry_builder() -> Builder {
    Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .environment(Environment::Cli)
        // At this level the short texts of these tests are kept. Own words have separate tests.
        .privacy(Privacy::Standard)
        .exit_timeout(Duration::from_secs(10))
}

/// The program's side: everything is stored and nothing delivered, as without a connection.
pub fn no_provider_that_answers() -> Builder {
    builder().provider(Sends(no_connection))
}

/// A provider that calls the given function with each report, and does nothing else.
pub struct Sends<F>(pub F);

impl<F: Fn(&Report) -> Result<(), SendError> + Send + Sync> TelemetryProvider for Sends<F> {
    fn name(&self) -> &str {
        "scripted"
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        MemoryProvider::default().render(report)
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        (self.0)(report)
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        Ok(())
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

/// A provider with the destination of another one, but without a connection. A yes to one report is bound to its
/// destination.
pub struct InATunnel<P>(pub P);

impl<P: TelemetryProvider> TelemetryProvider for InATunnel<P> {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn destination(&self) -> Cow<'_, str> {
        self.0.destination()
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        self.0.render(report)
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        no_connection(report)
    }
}

/// The result of a provider without a connection.
pub fn no_connection(_: &Report) -> Result<(), SendError> {
    Err(SendError::retry("no connection"))
}

/// The DSN of a project on a loopback server.
pub fn dsn(server: &Server) -> String {
    server.url().replace("http://", "http://0123456789abcdef0123456789abcdef@") + "/7"
}

/// The scenario's folder, for the program.
pub fn folder() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by its parent").into()
}

/// The program's side: a clock that shows half past the hour in which the test began, the same in every program of the
/// test. Limits count by the hours of the day, and a test on the real clock might run into the next hour.
pub fn clock() -> ManualClock {
    let now = std::env::var(NOW).expect("started by its parent");
    ManualClock::new(Timestamp::from_millis(now.parse().expect("milliseconds")))
}

/// The parent's side: a temporary folder, and ways to run the program in it.
pub struct Stage {
    folder: tempfile::TempDir,
    half_past: u64,
}

impl Stage {
    /// Makes a temporary folder.
    #[allow(clippy::new_without_default, reason = "a folder is made")]
    pub fn new() -> Self {
        const HOUR: u64 = 60 * 60 * 1_000;
        let now = SystemClock::new().now().as_millis();
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            half_past: now - now % HOUR + HOUR / 2,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with consent given, in a clean environment.
    pub fn command(&self, part: &str) -> Command {
        self.command_of(&std::env::current_exe().expect("this program"), part)
    }

    /// Like [`command`](Self::command), for a copy of the program under another name.
    pub fn command_of(&self, program: &Path, part: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            // On Windows no program can open a connection without this variable.
            .envs(std::env::var_os("SYSTEMROOT").map(|folder| ("SYSTEMROOT", folder)))
            .env(PART, part)
            .env(FOLDER, self.folder())
            .env(NOW, self.half_past.to_string())
            .env("HOME", self.folder())
            .env("CRAWL4AI_CONFIG_DIR", self.folder())
            .env("CRAWL4AI_TELEMETRY", "1");
        command
    }

    /// The program with a server to send to.
    pub fn command_to(&self, server: &Server) -> Command {
        let mut command = self.command("");
        command.env("CRAWL4AI_SENTRY_DSN", dsn(server));
        command
    }

    /// Runs the program and waits.
    pub fn run(&self, part: &str) -> Output {
        self.command(part).output().expect("the program runs")
    }

    /// The reports that the file provider took.
    pub fn delivered(&self) -> Vec<Value> {
        let lines = std::fs::read_to_string(self.folder().join("reports.jsonl")).unwrap_or_default();
        lines.lines().map(|line| serde_json::from_str(line).expect("a report a line")).collect()
    }

    /// The names of the reports that wait in the spool.
    pub fn waiting(&self) -> Vec<String> {
        let spool = self.folder().join("telemetry").join("spool");
        let Ok(entries) = std::fs::read_dir(spool) else { return Vec::new() };
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.contains('_')).collect();
        names.sort();
        names
    }

    /// Every file below the folder, relative to it.
    pub fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => walk(&entry.path(), found),
                    _ => found.push(entry.path()),
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder(), &mut found);
        found.iter().filter_map(|path| path.strip_prefix(self.folder()).ok().map(Path::to_owned)).collect()
    }
}

/// The first frame of the program's own code in a report.
pub fn culprit(report: &Value) -> String {
    let frames = report["exceptions"][0]["frames"].as_array().cloned().unwrap_or_default();
    let own = frames.into_iter().find(|frame| frame["in_app"] == true);
    own.and_then(|frame| frame["function"].as_str().map(str::to_owned)).unwrap_or_default()
}

/// Waits for a program that must not hang. If it does, it is killed, so that it has no exit code.
pub fn end_of(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().expect("killed");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The exit code of a program that was ended by [`kill_self`] or an abort: none, or Windows'
/// `STATUS_STACK_BUFFER_OVERRUN`.
pub const KILLED: Option<i32> = if cfg!(windows) { Some(0xC000_0409_u32.cast_signed()) } else { None };

/// Ends the program at once, as `kill -9` does. Where there is no such signal, `abort` ends it without running anything
/// more.
pub fn kill_self() -> ! {
    #[cfg(not(unix))]
    std::process::abort();
    #[cfg(unix)]
    kill()
}

#[cfg(unix)]
fn kill() -> ! {
    let own = rustix::process::getpid();
    rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("a signal to oneself");
    loop {
        std::thread::park();
    }
}
