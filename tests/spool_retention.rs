//! Reports older than the promised age are deleted at the next start and not sent: waiting reports, reports that await
//! an answer, and damaged ones. This also happens if nothing else is done, if nothing can be sent, and under a kill
//! switch.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use crawl4ai_telemetry::{App, Outcome, Telemetry, Timestamp, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

const DAY: u64 = 24 * 60 * 60 * 1000;

fn ago(days: u64) -> Timestamp {
    Timestamp::from_millis(SystemClock::new().now().as_millis() - days * DAY)
}

fn program(part: &str) {
    let capture = || capture_exception(&std::io::Error::other("no answer"), context! {});
    match part.split_once(' ') {
        Some(("stores", days)) => {
            let clock = ManualClock::new(ago(days.parse().expect("days")));
            let telemetry = no_provider_that_answers().clock(clock).install().expect("installed");
            assert!(matches!(capture(), Outcome::Queued(_)));
            telemetry.flush(Duration::from_secs(20));
        }
        _ if part == "nowhere" => {
            let app = App::new("tool", "1.0.0").env_prefix("CRAWL4AI");
            drop(Telemetry::builder(app).exit_timeout(Duration::from_secs(5)).install().expect("installed"));
        }
        _ => {
            let _telemetry = builder().install().expect("installed");
            if part == "captures" {
                assert!(matches!(capture(), Outcome::Queued(_)));
            }
        }
    }
}

fn run(stage: &Stage, part: &str) {
    let output = stage.run(part);
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A spool with one report that is `days` days old.
fn stored(days: u64) -> Stage {
    let stage = Stage::new();
    run(&stage, &format!("stores {days}"));
    assert_eq!(stage.waiting().len(), 1);
    stage
}

fn reports_after_thirty_days() {
    let young = stored(29);
    run(&young, "nothing");
    assert_eq!((young.delivered().len(), young.waiting().len()), (1, 0));

    let old = stored(31);
    run(&old, "nothing");
    assert_eq!((old.delivered().len(), old.waiting().len()), (0, 0), "deleted, not sent");
    run(&old, "captures");
    assert_eq!(old.delivered()[0]["losses"]["expired"], 1, "and told");

    let nowhere = stored(31);
    run(&nowhere, "nowhere");
    assert!(nowhere.waiting().is_empty(), "also where there is nowhere left to send to");
}

fn without_a_trace_under_a_kill_switch() {
    let stage = stored(31);
    let files = || stage.files().into_iter().filter(|file| !file.starts_with("telemetry/spool"));
    let content = || files().map(|file| std::fs::read(stage.folder().join(file)).ok()).collect::<Vec<_>>();
    let (before, read) = (files().collect::<Vec<_>>(), content());
    let status = stage.command("nothing").env("DO_NOT_TRACK", "1").status().expect("runs");
    assert!(status.success() && stage.waiting().is_empty());
    assert_eq!((files().collect::<Vec<_>>(), content()), (before, read), "not even a count is written");
}

/// A variable that says no only deletes reports that are too old.
fn what_waits_outlives_a_variable_that_says_no() {
    let stage = stored(1);
    for (name, value) in [("DO_NOT_TRACK", "1"), ("CRAWL4AI_TELEMETRY", "0")] {
        let status = stage.command("nothing").env(name, value).status().expect("runs");
        assert!(status.success());
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "{name}");
    }
}

/// The file name of a report that awaits an answer says so.
fn what_nobody_answered_after_a_week() {
    for (days, kept) in [(6, 1), (8, 0)] {
        let stage = stored(days);
        let spool = stage.folder().join("telemetry/spool");
        let name = &stage.waiting()[0];
        std::fs::rename(spool.join(name), spool.join(format!("{name}.pending"))).expect("renamed");
        run(&stage, "nothing");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, kept), "{days} days");
    }
}

fn what_was_damaged_after_a_week() {
    for (days, kept) in [(6, true), (8, false)] {
        let stage = Stage::new();
        let quarantine = stage.folder().join("telemetry/spool/quarantine");
        std::fs::create_dir_all(&quarantine).expect("a folder");
        // The name has the library's form, because no other file is deleted.
        let name =
            "001763678400123_09090909090949098909090909090909_----------------_000000000000feed.report";
        std::fs::write(quarantine.join("notes"), "mine").expect("a file");
        let damaged = std::fs::File::create(quarantine.join(name)).expect("a file");
        let now = damaged.metadata().and_then(|found| found.modified()).expect("a time");
        damaged.set_modified(now - Duration::from_millis(days * DAY)).expect("an older file");
        run(&stage, "nothing");
        assert_eq!(quarantine.join(name).exists(), kept, "{days} days");
        assert!(quarantine.join("notes").exists());
    }
}

fn test(_: &Stage) {
    reports_after_thirty_days();
    without_a_trace_under_a_kill_switch();
    what_waits_outlives_a_variable_that_says_no();
    what_nobody_answered_after_a_week();
    what_was_damaged_after_a_week();
}

fn main() {
    scenario::main(program, test);
}
