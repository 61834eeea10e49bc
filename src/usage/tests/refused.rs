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
