//! Recorded spans: bounded while they wait, then delivered, refused or dropped, and counted.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

use crawl4ai_telemetry_core::{Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan};

use super::*;

#[test]
fn a_burst_of_a_hundred_thousand_holds_nobody_and_every_span_is_accounted_for() {
    let stage = on();
    let start = Instant::now();
    for _ in 0..100_000 {
        stage.usage().record(feature("burst"));
    }
    let took = start.elapsed();
    assert!(took < PATIENCE, "{took:?}");
    assert!(stage.usage().flush(PATIENCE));
    let sent = u64::try_from(stage.memory.spans().len()).unwrap();
    let lost = stage.usage().status().unwrap().losses.count(Loss::QueueFull);
    // The memory provider keeps ten thousand spans and drops the rest, which the library does not count as lost.
    assert!(sent > 0 && (sent == 10_000 || sent + lost == 100_000), "{sent} sent, {lost} lost");
}

#[test]
fn what_waits_is_bounded_by_its_weight() {
    let stage = on();
    let text = "x".repeat(1 << 20);
    for _ in 0..20 {
        stage.usage().start(true, Run { output: Some(text.as_str().into()) }).end();
    }
    let _ = stage.usage().flush(PATIENCE);
    let spans = stage.memory.spans();
    let lost = stage.usage().status().unwrap().losses.count(Loss::QueueFull);
    assert_eq!(spans.len() as u64 + lost, 20);
    assert!(spans.iter().all(|span| serde_json::to_string(span).unwrap().len() < 20_000), "and cut");
}

/// A provider that fails as scripted, call by call.
#[derive(Clone, Default)]
struct Scripted {
    flushes: Arc<Mutex<Vec<Result<(), SendError>>>>,
    taken: Arc<AtomicU32>,
    discarded: Arc<AtomicU32>,
    panics: bool,
}

impl TelemetryProvider for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }
    fn destination(&self) -> Cow<'_, str> {
        "nowhere".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }
    fn render(&self, _: &Report) -> Result<Payload, ProviderError> {
        Ok(Payload::new("text/plain", Vec::new()))
    }
    fn send_exception(&self, _: &Report) -> Result<(), SendError> {
        Ok(())
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        assert!(!self.panics, "as told");
        self.taken.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        self.flushes.lock().unwrap().pop().unwrap_or(Ok(()))
    }
    fn discard(&self) {
        self.discarded.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "as told");
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

fn scripted(provider: &Scripted) -> (tempfile::TempDir, Telemetry) {
    let (folder, builder) = builder(&[]);
    let telemetry =
        builder.usage(Settings::provider(provider.clone(), SPANS).on_by_default()).build().unwrap();
    (folder, telemetry)
}

#[test]
fn answers_of_a_collector_decide_what_becomes_of_a_batch() {
    let reason = || "a reason".to_owned();
    let table = [
        (Ok(()), true, 0, "well"),
        (Err(SendError::retry(reason())), false, 0, "failing: a reason"),
        (Err(SendError::rejected(reason())), true, 3, "failing: a reason"),
        (Err(SendError::halt(reason())), true, 3, "stopped for this run: a reason"),
    ];
    for (answer, nothing_left, lost, health) in table {
        let provider = Scripted::default();
        provider.flushes.lock().unwrap().push(answer.clone());
        let (_folder, telemetry) = scripted(&provider);
        for _ in 0..3 {
            telemetry.usage().record(feature("x"));
        }
        assert_eq!(telemetry.usage().flush(PATIENCE), nothing_left, "{answer:?}");
        let status = telemetry.usage().status().unwrap();
        assert_eq!(status.losses.count(Loss::Rejected), lost, "{answer:?}");
        assert_eq!(status.provider_health.to_string(), health);
        // A second flush delivers what is left, and hands no span over twice.
        assert!(telemetry.usage().flush(PATIENCE), "{answer:?}");
        assert_eq!(provider.taken.load(Ordering::SeqCst), 3, "{answer:?}");
    }
}

#[test]
fn what_came_before_a_no_does_not_leave_after_a_later_yes() {
    // Each case: the span is with the provider, or still here; a flush during the no, or none; a span after the yes, or
    // none.
    for case in 0..8 {
        let [handed_over, looked, recorded] = [1, 2, 4].map(|bit| case & bit != 0);
        let provider = Scripted::default();
        let retry = SendError::retry("a reason");
        provider.flushes.lock().unwrap().push(Err(retry));
        let (_folder, telemetry) = scripted(&provider);
        let usage = telemetry.usage();
        usage.record(feature("before the no"));
        if handed_over {
            assert!(!usage.flush(PATIENCE), "the provider holds it");
        }
        usage.disable().unwrap();
        if looked {
            assert!(usage.flush(PATIENCE), "nothing waits");
        }
        usage.enable().unwrap();
        if recorded {
            usage.record(feature("after the yes"));
        }
        let _ = usage.flush(PATIENCE);
        let case = format!("handed over: {handed_over}, looked: {looked}, recorded: {recorded}");
        let taken = u32::from(handed_over) + u32::from(recorded);
        assert_eq!(provider.taken.load(Ordering::SeqCst), taken, "{case}");
        assert_eq!(provider.discarded.load(Ordering::SeqCst), u32::from(handed_over), "{case}");
    }
}

