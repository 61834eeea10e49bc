//! The suite against the providers that need no network, and proof that it can fail.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::borrow::Cow;
use std::panic::catch_unwind;
use std::time::{Duration, SystemTime};

use crawl4ai_telemetry_conformance as conformance;
use crawl4ai_telemetry_core::{
    MemoryProvider, NullProvider, Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan,
};

#[test]
fn memory_and_null_conform() {
    conformance::check(MemoryProvider::default);
    conformance::check(NullProvider::default);
}

/// Breaks one promise.
#[derive(Clone, Copy)]
enum Faulty {
    Name,
    Destination,
    Initialize,
    Nondeterministic,
    Empty,
    Send,
    SlowFlush,
}

impl TelemetryProvider for Faulty {
    fn name(&self) -> &str {
        if matches!(self, Self::Name) { "A Name" } else { "faulty" }
    }
    fn destination(&self) -> Cow<'_, str> {
        if matches!(self, Self::Destination) {
            "https://ada:key@example.com".into()
        } else {
            "nowhere".into()
        }
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        let error = ProviderError { provider: "faulty", operation: "start", reason: "it is faulty".into() };
        if matches!(self, Self::Initialize) { Err(error) } else { Ok(()) }
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let mut bytes = serde_json::to_vec(report).unwrap();
        match self {
            #[expect(clippy::disallowed_methods, reason = "the fault that the suite must find")]
            Self::Nondeterministic => bytes.extend(format!("{:?}", SystemTime::now()).bytes()),
            Self::Empty => bytes.clear(),
            Self::Name | Self::Destination | Self::Initialize | Self::Send | Self::SlowFlush => {}
        }
        Ok(Payload { media_type: "application/json", bytes })
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        let error = SendError::Rejected { reason: "it is faulty".into() };
        if matches!(self, Self::Send) { Err(error) } else { Ok(()) }
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        Ok(())
    }
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        if matches!(self, Self::SlowFlush) {
            std::thread::sleep(timeout + Duration::from_secs(2));
        }
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

#[test]
fn each_broken_promise_is_found() {
    let faults = [
        (Faulty::Name, "no short lower-case name"),
        (Faulty::Destination, "does not tell people"),
        (Faulty::Initialize, "initialize failed"),
        (Faulty::Nondeterministic, "not deterministic"),
        (Faulty::Empty, "missing or was changed"),
        (Faulty::Send, "was not delivered"),
        (Faulty::SlowFlush, "flush took"),
    ];
    for (fault, said) in faults {
        let panic = catch_unwind(|| conformance::check(|| fault)).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains(said), "{said}: {text}");
    }
}
