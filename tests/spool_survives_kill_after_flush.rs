//! A `kill -9` right after a capture was stored loses nothing. The next start delivers the report once.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program exits and aborts on purpose")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder, culprit, no_provider_that_answers};

#[inline(never)]
fn read_settings() {
    let error = "twelve".parse::<u32>().expect_err("not a number");
    let _ = capture_exception(&error, context! { "attempt" => 1 });
}

fn program(part: &str) {
    let ends = ["killed", "exits", "aborts"].contains(&part);
    let builder = if ends { no_provider_that_answers() } else { builder() };
    let telemetry = builder.install().expect("installed");
    if ends {
        read_settings();
        assert!(!telemetry.flush(Duration::from_secs(20)), "it is stored, and waits");
    }
    match part {
        "killed" => scenario::kill_self(),
        "exits" => std::process::exit(7),
        "aborts" => std::process::abort(),
        _ => {}
    }
}

fn test(_: &Stage) {
    for (part, code) in [("killed", scenario::KILLED), ("exits", Some(7)), ("aborts", scenario::KILLED)] {
        let stage = Stage::new();
        assert_eq!(stage.run(part).status.code(), code, "{part}");
        delivered_by_the_next(&stage);
    }
}

fn delivered_by_the_next(stage: &Stage) {
    assert_eq!(stage.waiting().len(), 1);
    assert!(stage.delivered().is_empty());

    assert!(stage.run("next start").status.success());
    assert!(stage.run("and another").status.success());
    let reports = stage.delivered();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["exceptions"][0]["type"], "std::num::ParseIntError");
    assert_eq!(reports[0]["context"]["attempt"], 1);
    assert_eq!(culprit(&reports[0]), "spool_survives_kill_after_flush::read_settings");
    assert!(stage.waiting().is_empty());

    // The journal holds the delivered bytes, apart from the line's end.
    let journal: Vec<_> = stage.files().into_iter().filter(|f| f.starts_with("telemetry/journal")).collect();
    assert_eq!(journal.len(), 1, "{journal:?}");
    let entry = std::fs::read_to_string(stage.folder().join(&journal[0])).expect("an entry");
    let sent = std::fs::read_to_string(stage.folder().join("reports.jsonl")).expect("the file provider's");
    assert_eq!(entry.split_once('\n').map(|(_, bytes)| bytes), Some(&*sent));
}

fn main() {
    scenario::main(program, test);
}
