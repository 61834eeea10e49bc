//! Any cleaned text is clean: cleaning it again changes nothing, at any limit and around any literals.
#![no_main]

use std::ops::Range;
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

/// Derives ranges of a text from the data, in order and without overlaps.
fn literals(raw: &str, data: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    for (gap, len) in data.iter().rev().take(8).zip(data.iter()) {
        let start = at + usize::from(*gap % 32);
        at = start + usize::from(*len % 32) + 1;
        out.extend(raw.get(start..at).map(|_| start..at));
    }
    out
}

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    let once = SANITIZER.text(&raw);
    assert!(raw.contains("[unscrubbed]") || !once.contains("[unscrubbed]"), "a detector failed");
    assert!(!once.contains("hunter2"), "a registered value survived");
    assert_eq!(SANITIZER.text(&once), once, "cleaning twice");

    // Cleans around literals of the program. The returned ranges must be valid for the cleaned text.
    let literals = literals(&raw, data);
    let (around, left) = SANITIZER.text_around(&raw, &literals);
    assert!(!around.contains("hunter2"), "a registered value survived in a literal");
    assert!(left.iter().all(|range| around.get(range.clone()).is_some()), "a range outside of the text");
    assert_eq!(SANITIZER.text_around(&around, &left), (around, left), "cleaning around literals twice");

    // The text as a key and as a value of a context, where strings are cut.
    for privacy in [Privacy::Standard, Privacy::Strict] {
        let context: Context = [(raw.clone(), Value::from(raw.as_ref()))].into_iter().collect();
        let once = serde_json::to_string(&SANITIZER.context(context, privacy)).expect("a map");
        let read: Context = serde_json::from_str(&once).expect("what was written");
        let twice = serde_json::to_string(&SANITIZER.context(read, privacy)).expect("a map");
        assert_eq!(once, twice, "cleaning a context twice");
    }
});
