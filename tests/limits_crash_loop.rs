//! A program that dies soon after each start sends one report of the bug and then waits; after five deaths it writes
//! the minimal report only. Time ends it; a healthy start writes nothing, and who dies later was not killed by its start.

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
        // Two were delivered before it was a loop. From then on nothing leaves.
        assert_eq!(stage.delivered().len(), run.min(2), "run {run}");
    }
    // Of the deaths in the loop, the fifth and later ones left phase 1: no name of a function, no computed text.
    let silent = stage.waiting().iter().filter(|name| name.contains("_----------------_")).count();
    assert_eq!(silent, 3, "{:?}", stage.waiting());

    assert!(stage.run("later").status.success());
    let reports = stage.delivered();
    assert!((3..=6).contains(&reports.len()), "the limits of a bug hold: {}", reports.len());
    let losses: u64 = reports.iter().filter_map(|r| r["losses"]["rate_limited"].as_u64()).sum();
    // Every one of the seven deaths is somewhere: delivered, told by a report, kept for the next to tell, or waiting.
    let ledger = std::fs::read_to_string(stage.folder().join("telemetry/ledger.json")).expect("a ledger");
    let ledger: serde_json::Value = serde_json::from_str(&ledger).expect("JSON");
    let untold = ledger["untold"]["rate_limited"].as_u64().unwrap_or_default();
    let known = reports.len() as u64 + losses + untold + stage.waiting().len() as u64;
    assert_eq!(known, 7, "{} delivered, {losses} told, {untold} untold", reports.len());
}

/// In a container each run has the same process id.
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

/// What starts a program as the first of its process ids.
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
