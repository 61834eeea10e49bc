//! Measures the sanitizer on texts of real errors, and how its time grows with texts that were made to slow it down.

use std::hint::black_box;
use std::time::Instant;

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::sanitize::{Known, Redaction};

use crate::Part;
use crate::meter::Meter;
use crate::sequential::Sequential;

pub(crate) const PARTS: &[Part] = &[
    ("clean-ours", |meter| each(meter, &bare(), CLEAN)),
    ("clean-known", |meter| each(meter, &with_known(), CLEAN)),
    ("clean-regexes", |meter| each_by_rules(meter, CLEAN)),
    ("dirty-ours", |meter| each(meter, &bare(), DIRTY)),
    ("dirty-known", |meter| each(meter, &with_known(), DIRTY)),
    ("dirty-regexes", |meter| each_by_rules(meter, DIRTY)),
    ("long-clean-ours", |meter| each(meter, &bare(), &long(&CLEAN_LINES))),
    ("long-clean-known", |meter| each(meter, &with_known(), &long(&CLEAN_LINES))),
    ("long-clean-regexes", |meter| each_by_rules(meter, &long(&CLEAN_LINES))),
    ("long-ours", |meter| each(meter, &bare(), &long(&error_lines()))),
    ("long-known", |meter| each(meter, &with_known(), &long(&error_lines()))),
    ("long-regexes", |meter| each_by_rules(meter, &long(&error_lines()))),
    ("lines-ours", |meter| {
        let sanitizer = bare();
        lines(meter, |line| drop(black_box(sanitizer.text(line))));
    }),
    ("lines-known", |meter| {
        let sanitizer = with_known();
        lines(meter, |line| drop(black_box(sanitizer.text(line))));
    }),
    ("lines-regexes", |meter| {
        let rules = Sequential::new();
        lines(meter, |line| drop(black_box(rules.clean(line))));
    }),
    ("doubled-ours", |meter| {
        let sanitizer = with_known();
        doubled(meter, |text| drop(black_box(sanitizer.text(text))));
    }),
    ("doubled-regexes", |meter| {
        let rules = Sequential::new();
        doubled(meter, |text| drop(black_box(rules.clean(text))));
    }),
];

const CLEAN: &str = "invalid type: string where a sequence was expected, in field retries of settings";
const DIRTY: &str = "cannot fetch https://example.com/?token=abc for ada@example.com from 10.0.0.1 ok";

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

/// Fragments that are almost a match. Hostile texts repeat one of them.
const HOSTILE: [&str; 14] = [
    "a@", "\"/", "<b ", "x=y&", "1-", "eyJ-", "token: {", "::1:", "\\\\a\\", "%41", "sk-", "a.b/",
    "(\"a\", ", "c=a,l=b,",
];

fn bare() -> Sanitizer {
    Sanitizer::new()
}

/// A sanitizer that knows as many values of the machine and the program as in a real program.
fn with_known() -> Sanitizer {
    let mut known = Known::default();
    known.add(Redaction::User, "ada.lovelace");
    known.add(Redaction::Host, "analytical-engine");
    known.add(Redaction::Path, "/home/ada");
    for i in 0..20 {
        known.add(Redaction::Protected, &format!("value-of-a-variable-{i}"));
    }
    Sanitizer::builder().known(known).build()
}

/// Log lines, of which 12 in 100 contain something to remove.
fn error_lines() -> Vec<&'static str> {
    let clean = CLEAN_LINES.iter().cycle();
    let dirty = DIRTY_LINES.iter().cycle();
    let mixed = clean.zip(dirty).enumerate().take(1000);
    mixed.map(|(i, (clean, dirty))| if i % 25 < 3 { *dirty } else { *clean }).collect()
}

/// A text of the maximum length of an exception's message.
fn long(lines: &[&str]) -> String {
    let mut text = lines.iter().cycle().take(100).copied().collect::<Vec<_>>().join("\n");
    text.truncate(2048);
    text
}

fn each(meter: &mut Meter, sanitizer: &Sanitizer, text: &str) {
    meter.each_over(text.len(), || drop(black_box(sanitizer.text(black_box(text)))));
}

fn each_by_rules(meter: &mut Meter, text: &str) {
    let rules = Sequential::new();
    meter.each_over(text.len(), || drop(black_box(rules.clean(black_box(text)))));
}

fn lines(meter: &mut Meter, clean: impl Fn(&str)) {
    let lines = error_lines();
    let bytes = lines.iter().map(|line| line.len()).sum();
    meter.each_over(bytes, || lines.iter().for_each(|line| clean(black_box(line))));
}

/// Measures how much longer the sanitizer takes for a text of twice the length. The worst of all hostile texts counts.
fn doubled(meter: &mut Meter, clean: impl Fn(&str)) {
    const LONG: usize = 1 << 16;
    let time = |text: &str| {
        let start = Instant::now();
        clean(black_box(text));
        start.elapsed().as_secs_f64()
    };
    let growth = HOSTILE.iter().map(|part| {
        let text = part.repeat(2 * LONG / part.len());
        let half = text.get(..text.len() / 2).unwrap_or(&text);
        // Both are measured alternately, so that other load affects both.
        let best = |best: (f64, f64), now: (f64, f64)| (best.0.min(now.0), best.1.min(now.1));
        let (whole, half) =
            (0..25).map(|_| (time(&text), time(half))).fold((f64::INFINITY, f64::INFINITY), best);
        whole / half
    });
    meter.found(growth.fold(0.0, f64::max));
}
