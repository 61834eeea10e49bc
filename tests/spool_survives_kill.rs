//! A loop of captures and deliveries is killed at random moments, many times. Every report that was seen as stored is
//! delivered, and none is counted twice.
//!
//! `KILLS` sets how many times: 40 unless set, 1,000 in `.ci/run`.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the seed and the figures are worth reading")]

mod scenario;
use std::collections::HashSet;
use std::io::Write;
use std::time::Duration;

use crawl4ai_telemetry::{FileProvider, Limits, Outcome, capture_exception, context};
use scenario::{Stage, builder};

fn program(part: &str) {
    // The file has no size limit, because the reports that it would drop would count as lost.
    let file = FileProvider::new(scenario::folder().join("reports.jsonl")).max_bytes(u64::MAX);
    let telemetry = builder().provider(file).limits(Limits::none()).install().expect("installed");
    if part == "last" {
        assert!(telemetry.flush(Duration::from_secs(60)));
        return;
    }
    let seen = scenario::folder().join("seen");
    let mut seen = std::fs::File::options().create(true).append(true).open(seen).expect("a file of ids");
    for n in 0..10_000 {
        let outcome = capture_exception(&std::io::Error::other("killed soon"), context! { "n" => n });
        let Outcome::Queued(id) = outcome else { panic!("{outcome:?}") };
        telemetry.flush(Duration::from_secs(20));
        // A single write, so that a line is either complete or missing.
        seen.write_all(format!("{id}\n").as_bytes()).expect("written");
    }
}

/// A small random generator. Every run has other moments, and its seed is printed.
struct Dice(u64);
impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[allow(clippy::disallowed_methods, reason = "a test reads its setting and the time for its seed")]
fn test(stage: &Stage) {
    let kills = std::env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |d| d.as_secs());
    println!("{kills} kills, seed {seed}");
    let mut dice = Dice(seed);
    let seen = stage.folder().join("seen");
    // Measures one capture in a program that also delivers what a killed one left. With this time, the kills fall
    // before, during and after a capture.
    let mut killed = stage.command("loop").spawn().expect("runs");
    while stage.waiting().is_empty() && killed.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().expect("killed");
    killed.wait().expect("dead");
    let length = || std::fs::metadata(&seen).map_or(0, |m| m.len());
    let before = length();
    let start = std::time::Instant::now();
    let mut child = stage.command("loop").spawn().expect("runs");
    while length() == before && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let longest = u64::try_from(start.elapsed().as_millis() * 2).expect("under a minute");
    child.kill().expect("killed");
    child.wait().expect("dead");
    for _ in 0..kills {
        let mut child = stage.command("loop").spawn().expect("runs");
        std::thread::sleep(Duration::from_millis(dice.below(longest)));
        child.kill().expect("killed");
        child.wait().expect("dead");
    }
    assert!(stage.run("last").status.success());
    assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());

    let seen = std::fs::read_to_string(seen).unwrap_or_default();
    let seen: HashSet<&str> = seen.lines().collect();
    let delivered: Vec<String> =
        stage.delivered().iter().map(|r| r["id"].as_str().unwrap_or_default().to_owned()).collect();
    let distinct: HashSet<&str> = delivered.iter().map(String::as_str).collect();
    println!(
        "{} seen, {} delivered, {} of them twice",
        seen.len(),
        distinct.len(),
        delivered.len() - distinct.len()
    );
    let lost: Vec<_> = seen.difference(&distinct).collect();
    assert!(lost.is_empty(), "{} lost: {lost:?}", lost.len());
    assert!(seen.len() > usize::try_from(kills).unwrap_or_default() / 4, "the loop came to something");
}

fn main() {
    scenario::main(program, test);
}
