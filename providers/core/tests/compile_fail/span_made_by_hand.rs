//! Only the sanitizer makes a span, and what is raw cannot be written down.
use crawl4ai_telemetry_core::UsageSpan;
use crawl4ai_telemetry_core::usage::UsageDraft;

fn leak(draft: &UsageDraft) -> String {
    serde_json::to_string(draft).unwrap()
}

fn main() {
    let _ = UsageSpan { attributes: vec![("prompt", "who is Ada Lovelace?")] };
}
