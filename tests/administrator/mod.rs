//! Helpers for the scenarios about the administrator's policy file.

#![allow(dead_code, reason = "no scenario needs all of it")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry::{Builder, Outcome, Reason, Rule, context};

use crate::scenario;

const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const FORBIDDEN: Outcome = Outcome::Suppressed(Reason::NoConsent(Rule::AdministratorDenial));

/// The path of the administrator's policy file in these tests.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join("machine").join("telemetry.json")
}

pub(crate) fn under_file(builder: Builder) -> Builder {
    builder.machine_policy(file_in(&scenario::folder()))
}

pub(crate) fn write(folder: &Path, text: &str) {
    let file = file_in(folder);
    let folder = file.parent().expect("a folder");
    fs::create_dir_all(folder).expect("made");
    fs::write(&file, text).expect("written");
    set_mode(folder, 0o755);
    set_mode(&file, 0o644);
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
}

pub(crate) fn capture() -> Outcome {
    let error = std::io::Error::other("free text of a customer");
    crawl4ai_telemetry::capture_exception(&error, context! { "status_code" => 404 })
}

pub(crate) fn installed(builder: Builder) -> Outcome {
    let telemetry = builder.install().expect("installed");
    let outcome = capture();
    telemetry.flush(PATIENCE);
    outcome
}

pub(crate) fn ends_well(mut command: Command) -> String {
    let output = command.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}
