//! What sanitizing costs, beside a sequence of regular expressions in the same run.
//!
//! `cargo bench -p crawl4ai-telemetry-core`. Times are the best of many short runs, which is what a busy machine
//! disturbs least: this is for comparing, on one
//! machine, ours with the way it is usually done, and one length with its double.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program that prints a table"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::sanitize::{Known, Redaction};
use regex::{NoExpand, Regex};

const CLEAN: &str = "invalid type: string where a sequence was expected, in field retries of settings";
const DIRTY: &str = "cannot fetch https://example.com/?token=abc for ada@example.com from 10.0.0.1 ok";

/// Twelve rules as client-side scrubbers write them, applied one after another.
struct Sequential(Vec<(Regex, &'static str)>);

impl Sequential {
    fn new() -> Self {
        let rules = [
            (r"[a-zA-Z][a-zA-Z0-9+.-]*://[^ \t\n]+", "[url]"),
            (r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}", "[email]"),
            (r"(?-u:\b)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?-u:\b)", "[ip]"),
            (r"(?-u:\b)(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?-u:\b)", "[ip]"),
            (r"/(?:home|Users)/[^/ \t\n]+", "[path]"),
            (r"[A-Za-z]:\\Users\\[^\\ \t\n]+", "[path]"),
            (r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", "[jwt]"),
            (r"(?:AKIA|ASIA)[A-Z0-9]{16}", "[token]"),
            (r"gh[pousr]_[A-Za-z0-9]{36}", "[token]"),
            (r"-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----", "[pem]"),
            (r"(?i-u:password|secret|token|api_key) *[:=] *[^ \t\n,;]+", "[secret]"),
            (r"(?-u:\b)[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?-u:\b)", "[card]"),
        ];
        Self(rules.iter().map(|(rule, text)| (Regex::new(rule).expect("a rule"), *text)).collect())
    }

    fn clean(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (rule, with)| rule.replace_all(&text, NoExpand(with)).into_owned())
    }
}

/// The best time of one call, in nanoseconds.
fn nanos(mut act: impl FnMut()) -> f64 {
    let mut calls = 1_u32;
    loop {
        let start = Instant::now();
        (0..calls).for_each(|_| act());
        if start.elapsed() > Duration::from_millis(2) || calls > 1 << 24 {
            break;
        }
        calls *= 2;
    }
    (0..61)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| act());
            start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
        })
        .fold(f64::INFINITY, f64::min)
}

/// Error lines of which 12 in 100 hold something.
fn error_lines() -> Vec<String> {
    const CLEAN_LINES: [&str; 7] = [
        "2026-11-20T12:00:00.123Z ERROR worker failed: index out of bounds: the len is 3 but the index is 7",
        "thread 'tokio-runtime-worker' panicked at crates/fetch/src/client.rs:214:48: connection closed before message completed",
        "called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: \"No such file or directory\" }",
        "invalid type: null, expected a string at line 4 column 16 while decoding the answer of the model",
        "task 42 was cancelled after 30.000s, 3 retries left, queue depth 17 of 1000, backing off for 500ms",
        "error trying to connect: tcp connect error: Connection refused (os error 111)",
        "   4: <tool::Page as core::ops::Drop>::drop at src/page.rs:10:5",
    ];
    const DIRTY_LINES: [&str; 3] = [
        "2026-11-20T12:00:01.456Z ERROR cannot fetch https://shop.example.com/orders/1234?session=abc: timed out",
        "WARN mail to ada.lovelace@example.com bounced, relay 203.0.113.77 said no",
        "ERROR open /home/ada/projects/secret/config.toml failed: Permission denied (os error 13)",
    ];
    let pick = |lines: &[&str], i: usize| lines[i % lines.len()].to_owned();
    (0..1000).map(|i| if i % 25 < 3 { pick(&DIRTY_LINES, i) } else { pick(&CLEAN_LINES, i) }).collect()
}

fn main() {
    let sequential = Sequential::new();
    let bare = Sanitizer::new();
    let mut known = Known::default();
    known.add(Redaction::User, "ada.lovelace");
    known.add(Redaction::Host, "analytical-engine");
    known.add(Redaction::Path, "/home/ada");
    for i in 0..20 {
        known.add(Redaction::Protected, &format!("value-of-a-variable-{i}"));
    }
    let full = Sanitizer::builder().known(known).build();
    let lines = error_lines();
    let bytes: usize = lines.iter().map(String::len).sum();
    let rate = |nanos: f64| bytes as f64 * 1e3 / nanos;

    println!("{:<34}{:>12}{:>14}{:>18}", "", "ours", "+ 23 known", "12 regexes");
    for (name, text) in [("clean, 80 bytes, ns", CLEAN), ("dirty, 80 bytes, ns", DIRTY)] {
        let [ours, known, theirs] = [
            nanos(|| drop(black_box(bare.text(black_box(text))))),
            nanos(|| drop(black_box(full.text(black_box(text))))),
            nanos(|| drop(black_box(sequential.clean(black_box(text))))),
        ];
        println!("{name:<34}{ours:>12.1}{known:>14.1}{theirs:>18.1}");
    }
    let all = |clean: &dyn Fn(&str)| rate(nanos(|| lines.iter().for_each(|line| clean(line))));
    let ours = all(&|line| drop(black_box(bare.text(line))));
    let known = all(&|line| drop(black_box(full.text(line))));
    let theirs = all(&|line| drop(black_box(sequential.clean(line))));
    println!("{:<34}{ours:>12.0}{known:>14.0}{theirs:>18.0}", "error lines, 12 % dirty, MB/s");

    println!("\none text, doubled each time, ns per byte");
    let hostile = [
        "a@", "\"/", "<b ", "x=y&", "1-", "eyJ-", "token: {", "::1:", "\\\\a\\", "%41", "sk-", "a.b/",
        "(\"a\", ",
    ];
    println!("{:<14}{}", "", (10..=20).step_by(2).map(|n| format!("{:>10}", 1_u32 << n)).collect::<String>());
    for part in ["error lines"].iter().chain(&hostile) {
        let text =
            if *part == "error lines" { lines.join("\n") } else { part.repeat((1 << 20) / part.len() + 1) };
        let row: String = (10..=20)
            .step_by(2)
            .map(|n| {
                let end = (1_usize << n).min(text.len());
                let start = Instant::now();
                drop(black_box(bare.text(text.get(..end).unwrap_or(&text))));
                format!("{:>10.2}", start.elapsed().as_secs_f64() * 1e9 / end as f64)
            })
            .collect();
        println!("{part:<14}{row}");
    }
}
