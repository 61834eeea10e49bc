//! Secrets between spaces never survive, whatever surrounds them.
#![no_main]

use std::sync::LazyLock;

use crawl4ai_telemetry_core::Sanitizer;
use libfuzzer_sys::fuzz_target;

static SANITIZER: LazyLock<Sanitizer> = LazyLock::new(Sanitizer::new);

const SECRETS: [&str; 8] = [
    "https://qzorvek.example/wexgrotl?qzorvek=1",
    "qzorvek.wexgrotl@qzorvek.com",
    "/srv/qzorvek/wexgrotl",
    r"C:\Users\qzorvek\wexgrotl",
    "ghp_qzorvekWEXGROTL0123456789qzorvekWEX",
    "eyJhbGciOiJIUzI1NiJ9.eyJqzorvekwexgrotl.wexgrotlqzorvek",
    "postgres://qzorvek:wexgrotl@qzorvek:5432/wexgrotl",
    "Bearer qzorvek0WEXGROTL",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let secret = SECRETS[usize::from(*first) % SECRETS.len()];
    let (before, behind) = rest.split_at(rest.len() / 2);
    let (before, behind) = (String::from_utf8_lossy(before), String::from_utf8_lossy(behind));
    let has = |text: &str| {
        let text = text.to_lowercase();
        text.contains("qzorvek") || text.contains("wexgrotl")
    };
    if has(&before) || has(&behind) {
        return;
    }
    let clean = SANITIZER.text(&format!("{before} {secret} {behind}"));
    assert!(!has(&clean), "{clean}");
});
