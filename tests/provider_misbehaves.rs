//! A provider that panics, never returns, gives nonsensical answers or cannot be initialized does no harm. The program
//! ends in time, the report is kept, and `status` shows the failure.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use crawl4ai_telemetry::{
    MemoryProvider, Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan,
};
use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::Test;
use scenario::{Stage, builder};

/// A provider that fails in the way that the part names.
struct Bad(String);

impl TelemetryProvider for Bad {
    fn name(&self) -> &str {
        "bad"
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        match &*self.0 {
            "panics at the start" => panic!("initialize"),
            "fails at the start" => Err(ProviderError::new("bad", "start", "no key")),
            _ => Ok(()),
        }
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        if self.0 == "cannot show" {
            panic!("render");
        }
        MemoryProvider::default().render(report)
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        match &*self.0 {
            "panics" => panic!("send"),
            "hangs" => loop {
                std::thread::park();
            },
            "halts" => Err(SendError::halt("401")),
            "asks for ever" => Err(SendError::retry_after(Duration::MAX, "later")),
            _ => Ok(()),
        }
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        panic!("send_event")
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        panic!("flush")
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        panic!("shutdown")
    }
}

/// Captures once and does nothing more. The library must still release what the hanging provider holds.
fn hangs_and_waits() {
    let telemetry = builder().provider(Bad("hangs".to_owned())).install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    let start = Instant::now();
    while !telemetry.status().provider_health.to_string().starts_with("stuck") {
        assert!(start.elapsed() < Duration::from_secs(60), "{}", telemetry.status());
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::write(scenario::folder().join("stuck"), "").expect("written");
    loop {
        std::thread::park();
    }
}

fn program(part: &str) {
    match part {
        "hangs and waits" => return hangs_and_waits(),
        "another process" => {
            let telemetry = builder().install().expect("installed");
            assert!(telemetry.flush(Duration::from_secs(20)), "{}", telemetry.status());
            return;
        }
        _ => {}
    }
    let clock = Arc::new(ManualClock::new(SystemClock::new().now()));
    let builder = builder().clock(Arc::clone(&clock)).exit_timeout(Duration::from_millis(250));
    let telemetry = builder.provider(Bad(part.to_owned())).install().expect("installed");
    let capture = || {
        let _ = capture_exception(&std::io::Error::other("x"), context! {});
    };
    capture();
    telemetry.flush(Duration::from_secs(3));
    // A minute later the store checks on the thread that delivers.
    clock.advance(Duration::from_secs(60));
    capture();
    telemetry.flush(Duration::from_secs(3));
    let status = crawl4ai_telemetry::status().expect("installed");
    let expected = match part {
        "panics at the start" | "panics" => "stopped for this run: it panicked",
        "fails at the start" => "stopped for this run: bad: cannot start: no key",
        "halts" => "stopped for this run: 401",
        "asks for ever" => "failing: later",
        "hangs" => "stuck",
        _ => "well",
    };
    assert!(status.provider_health.to_string().starts_with(expected), "{part}: {}", status.provider_health);
    let start = Instant::now();
    drop(telemetry);
    assert!(start.elapsed() < Duration::from_secs(3), "{part} held the end");
}

fn test(_: &Stage) {
    for (part, waiting) in [
        ("panics at the start", 2),
        ("fails at the start", 2),
        ("panics", 2),
        ("halts", 2),
        ("asks for ever", 2),
        ("hangs", 2),
        ("cannot show", 0),
    ] {
        let stage = Stage::new();
        let output = stage.run(part);
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(stage.waiting().len(), waiting, "{part}");
    }
}

/// Other processes deliver the reports of a process whose provider hangs, even if nothing more happens in that process.
fn a_provider_that_hangs_lets_others_deliver(stage: &Stage) {
    let mut hanging = stage.command("hangs and waits").spawn().expect("runs");
    let start = Instant::now();
    while !stage.folder().join("stuck").exists() {
        assert_eq!(hanging.try_wait().expect("a child"), None, "it is known to be stuck");
        assert!(start.elapsed() < Duration::from_secs(90), "it said something");
        std::thread::sleep(Duration::from_millis(50));
    }
    let other = stage.run("another process");
    hanging.kill().expect("killed");
    hanging.wait().expect("ended");
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stderr));
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0));
}

fn main() {
    scenario::main_of(program, || {
        vec![
            Test::new("harms_nobody", test),
            Test::new("lets_others_deliver", a_provider_that_hangs_lets_others_deliver),
        ]
    });
}
