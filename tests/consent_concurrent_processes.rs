//! Many processes say yes, say no, change the address and capture at the same time. At every moment the file is
//! complete and keeps the keys of other programs. After the last no, no connection is opened, not even by processes
//! that cached a yes.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{Limits, Outcome, Reason, Rule, Telemetry, capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};
use serde_json::Value;

/// How often each deciding process repeats its action.
const ROUNDS: usize = 15;

/// The keys of other programs, in an unusual order and in notations that a careless writer would change.
const BEFORE: &str = r#"{"zeta": 1.50, "telemetry": {"theirs": [1,2], "consent": "always"}, "#;
const AFTER: &str = r#""alpha": "\u00e9", "big": 12345678901234567890}"#;

/// Waits until a file exists.
fn await_file(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "{}", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Repeats an action until it succeeds, because a writer returns an error if it has waited too long for the others.
fn at_last<E: std::fmt::Display>(mut act: impl FnMut() -> Result<(), E>) {
    let start = Instant::now();
    while let Err(error) = act() {
        assert!(start.elapsed() < Duration::from_secs(60), "{error}");
    }
}

fn decide(telemetry: &Telemetry, part: &str, round: usize) {
    match part {
        "says yes" => at_last(|| telemetry.enable().map(drop)),
        "says no" => at_last(|| telemetry.disable().map(drop)),
        "writes to" if round.is_multiple_of(2) => at_last(|| telemetry.remove_email().map(drop)),
        "writes to" => at_last(|| telemetry.set_email(&format!("ada{round}@example.org")).map(drop)),
        "once" => at_last(|| telemetry.enable_once().map(drop)),
        other => panic!("{other}"),
    }
}

fn capture(telemetry: &Telemetry) -> Outcome {
    let outcome = capture_exception(&std::io::Error::other("x"), context! {});
    telemetry.flush(Duration::from_secs(30));
    outcome
}

fn program(part: &str) {
    let folder = scenario::folder();
    let builder = sentry_builder().limits(Limits::none());
    if part.starts_with("captures") || part.starts_with("remembers") {
        let guard = builder.install().expect("installed");
        let telemetry = guard.telemetry();
        if part.starts_with("captures") {
            for _ in 0..3 {
                let outcome = capture(telemetry);
                let denied = matches!(outcome, Outcome::Suppressed(Reason::NoConsent(_)));
                assert!(denied || matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
            }
            return;
        }
        assert!(matches!(capture(telemetry), Outcome::Queued(_)), "a yes that it remembers");
        std::fs::write(folder.join(part), "").expect("written");
        await_file(&folder.join("no"));
        assert!(matches!(capture(telemetry), Outcome::Queued(_)), "remembered");
        assert_eq!(capture(telemetry), Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)));
        return;
    }
    let telemetry = builder.build().expect("built");
    let (part, rounds) = if part == "last no" { ("says no", 1) } else { (part, ROUNDS) };
    (0..rounds).for_each(|round| decide(&telemetry, part, round));
}

fn spawn(stage: &Stage, server: &Server, part: &str) -> Child {
    let mut command: Command = stage.command_to(server);
    command.env("SCENARIO_PART", part).env_remove("CRAWL4AI_TELEMETRY");
    command.spawn().expect("runs")
}

fn look(file: &PathBuf) {
    let text = std::fs::read_to_string(file).expect("there at every moment");
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(text.starts_with(r#"{"zeta": 1.50, "telemetry": {"theirs": [1,2], "#), "{text}");
    assert!(text.ends_with(AFTER), "{text}");
    assert!(
        value["telemetry"]["consent"].is_string() || value["telemetry"].get("consent").is_none(),
        "{text}"
    );
}

fn test(stage: &Stage) {
    let file = stage.folder().join("config.json");
    std::fs::write(&file, format!("{BEFORE}{AFTER}")).expect("written");
    let server = Server::always(Reply::status(200));
    let run = |part: &str| assert!(spawn(stage, &server, part).wait().expect("ends").success(), "{part}");

    let mut deciding: Vec<Child> = ["says yes", "says no", "writes to", "once", "says yes", "says no"]
        .iter()
        .map(|part| spawn(stage, &server, part))
        .collect();
    let mut capturing: Vec<Child> = Vec::new();
    while deciding.iter_mut().any(|child| child.try_wait().expect("a child").is_none()) {
        look(&file);
        capturing.extend((capturing.len() < 6).then(|| spawn(stage, &server, "captures")));
    }
    assert!(deciding.iter_mut().chain(&mut capturing).all(|child| child.wait().expect("ended").success()));

    run("says yes");
    let before = server.connections();
    let remembering: Vec<String> = (1..=3).map(|n| format!("remembers {n}")).collect();
    let mut children: Vec<Child> = remembering.iter().map(|part| spawn(stage, &server, part)).collect();
    remembering.iter().for_each(|part| await_file(&stage.folder().join(part)));
    assert!(server.connections() >= before + 3, "what is counted can count");

    run("last no");
    let after = server.connections();
    std::fs::write(stage.folder().join("no"), "").expect("written");
    assert!(children.iter_mut().all(|child| child.wait().expect("ends").success()));
    assert_eq!(server.connections(), after, "nothing after the no");
    assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());
    look(&file);
}

fn main() {
    scenario::main(program, test);
}
