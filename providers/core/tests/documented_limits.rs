//! The documentation lists texts that the sanitizer leaves unchanged. Each of these limits must be real.

use crawl4ai_telemetry_core::Sanitizer;

const PAGE: &str = include_str!("../../../docs/what-leaves.md");

#[test]
fn what_is_said_to_stay_stays() {
    let listed = PAGE
        .split_once("documented_limits.rs -->\n```text\n")
        .and_then(|(_, rest)| rest.split_once("\n```"))
        .map_or("", |(list, _)| list);
    let messages: Vec<&str> = listed.lines().collect();
    assert!(messages.len() >= 10, "the list is gone: {messages:?}");
    let sanitizer = Sanitizer::new();
    let cleaned: Vec<_> = messages
        .iter()
        .map(|message| (*message, sanitizer.text(message)))
        .filter(|(m, c)| *m != &**c)
        .collect();
    assert!(cleaned.is_empty(), "said to stay, but cleaned: {cleaned:#?}");
}
