//! Errors with the same function, stack and type differ only in their text. Each has a fingerprint of its own, at every
//! level. The fingerprint is the same with other values, and on a busy machine that has no time for names and own
//! words.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program: it exits")]

#[path = "../words/tests/kinds/errors.rs"]
mod errors;
mod scenario;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::time::Duration;

use crawl4ai_telemetry::{Limits, Privacy, capture_exception, context};
use errors::{KINDS, Kind};
use scenario::{Stage, builder};

/// The number of busy-looping processes that make a busy machine. With `BUSY` set, that number is used, and every kind
/// is tried on the busy machine. Without it every third kind is tried, because an unoptimized build takes a tenth of a
/// second for each.
const BUSY: usize = 8;

/// Every STEPth kind of error with its number. Kinds of panics are left out, because a panic is reported as such.
fn kinds(step: usize) -> impl Iterator<Item = (usize, &'static Kind)> {
    let kinds = KINDS.iter().filter(|kind| !["expect", "assert", "index"].contains(&kind.name));
    kinds.enumerate().step_by(step)
}

/// Runs a part `LEVEL/VALUE/STEP/END`: captures one error of each STEPth kind with VALUE in it, and ends as END says.
fn program(part: &str) {
    if part == "busy" {
        loop {
            std::hint::spin_loop();
        }
    }
    let [level, value, step, end] = part.split('/').collect::<Vec<_>>().try_into().expect("four words");
    let levels = [Privacy::Standard, Privacy::OwnWords, Privacy::Strict];
    let level = levels.into_iter().find(|known| known.name() == level).expect("a level");
    let telemetry = builder().limits(Limits::none()).privacy(level).install().expect("installed");
    if !value.is_empty() {
        for (index, kind) in kinds(step.parse().expect("a number")) {
            fail((kind.make)(value, value.len() * 7 + index), index);
        }
    }
    if end == "exit" {
        std::process::exit(0);
    }
    assert!(telemetry.flush(Duration::from_secs(120)));
}

#[inline(never)]
fn fail(text: String, index: usize) {
    capture_exception(&std::io::Error::other(text), context! { "error_code" => index });
}

/// The fingerprints of each kind.
fn fingerprints(stage: &Stage) -> BTreeMap<u64, BTreeSet<String>> {
    let mut found: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for report in stage.delivered() {
        let kind = report["context"]["error_code"].as_u64().unwrap_or_else(|| panic!("{report}"));
        found.entry(kind).or_default().insert(report["fingerprint"].as_str().expect("a text").to_owned());
    }
    found
}

/// Reverses a value, because a text that occurs in the program would count as its own words.
fn backwards(value: &str) -> String {
    value.chars().rev().collect()
}

fn test(_: &Stage) {
    let busy = std::env::var("BUSY").ok().and_then(|number| number.parse().ok());
    let some = if busy.is_some() { 1 } else { 3 };
    for level in [Privacy::OwnWords, Privacy::Standard, Privacy::Strict] {
        let stage = Stage::new();
        let run = |value: &str, step: usize, end: &str| {
            let output = stage.run(&format!("{level}/{}/{step}/{end}", backwards(value)));
            assert!(output.status.success(), "{level}: {output:?}");
        };
        let all = if level == Privacy::OwnWords { 1 } else { some };
        run("ecalevoL adA", all, "flush");
        let quiet = fingerprints(&stage);
        assert_eq!(quiet.len(), kinds(all).count(), "{level}: {quiet:?}");
        let different: BTreeSet<&String> = quiet.values().flatten().collect();
        assert_eq!(different.len(), quiet.len(), "{level}: two bugs look the same: {quiet:?}");

        let spinning = Spinning::new(&stage, busy.unwrap_or(BUSY));
        run("reppoH yarruM retswerB ecarG", some, "flush");
        // At the strict level no text is stored until its own words are found, so that a run without time for them is
        // left out.
        let in_a_hurry = level != Privacy::Strict;
        if in_a_hurry {
            run("аквярдуК", some, "exit");
        }
        drop(spinning);
        run("", some, "flush");
        assert!(stage.waiting().is_empty(), "{level}: {:?}", stage.waiting());
        let reports = kinds(all).count() + kinds(some).count() * if in_a_hurry { 2 } else { 1 };
        assert_eq!(stage.delivered().len(), reports, "{level}");
        for (kind, fingerprints) in fingerprints(&stage) {
            assert_eq!(fingerprints.len(), 1, "{level}: {kind}");
        }
    }
}

struct Spinning(Vec<Child>);

impl Spinning {
    fn new(stage: &Stage, busy: usize) -> Self {
        Self((0..busy).map(|_| stage.command("busy").spawn().expect("runs")).collect())
    }
}

impl Drop for Spinning {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = (child.kill(), child.wait());
        }
    }
}

fn main() {
    scenario::main(program, test);
}
