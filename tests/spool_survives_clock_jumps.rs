//! A clock that jumps, by a year in either direction, delays no report. It loses only reports whose age exceeds thirty
//! days by the current clock: they are deleted and not sent.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use crawl4ai_telemetry::{Outcome, Timestamp, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

const DAY: u64 = 24 * 60 * 60 * 1000;
const YEAR: u64 = 365 * DAY;

fn program(part: &str) {
    let now = SystemClock::new().now().as_millis();
    let (provider, time) = part.split_once(' ').expect("provider and time");
    let time = match time {
        "ahead" => now + YEAR,
        "some days ahead" => now + 29 * DAY,
        "behind" => now - YEAR,
        "1970" => 0,
        _ => now,
    };
    let builder = if provider == "stores" { no_provider_that_answers() } else { builder() };
    let telemetry =
        builder.clock(ManualClock::new(Timestamp::from_millis(time))).install().expect("installed");
    if provider == "stores" {
        let outcome = capture_exception(&std::io::Error::other(time.to_string()), context! {});
        assert!(matches!(outcome, Outcome::Queued(_)));
    }
    telemetry.flush(Duration::from_secs(20));
}

fn test(_: &Stage) {
    // Either the first clock was wrong and the second is right, or the other way round.
    for (stores, delivers, delivered) in [
        ("ahead", "now", 1),
        ("now", "behind", 1),
        ("1970", "1970", 1),
        ("behind", "behind", 1),
        ("now", "some days ahead", 1),
        ("now", "ahead", 0),
    ] {
        let stage = Stage::new();
        assert!(stage.run(&format!("stores {stores}")).status.success());
        assert!(stage.run(&format!("delivers {delivers}")).status.success());
        assert_eq!(stage.delivered().len(), delivered, "{stores} then {delivers}");
        assert!(stage.waiting().is_empty(), "{stores} then {delivers}");
    }
}

fn main() {
    scenario::main(program, test);
}
