//! Helpful text must stay: of realistic messages, 99 of 100 must stay byte for byte.
//!
//! The messages that change are listed in `docs/what-changes.md` with the reason. A changed message that is not listed
//! there fails this test, so the list is complete.

use crawl4ai_telemetry_core::Sanitizer;

const MESSAGES: &str = include_str!("corpus/benign.txt");
const LISTED: &str = include_str!("../../../docs/what-changes.md");

#[test]
fn benign_messages_come_through() {
    let sanitizer = Sanitizer::new();
    let messages: Vec<&str> = MESSAGES.lines().collect();
    let changed: Vec<(&str, String)> = messages
        .iter()
        .map(|message| (*message, sanitizer.text(message).to_string()))
        .filter(|(message, clean)| message != clean)
        .collect();
    println!("{} messages, {} changed", messages.len(), changed.len());
    for (message, clean) in &changed {
        println!("  {message}\n  {clean}");
    }
    assert!(messages.len() >= 400, "a corpus, not a sample");
    assert!(changed.len() * 100 <= messages.len(), "{} of {} changed", changed.len(), messages.len());
    let unlisted: Vec<_> = changed.iter().filter(|(message, _)| !LISTED.contains(message)).collect();
    assert!(unlisted.is_empty(), "not in docs/what-changes.md: {unlisted:#?}");
}
