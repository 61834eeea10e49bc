//! Runs the suite on the providers that need no network, and checks that it finds broken promises.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::borrow::Cow;
use std::panic::catch_unwind;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
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

/// The smallest provider.
struct Least;

impl TelemetryProvider for Least {
    fn name(&self) -> &str {
        "least"
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        self.render(report)?;
        Ok(())
    }
}

#[test]
fn what_the_trait_does_by_itself_conforms() {
    conformance::check(|| Least);
}

/// The promise that a provider breaks.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Name,
    Destination,
    DestinationChanges,
    Initialize,
    Nondeterministic,
    Empty,
    Send,
    Span,
    SlowFlush,
    FailingFlush,
    SlowShutdown,
    FailingShutdown,
    Discard,
}

/// A provider that breaks one promise and keeps the others.
struct Faulty {
    fault: Fault,
    initialized: AtomicBool,
    held_back: AtomicUsize,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { fault, initialized: AtomicBool::new(false), held_back: AtomicUsize::new(0) }
    }

    fn fails(&self, fault: Fault) -> Result<(), SendError> {
        if self.fault == fault { Err(SendError::retry("it is faulty")) } else { Ok(()) }
    }

    fn is_slow(&self, fault: Fault, timeout: Duration) {
        if self.fault == fault {
            std::thread::sleep(timeout + Duration::from_secs(2));
        }
    }
}

impl TelemetryProvider for Faulty {
    fn name(&self) -> &str {
        if self.fault == Fault::Name { "A Name" } else { "faulty" }
    }
    fn destination(&self) -> Cow<'_, str> {
        if self.fault == Fault::Destination {
            return "https://ada:key@example.com".into();
        }
        let changed = self.fault == Fault::DestinationChanges && self.initialized.load(Relaxed);
        if changed { "somewhere".into() } else { "nowhere".into() }
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        self.initialized.store(true, Relaxed);
        let error = ProviderError::new("faulty", "start", "it is faulty");
        if self.fault == Fault::Initialize { Err(error) } else { Ok(()) }
    }
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let mut payload = Payload::json(report).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the fault that the suite must find")]
        if self.fault == Fault::Nondeterministic {
            payload.bytes.extend(format!("{:?}", SystemTime::now()).bytes());
        }
        if self.fault == Fault::Empty {
            payload.bytes.clear();
        }
        Ok(payload)
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        self.fails(Fault::Send)
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        self.held_back.fetch_add(1, Relaxed);
        self.fails(Fault::Span)
    }
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        self.is_slow(Fault::SlowFlush, timeout);
        let left = self.held_back.load(Relaxed);
        if timeout.is_zero() && left > 0 {
            return Err(SendError::retry("no time"));
        }
        self.held_back.store(0, Relaxed);
        self.fails(Fault::FailingFlush)
    }
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        self.is_slow(Fault::SlowShutdown, timeout);
        self.fails(Fault::FailingShutdown)
    }
    fn discard(&self) {
        if self.fault != Fault::Discard {
            self.held_back.store(0, Relaxed);
        }
    }
}

#[test]
fn each_broken_promise_is_found() {
    let faults = [
        (Fault::Name, "no short lower-case name"),
        (Fault::Destination, "does not tell people"),
        (Fault::DestinationChanges, "changes when it is initialized"),
        (Fault::Initialize, "initialize failed"),
        (Fault::Nondeterministic, "not deterministic"),
        (Fault::Empty, "missing or was changed"),
        (Fault::Send, "was not delivered"),
        (Fault::Span, "neither taken nor refused"),
        (Fault::SlowFlush, "flush took"),
        (Fault::FailingFlush, "flush with nothing held back failed"),
        (Fault::SlowShutdown, "shutdown took"),
        (Fault::FailingShutdown, "shutdown with nothing held back failed"),
        (Fault::Discard, "is discarded failed"),
    ];
    for (fault, said) in faults {
        let panic = catch_unwind(|| conformance::check(|| Faulty::new(fault))).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains(said), "{said}: {text}");
    }
}
