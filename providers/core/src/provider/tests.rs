use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::*;
use crate::usage::{SpanIds, UsageDraft};
use crate::{App, Event, Level, Privacy, ReportId, Sanitizer, Timestamp};

fn report() -> Report {
    let event = Event::new(ReportId::from_bytes([1; 16]), Timestamp::from_millis(0), Level::Error);
    Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard)
}

crate::usage_span! {
    /// That it was searched.
    struct Searched = "Searched" {
        /// How often.
        times: u32 => Default since 1,
    }
}

fn span() -> UsageSpan {
    let ids = SpanIds::from_bytes([1; 16], [2; 8]);
    let draft = UsageDraft::new(Searched { times: 1 }, false, ids, Timestamp::default());
    Sanitizer::new().usage_span(draft, None)
}

/// A provider that has only the required methods.
struct Least;

impl TelemetryProvider for Least {
    fn name(&self) -> &str {
        "least"
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Ok(())
    }
}

#[test]
fn the_defaults_promise_nothing_that_is_not_done() {
    assert_eq!(Least.destination(), "least");
    assert!(!Least.by_hand());
    assert_eq!(Least.initialize(), Ok(()));
    let rendered = Least.render(&report()).unwrap();
    assert_eq!(rendered, Payload::new("application/json", serde_json::to_vec(&report()).unwrap()));
    let refused = SendError::rejected("the provider least takes no usage spans");
    assert_eq!(Least.send_event(&span()), Err(refused), "a span that is dropped is not delivered");
    assert_eq!(Least.flush(Duration::ZERO), Ok(()));
    assert_eq!(Least.shutdown(Duration::ZERO), Ok(()));
    Least.discard();
}

/// Records the name of every method that is called.
#[derive(Default)]
struct Recorder(Mutex<Vec<&'static str>>);

impl Recorder {
    fn note<T>(&self, method: &'static str, answer: T) -> T {
        self.0.lock().unwrap().push(method);
        answer
    }
}

impl TelemetryProvider for Recorder {
    fn name(&self) -> &str {
        self.note("name", "recorder")
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        self.note("send_exception", Err(SendError::halt("1")))
    }
    fn destination(&self) -> Cow<'_, str> {
        self.note("destination", "a place".into())
    }
    fn by_hand(&self) -> bool {
        self.note("by_hand", true)
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        self.note("initialize", Err(ProviderError::new("recorder", "start", "2")))
    }
    fn render(&self, _: &Report) -> Result<Payload, ProviderError> {
        self.note("render", Ok(Payload::new("text/plain", vec![3])))
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        self.note("send_event", Err(SendError::halt("4")))
    }
    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        self.note("flush", Err(SendError::retry_after(timeout, "5")))
    }
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        self.note("shutdown", Err(SendError::retry_after(timeout, "6")))
    }
    fn discard(&self) {
        self.note("discard", ());
    }
}

/// The methods of the trait, read from its source, so that the list is complete when a method is added.
fn methods_of_the_trait() -> BTreeSet<&'static str> {
    let source = include_str!("../provider.rs");
    let (_, body) = source.split_once("pub trait TelemetryProvider").unwrap();
    let names =
        body.lines().filter_map(|line| line.strip_prefix("    fn ")?.split_once('(')).map(|(name, _)| name);
    names.collect()
}

#[test]
fn every_pointer_forwards_every_method() {
    fn call_all(provider: impl TelemetryProvider) {
        let second = Duration::from_secs(1);
        assert_eq!(provider.name(), "recorder");
        assert_eq!(provider.send_exception(&report()), Err(SendError::halt("1")));
        assert_eq!(provider.destination(), "a place");
        assert!(provider.by_hand());
        assert_eq!(provider.initialize(), Err(ProviderError::new("recorder", "start", "2")));
        assert_eq!(provider.render(&report()), Ok(Payload::new("text/plain", vec![3])));
        assert_eq!(provider.send_event(&span()), Err(SendError::halt("4")));
        assert_eq!(provider.flush(second), Err(SendError::retry_after(second, "5")));
        assert_eq!(provider.shutdown(second), Err(SendError::retry_after(second, "6")));
        provider.discard();
    }
    let recorder = Arc::new(Recorder::default());
    let check = |pointer: &str, call: &dyn Fn()| {
        call();
        let called: BTreeSet<&str> = std::mem::take(&mut *recorder.0.lock().unwrap()).into_iter().collect();
        assert_eq!(called, methods_of_the_trait(), "{pointer} passes on what it is called for");
    };
    check("&T", &|| call_all(&*recorder));
    check("Arc<T>", &|| call_all(Arc::clone(&recorder)));
    check("Arc<dyn …>", &|| call_all(Arc::clone(&recorder) as Arc<dyn TelemetryProvider>));
    check("Box<T>", &|| call_all(Box::new(Arc::clone(&recorder))));
    check("Box<dyn …>", &|| call_all(Box::new(Arc::clone(&recorder)) as Box<dyn TelemetryProvider>));
    check("&dyn …", &|| call_all(&*recorder as &dyn TelemetryProvider));
}
