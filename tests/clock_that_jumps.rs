//! A clock that jumps a year either way loses no report and holds none back.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use crawl4ai_telemetry::{Outcome, Timestamp, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

const YEAR: u64 = 365 * 24 * 60 * 60 * 1000;

fn program(part: &str) {
    let now = SystemClock::new().now().as_millis();
    let (provider, time) = part.split_once(' ').expect("provider and time");
    let time = match time {
        "ahead" => now + YEAR,
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
    // The first clock was wrong, the second is right; and the other way round.
    for (stores, delivers) in
        [("ahead", "now"), ("now", "behind"), ("1970", "1970"), ("behind", "behind"), ("now", "ahead")]
    {
        let stage = Stage::new();
        assert!(stage.run(&format!("stores {stores}")).status.success());
        assert!(stage.run(&format!("delivers {delivers}")).status.success());
        assert_eq!(stage.delivered().len(), 1, "{stores} then {delivers}");
    }
}

fn main() {
    scenario::main(program, test);
}
