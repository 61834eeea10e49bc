//! Spans recorded or begun before a no.

use super::*;

#[test]
fn what_waits_or_is_open_at_a_no_does_not_leave_after_the_next_yes() {
    let value = Arc::new(Mutex::new("false"));
    let source = {
        let value = Arc::clone(&value);
        move || vec![("OTEL_SDK_DISABLED".to_owned(), value.lock().unwrap().to_string())]
    };
    let (_folder, builder) = builder(&[]);
    let memory = MemoryProvider::default();
    let telemetry = builder
        .env(Env::from_source("APP", source))
        .usage(Settings::provider(memory.clone(), SPANS).on_by_default())
        .build()
        .unwrap();
    let usage = telemetry.usage();
    usage.record(feature("waits"));
    let begin = || usage.start(false, Run { output: None });
    let (ended, dropped) = (begin(), begin());
    for said in ["true", "false"] {
        *value.lock().unwrap() = said;
        telemetry.refresh_environment();
    }
    ended.end();
    drop(dropped);
    usage.record(feature("after"));
    assert!(usage.flush(PATIENCE));
    let sent = memory.spans();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].attribute("feature"), Some(UsageValue::Text("after")));
}

#[test]
fn a_no_of_another_process_that_was_seen_holds_for_what_came_before_it() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_000_000)));
    let (_folder, builder) = builder(&[]);
    let memory = MemoryProvider::default();
    let telemetry = builder
        .clock(clock.clone())
        .usage(Settings::provider(memory.clone(), SPANS).on_by_default())
        .build()
        .unwrap();
    let usage = telemetry.usage();
    usage.record(feature("waits"));
    for (said, wanted) in [(UsageConsent::Denied, false), (UsageConsent::Always, true)] {
        // Written by another process, so that nothing in this one is told.
        set_usage(telemetry.config(), &*clock, said).unwrap();
        clock.advance(Duration::from_secs(2));
        assert_eq!(usage.wants_spans(), wanted, "{said:?}");
    }
    usage.record(feature("after"));
    assert!(usage.flush(PATIENCE));
    let sent = memory.spans();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].attribute("feature"), Some(UsageValue::Text("after")));
}
