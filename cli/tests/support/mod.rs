//! Runs `crwl` as a user with a home folder of its own and with none of this machine's variables.

#![allow(dead_code, reason = "each test file uses its part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A user.
pub(crate) struct User {
    home: tempfile::TempDir,
}

/// What a command said.
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

    pub(crate) fn spool(&self) -> PathBuf {
        self.home().join(".crawl4ai/telemetry/spool")
    }

    /// The command, ready to be started. No terminal, and no container whatever this machine is.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crwl"));
        command.arg("telemetry").args(arguments);
        command.env_clear().env("HOME", self.home()).env("CRAWL4AI_DOCKER", "0");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn crwl(&self, arguments: &[&str]) -> Said {
        self.crwl_with(&[], arguments)
    }

    pub(crate) fn crwl_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let output = self.command(arguments).envs(variables.iter().copied()).output().unwrap();
        let text = |bytes: &[u8]| {
            let home = self.home().to_str().unwrap();
            String::from_utf8(bytes.to_vec()).unwrap().replace(home, "~")
        };
        Said { out: text(&output.stdout), err: text(&output.stderr), code: output.status.code().unwrap() }
    }
}

/// Compares with the file that holds what was agreed on; `UPDATE=1` writes it anew.
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
