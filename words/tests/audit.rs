//! `audit` finds names in this program, whose literals stand one after the other.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crawl4ai_telemetry_core::own_words::{OwnWords, narrow};
use crawl4ai_telemetry_words::{Program, audit};

/// The texts are separate literals, as the reasons of HTTP's status codes are.
#[inline(never)]
fn reason(code: u16) -> &'static str {
    match code {
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "none of these",
    }
}

#[test]
fn a_name_stands_between_two_other_literals() {
    let raw = format!("the proxy says {}", reason(std::hint::black_box(502)));
    let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let glued = [501, 502, 503].map(|code| reason(std::hint::black_box(code))).concat();
    let is_glued = bytes.windows(glued.len()).any(|window| window == glued.as_bytes());
    assert!(is_glued || !cfg!(target_os = "linux"), "this compiler lays literals out in another order");

    let own = OwnWords::new(vec![Box::new(Program::running().unwrap())]);
    let marked = own.mark(&[&raw], &[]).unwrap();
    assert!(narrow(&raw, marked.runs.first().unwrap(), &[]).ends_with("Bad Gateway"), "it would stay");
    let found = audit(Program::running().unwrap()).unwrap();
    for name in [501, 502, 503, 504].map(|code| reason(std::hint::black_box(code))) {
        assert!(found.passing.iter().any(|passing| passing == name), "{name} in {:?}", found.passing);
    }
}
