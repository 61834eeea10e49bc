//! Runs `crwl` as a user with a home folder of its own and with none of this machine's variables.

#![allow(dead_code, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(unix)]
#[path = "../../../tests/scenario/terminal.rs"]
#[allow(
    unreachable_pub,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "shared, and not all of it is used"
)]
pub(crate) mod terminal;

pub(crate) mod planted;

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crawl4ai_telemetry::{
    App, Env, Level, Outcome, Payload, ProviderError, Report, SendError, Telemetry, TelemetryProvider,
    UsageSpan, context,
};
use crawl4ai_telemetry_conformance::Server;

/// The DSN of this server.
pub(crate) fn dsn(server: &Server) -> String {
    server.url().replace("http://", "http://0123456789abcdef0123456789abcdef@") + "/7"
}

/// The variable that names the home folder.
pub(crate) const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// The variable without which no program of Windows can open a connection.
#[expect(
    clippy::disallowed_methods,
    reason = "what a child needs of the parent's environment, in tests only"
)]
pub(crate) fn system() -> Option<(&'static str, std::ffi::OsString)> {
    std::env::var_os("SYSTEMROOT").map(|folder| ("SYSTEMROOT", folder))
}

/// A user.
pub(crate) struct User {
    home: tempfile::TempDir,
}

/// The output and the exit code of a command.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl User {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home().join(".crawl4ai/config.json")
    }

    pub(crate) fn telemetry(&self) -> PathBuf {
        self.home().join(".crawl4ai/telemetry")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.telemetry().join("spool")
    }

    /// The command, ready to be started: without a terminal, and as if outside of a container.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crwl"));
        command.arg("telemetry").args(arguments);
        command.env_clear().envs(system()).env(HOME, self.home()).env("CRAWL4AI_DOCKER", "0");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Makes a text the same for every home folder and every system: replaces the paths of Windows, also in JSON, and
    /// its `crwl.exe`.
    fn as_agreed_on(&self, text: String) -> String {
        let home = self.home().to_str().unwrap();
        if !cfg!(windows) {
            return text.replace(home, "~");
        }
        let plain = |text: String, separator: &str| {
            text.replace(&home.replace('\\', separator), "~")
                .replace(&format!("~{separator}.crawl4ai{separator}"), "~/.crawl4ai/")
                .replace(&format!("/telemetry{separator}spool"), "/telemetry/spool")
        };
        plain(plain(text, r"\\"), r"\").replace("crwl.exe", "crwl")
    }

    pub(crate) fn crwl(&self, arguments: &[&str]) -> Said {
        self.crwl_with(&[], arguments)
    }

    pub(crate) fn crwl_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let output = self.command(arguments).envs(variables.iter().copied()).output().unwrap();
        let text = |bytes: &[u8]| self.as_agreed_on(String::from_utf8(bytes.to_vec()).unwrap());
        Said { out: text(&output.stdout), err: text(&output.stderr), code: output.status.code().unwrap() }
    }
}

/// Compares a text with its snapshot. `UPDATE=1` writes the snapshot.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "how a developer asks for new snapshots, in tests only")]
pub(crate) fn assert_snapshot(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name}: run with UPDATE=1 if the new text is right");
}

/// A provider whose server is never reachable.
pub(crate) struct Offline;

impl TelemetryProvider for Offline {
    fn name(&self) -> &str {
        "offline"
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        Ok(Payload::json(report).unwrap())
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Err(SendError::retry("offline"))
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

/// A user who said yes, with one report that could not be delivered.
pub(crate) fn user_with_a_report() -> User {
    let user = User::new();
    user.crwl(&["enable"]);
    // The yes of an earlier version, which applied to every destination.
    fs::write(user.home().join(".crawl4ai/config.json"), r#"{"telemetry":{"consent":"always"}}"#).unwrap();
    let home = user.home().to_str().unwrap();
    let env = Env::from_pairs("CRAWL4AI", [(HOME, home), ("CRAWL4AI_DOCKER", "0")]);
    let telemetry = Telemetry::builder(App::crawl4ai("0.1.0")).env(env).provider(Offline).build().unwrap();
    let outcome = telemetry.capture_message(Level::Error, "out of cheese", context! {});
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
    assert!(!telemetry.flush(Duration::from_secs(5)), "it waits");
    assert_eq!(telemetry.status().pending, Some(1));
    user
}

/// Stores the report as if it had been captured on a terminal before anybody was asked.
pub(crate) fn let_it_wait_for_an_answer(user: &User) {
    let mut reports = user.spool().read_dir().unwrap().flatten().map(|entry| entry.path());
    let report = reports.find(|path| path.extension().is_some_and(|e| e == "report")).unwrap();
    let mut pending = report.clone().into_os_string();
    pending.push(".pending");
    fs::rename(&report, &pending).unwrap();
}
