//! Takes over the folders of an earlier version (`tests/upgrade/folders`, made by running that version). Waiting
//! reports are delivered once, nobody is asked twice, limits and sent reports are remembered, and the keys of other
//! programs stay. `tests/upgrade/run` has both versions work in one folder at the same time.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a scenario is a program, and a test fails by panicking"
)]

mod prompting;
mod scenario;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::{Limits, Report, SendError, Timestamp, capture_exception, context};
use prompting::{EMAIL, PROMPT};
use scenario::harness::Test;
use scenario::terminal::{Terminal, take_session};
use scenario::{Sends, Stage, builder, folder};
use serde_json::Value;

/// The variable with the time of the newest report in a folder, in milliseconds. The clock is set by it, because stored
/// reports are too old after a month.
const AT: &str = "UPGRADE_AT";

/// Writes a report to the file. The file provider would one day drop these reports, because it uses the machine's
/// clock.
fn keep(report: &Report) -> Result<(), SendError> {
    let mut file = fs::OpenOptions::new();
    let mut file = file.create(true).append(true).open(folder().join("reports.jsonl")).expect("opened");
    writeln!(file, "{}", serde_json::to_string(report).expect("JSON")).expect("written");
    Ok(())
}

fn program(part: &str) {
    take_session();
    let at = std::env::var(AT).expect("the time").parse().expect("milliseconds");
    let clock = ManualClock::new(Timestamp::from_millis(at));
    let mut limits = Limits::default();
    match part {
        // In this hour the earlier version has reported four errors, so that a fifth is one too many.
        "the same hour" => limits.per_hour = 4,
        // Later than the delay that the server asked for or that failures caused.
        _ => clock.advance(Duration::from_secs(61 * 60)),
    }
    let telemetry = builder().provider(Sends(keep)).clock(clock).limits(limits).install().expect("installed");
    if part == "the same hour" || part == "captures" {
        let _ = capture_exception(&std::io::Error::other("today's"), context! {});
    }
    telemetry.flush(Duration::from_secs(20));
    if part == "captures" {
        let sent: Vec<String> = telemetry.sent().iter().map(|entry| entry.id.to_string()).collect();
        fs::write(folder().join("sent"), sent.join("\n")).expect("written");
    }
}

/// A folder of the earlier version, inside that of a scenario. Its file modes are set here, because Git does not store
/// them.
struct Old {
    stage: Stage,
    at: String,
    /// The ids of the reports that wait in the folder.
    waiting: BTreeSet<String>,
}

impl Old {
    fn copy(name: &str) -> Self {
        let stage = Stage::new();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrade/folders").join(name);
        copy(&from, stage.folder());
        let names = stage.waiting();
        let newest = names.iter().filter_map(|name| name.split('_').next()).max().expect("reports");
        let ids = names.iter().filter_map(|name| name.split('_').nth(1)).map(str::to_owned).collect();
        Self { at: newest.trim_start_matches('0').to_owned(), waiting: ids, stage }
    }

    fn command(&self, part: &str) -> std::process::Command {
        let mut command = prompting::asking(&self.stage, part);
        command.env(AT, &self.at);
        command
    }

    fn run(&self, part: &str) {
        let output = self.command(part).output().expect("runs");
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The ids of the delivered reports, each of which must occur once.
    fn delivered(&self) -> BTreeSet<String> {
        let reports = self.stage.delivered();
        let ids: BTreeSet<String> = reports.iter().map(id).collect();
        assert_eq!(ids.len(), reports.len(), "none is doubled: {reports:#?}");
        ids
    }

    fn config(&self) -> Value {
        let text = fs::read_to_string(self.stage.folder().join("config.json")).expect("the configuration");
        serde_json::from_str(&text).expect("JSON")
    }
}

fn id(report: &Value) -> String {
    report["id"].as_str().expect("an id").to_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).expect("made");
            copy(&entry.path(), &target);
            fs::set_permissions(&target, Permissions::from_mode(0o700)).expect("ours");
        } else {
            fs::copy(entry.path(), &target).expect("copied");
            fs::set_permissions(&target, Permissions::from_mode(0o600)).expect("ours");
        }
    }
}

fn lost(reports: &[Value]) -> u64 {
    reports.iter().filter_map(|report| report["losses"]["rate_limited"].as_u64()).sum()
}

fn after_a_yes(_: &Stage) {
    let old = Old::copy("decided");
    let before = old.config();
    assert_eq!(old.waiting.len(), 3, "two errors and a panic wait");
    old.run("the same hour");
    assert!(old.delivered().is_empty(), "what the earlier version has to wait for, this one waits for");
    assert_eq!(old.stage.waiting().len(), 3, "the limits of the hour hold: {:?}", old.stage.waiting());

    old.run("captures");
    let (delivered, reports) = (old.delivered(), old.stage.delivered());
    assert!(delivered.is_superset(&old.waiting), "{delivered:?}");
    assert_eq!(delivered.len(), 4, "and the new one");
    assert!(old.stage.waiting().is_empty(), "{:?}", old.stage.waiting());
    let fatal: Vec<&Value> = reports.iter().filter(|report| report["level"] == "fatal").collect();
    assert_eq!(fatal.len(), 1, "the panic ended its program: {reports:#?}");
    // Two that the earlier version refused, which the report of its panic tells, and one of the same hour.
    assert_eq!(lost(&reports), 3, "{reports:#?}");

    let sent = fs::read_to_string(old.stage.folder().join("sent")).expect("listed");
    assert_eq!(sent.lines().count(), 5, "what the earlier version sent is still shown: {sent}");
    assert_eq!(old.config(), before);
    old.run("starts");
    assert_eq!(old.delivered().len(), 4, "and that is all");
}

fn before_an_answer(_: &Stage) {
    let old = Old::copy("undecided");
    let before = old.config();
    let agreed = old.stage.waiting().into_iter().find(|name| name.ends_with(".agreed")).expect("one");
    let terminal = Terminal::new();
    let running = terminal.run(&mut old.command("starts"));
    terminal.wait_for(PROMPT);
    assert_eq!(terminal.screen().matches(PROMPT).count(), 1);
    terminal.answer(PROMPT, "1\n");
    terminal.answer(EMAIL, "\n");
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!(old.delivered(), old.waiting, "{}", terminal.screen());
    for report in old.stage.delivered() {
        let email = agreed.contains(&id(&report)).then_some("ada@example.com");
        assert_eq!(report["user_email"].as_str(), email, "{report:#}");
    }
    assert!(old.stage.waiting().is_empty(), "{:?}", old.stage.waiting());

    let terminal = Terminal::new();
    let running = terminal.run(&mut old.command("starts"));
    assert!(running.end().success(), "{}", terminal.screen());
    assert!(!terminal.screen().contains(PROMPT), "asked once: {}", terminal.screen());
    assert_eq!(old.config(), before, "a yes to one report is stored nowhere");
}

fn main() {
    scenario::main_of(program, || {
        vec![Test::new("after_a_yes", after_a_yes), Test::new("before_an_answer", before_an_answer)]
    });
}
