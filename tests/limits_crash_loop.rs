//! If a program dies soon after each start, its first two reports leave, and those of the crash loop wait. From the
//! fifth death on, only the minimal report is written. The crash loop ends with time. A healthy start writes nothing,
//! and a death long after the start does not count.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use scenario::harness::{Test, tools};
use scenario::{Stage, builder};

fn program(part: &str) {
    if part == "healthy" {
        drop(builder().install().expect("installed"));
        return;
    }
    if part == "later" {
        let clock = scenario::clock();
        clock.advance(Duration::from_secs(20 * 60));
        let telemetry = builder().clock(clock).install().expect("installed");
        telemetry.flush(Duration::from_secs(20));
        return;
    }
    if part == "dies late" {
        let clock = Arc::new(scenario::clock());
        let _telemetry = builder().clock(Arc::clone(&clock)).install().expect("installed");
        clock.advance(Duration::from_secs(61));
        panic!("after a minute");
    }
    let _telemetry = builder().clock(scenario::clock()).install().expect("installed");
    panic!("at the start, computed: {}", part.len());
}

fn dies_at_the_start(stage: &Stage) {
    assert!(stage.run("healthy").status.success());
    assert!(stage.files().is_empty(), "{:?}", stage.files());

    for run in 1..=7 {
        assert_eq!(stage.run("dies").status.code(), Some(101), "run {run}");
        // The first two left before the crash loop was detected. After that nothing leaves.
        assert_eq!(stage.delivered().len(), run.min(2), "run {run}");
    }
    // Of the fifth and later deaths only the report of phase 1 is stored. It has no function names and no computed
    // text.
    let silent = stage.waiting().iter().filter(|name| name.contains("_----------------_")).count();
    assert_eq!(silent, 3, "{:?}", stage.waiting());

    assert!(stage.run("later").status.success());
    let reports = stage.delivered();
    assert!((3..=6).contains(&reports.len()), "the limits of a bug hold: {}", reports.len());
    let losses: u64 = reports.iter().filter_map(|r| r["losses"]["rate_limited"].as_u64()).sum();
    // Each of the seven deaths is accounted for: delivered, counted in a report, counted in the ledger for the next
    // report, or waiting.
    let ledger = std::fs::read_to_string(stage.folder().join("telemetry/ledger.json")).expect("a ledger");
    let ledger: serde_json::Value = serde_json::from_str(&ledger).expect("JSON");
    let untold = ledger["untold"]["rate_limited"].as_u64().unwrap_or_default();
    let known = reports.len() as u64 + losses + untold + stage.waiting().len() as u64;
    assert_eq!(known, 7, "{} delivered, {losses} told, {untold} untold", reports.len());
}

/// In a container every run has the same process id.
fn dies_with_the_same_process_id(stage: &Stage) {
    let program = stage.command("dies");
    for run in 1..=7 {
        let mut unshared = Command::new(OWN_PROCESS_IDS[0]);
        unshared.args(&OWN_PROCESS_IDS[1..]).arg(program.get_program()).env_clear();
        unshared.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        assert_eq!(unshared.output().expect("runs").status.code(), Some(101), "run {run}");
        assert_eq!(stage.delivered().len(), run.min(2), "run {run}: {:?}", stage.waiting());
    }
    let silent = stage.waiting().iter().filter(|name| name.contains("_----------------_")).count();
    assert_eq!(silent, 3, "{:?}", stage.waiting());
}

/// Starts a program as the first process of a process-id namespace of its own.
const OWN_PROCESS_IDS: [&str; 5] = ["unshare", "--user", "--map-root-user", "--pid", "--fork"];

fn dies_late(stage: &Stage) {
    for run in 1..=4 {
        assert_eq!(stage.run("dies late").status.code(), Some(101), "run {run}");
        assert_eq!(stage.delivered().len(), run.min(3), "run {run}: the limit of a bug, and no loop");
    }
    assert!(!stage.files().iter().any(|file| file.starts_with("telemetry/crashes")), "no mark was made");
}

fn main() {
    scenario::main_of(program, || {
        let unshare = tools(&[&[&OWN_PROCESS_IDS[..], &["true"]].concat()]);
        vec![
            Test::new("dies_at_the_start", dies_at_the_start),
            Test::new("dies_with_the_same_process_id", dies_with_the_same_process_id).needs(unshare),
            Test::new("dies_late", dies_late),
        ]
    });
}