#[test]
fn a_no_of_another_process_reaches_what_the_provider_holds() {
    let provider = Scripted::default();
    let retry = SendError::retry("a reason");
    provider.flushes.lock().unwrap().push(Err(retry));
    let (_folder, telemetry) = scripted(&provider);
    telemetry.usage().record(feature("x"));
    assert!(!telemetry.usage().flush(PATIENCE));
    crate::consent::disable(telemetry.config(), &ManualClock::default()).unwrap();
    assert!(telemetry.usage().flush(PATIENCE), "nothing waits");
    assert_eq!(provider.discarded.load(Ordering::SeqCst), 1);
}

#[test]
fn a_no_that_comes_while_spans_are_cleaned_stops_them() {
    /// A detector that stores the user's no when it is asked to search a text.
    struct SaysNo(Arc<Mutex<Option<crate::consent::config::ConfigStore>>>);
    impl crawl4ai_telemetry_core::sanitize::Detector for SaysNo {
        fn find(&self, _: &str, _: &mut Vec<crawl4ai_telemetry_core::sanitize::Span>) {
            if let Some(config) = self.0.lock().unwrap().take() {
                set_usage(&config, &ManualClock::default(), UsageConsent::Denied).unwrap();
            }
        }
    }
    let (provider, config) = (Scripted::default(), Arc::default());
    let (_folder, builder) = builder(&[]);
    let builder = builder.detector(SaysNo(Arc::clone(&config)));
    let telemetry =
        builder.usage(Settings::provider(provider.clone(), SPANS).on_by_default()).build().unwrap();
    *config.lock().unwrap() = Some(telemetry.config().clone());
    telemetry.usage().record(feature("a text that is cleaned"));
    let _ = telemetry.usage().flush(PATIENCE);
    assert!(config.lock().unwrap().is_none(), "it was cleaned, and the no came then");
    assert!(telemetry.usage().flush(PATIENCE), "it was dropped");
    assert_eq!(provider.taken.load(Ordering::SeqCst), 0);
}

#[test]
fn what_the_provider_holds_is_taken_back_when_spans_are_to_be_shown_instead() {
    let value = Arc::new(Mutex::new("0"));
    let source = {
        let value = Arc::clone(&value);
        move || vec![("APP_TELEMETRY_DEBUG".to_owned(), value.lock().unwrap().to_string())]
    };
    let provider = Scripted::default();
    let retry = SendError::retry("a reason");
    provider.flushes.lock().unwrap().push(Err(retry));
    let (_folder, builder) = builder(&[]);
    let builder = builder.env(Env::from_source("APP", source));
    let telemetry =
        builder.usage(Settings::provider(provider.clone(), SPANS).on_by_default()).build().unwrap();
    telemetry.usage().record(feature("x"));
    assert!(!telemetry.usage().flush(PATIENCE), "the provider holds it");
    *value.lock().unwrap() = "1";
    telemetry.refresh_environment();
    assert!(telemetry.usage().flush(PATIENCE), "nothing waits");
    assert_eq!(provider.discarded.load(Ordering::SeqCst), 1);
}

#[test]
fn a_provider_that_panics_ends_sending_and_nothing_else() {
    let provider = Scripted { panics: true, ..Scripted::default() };
    let (_folder, telemetry) = scripted(&provider);
    telemetry.usage().record(feature("x"));
    assert!(telemetry.usage().flush(PATIENCE));
    let status = telemetry.usage().status().unwrap();
    assert_eq!(status.provider_health.to_string(), "stopped for this run: it panicked");
    assert_eq!(status.losses.count(Loss::Rejected), 1);
    telemetry.usage().record(feature("x"));
    assert!(telemetry.usage().flush(PATIENCE));
}

#[test]
fn an_instance_that_ends_delivers_what_waits_in_the_background() {
    let provider = Scripted::default();
    let (_folder, telemetry) = scripted(&provider);
    telemetry.usage().record(feature("x"));
    drop(telemetry);
    let start = Instant::now();
    while provider.taken.load(Ordering::SeqCst) == 0 {
        assert!(start.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}
