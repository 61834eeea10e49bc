//! Any text, cleaned once, is clean: a second time changes nothing, at any limit.
#![no_main]

use std::sync::LazyLock;

use crawl4ai_telemetry_core::sanitize::{Known, Redaction};
use crawl4ai_telemetry_core::{Context, Privacy, Sanitizer, Value};
use libfuzzer_sys::fuzz_target;

static SANITIZER: LazyLock<Sanitizer> = LazyLock::new(|| {
    let mut known = Known::default();
    known.add(Redaction::User, "ada");
    known.add(Redaction::Path, "/home/ada");
    let sanitizer = Sanitizer::builder().known(known).build();
    sanitizer.protect("hunter2");
    sanitizer
});

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    let once = SANITIZER.text(&raw);
    assert!(raw.contains("[unscrubbed]") || !once.contains("[unscrubbed]"), "a detector failed");
    assert!(!once.contains("hunter2"), "a registered value survived");
    assert_eq!(SANITIZER.text(&once), once, "cleaning twice");

    // The same as a key and as a value, where strings are cut.
    for privacy in [Privacy::Standard, Privacy::Strict] {
        let context: Context = [(raw.clone(), Value::from(raw.as_ref()))].into_iter().collect();
        let once = serde_json::to_string(&SANITIZER.context(context, privacy)).expect("a map");
        let read: Context = serde_json::from_str(&once).expect("what was written");
        let twice = serde_json::to_string(&SANITIZER.context(read, privacy)).expect("a map");
        assert_eq!(once, twice, "cleaning a context twice");
    }
});
