//! Properties for every input: cleaning twice gives the same as cleaning once, nothing panics, limits are kept, and
//! time grows linearly with the length.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test may fail like the test"
)]

#[path = "planted/rng.rs"]
#[expect(dead_code, reason = "shared with the planted corpus, which needs more of it")]
mod rng;

use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::sanitize::{Known, Pattern, Redaction, limits};
use crawl4ai_telemetry_core::{
    App, Context, Event, Kind, Level, Node, Privacy, RawException, ReportId, Sanitizer, Timestamp, Value,
};
use rng::Rng;

const CASES: usize = 6_000;

/// The pieces of which random texts consist: every anchor of a detector, characters that hide an anchor, and texts that
/// look like the start of a find.
const PIECES: &[&str] = &[
    "a",
    "Z9",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    ".",
    ",",
    ":",
    "::",
    ";",
    "/",
    "//",
    "\\",
    "\\\\",
    "@",
    "=",
    "==",
    "c=a,l=b,",
    "o=a+",
    "?",
    "&",
    "%",
    "%4",
    "%41",
    "%00",
    "%ff",
    "<",
    ">",
    "</",
    "<p ",
    "<!--",
    "\"",
    "'",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "-",
    "--",
    "-----BEGIN ",
    "-----END ",
    "+",
    "~/",
    "$",
    "#",
    "\0",
    "\u{1b}",
    "\u{1b}[31m",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{202e}",
    "ｈ",
    "é",
    "日本",
    "🎉",
    "\\u0041",
    "\\u{110000}",
    "\\ud83d",
    "\\x4",
    "\\n",
    "\\\"",
    "http://",
    "https",
    "ftp:",
    "mailto:",
    "data:",
    "jdbc:",
    "file:///",
    "www.",
    "x.com",
    "/a",
    "C:\\",
    "\\\\h\\s",
    "ada",
    "@x.org",
    "10.0.0.1",
    "1.2.3",
    "::1",
    "fe80",
    "00:11:22",
    "eyJ",
    "eyJhbGciOiJIUzI1NiJ9.",
    "AKIA",
    "ghp_",
    "sk-",
    "xoxb-",
    "AIza",
    "0123456789abcdef",
    "4111111111111111",
    "DE89",
    "3704 0044",
    "123-45-6789",
    "+49 30 ",
    "password",
    "token",
    "secret=",
    "api key: ",
    "Authorization: ",
    "Bearer ",
    "Cookie: ",
    "Set-Cookie: a=b; ",
    "ssh-rsa AAAA",
    "Server=",
    "Uid=",
    "Pwd=",
    "host=",
    "user=",
    "[url]",
    "[path]",
    "[redacted]",
    "[secret]",
    "[cut 5 bytes]",
    "[html 10–100 KB]",
    "[",
    "url]",
    "Some(",
    "None",
    "null",
    "true",
    "x7Gh29KlQp4Zt8Vw1Rm3",
    "550e8400-e29b-41d4-a716-446655440000",
    "std::io::Error",
    "src/main.rs:10:5",
    "2026-11-20T12:00:00.123Z",
    "hunter2",
    "babbage-7",
];

fn text(r: &mut Rng, most: u64) -> String {
    let mut out = String::new();
    for _ in 0..r.below(most) {
        match r.below(12) {
            0 => out.push(char::from_u32(r.below(0x11_0000) as u32).unwrap_or('?')),
            1 => out.push(char::from(r.below(128) as u8)),
            2 => {
                let n = 1 + r.below(40) as usize;
                out += &r.base62(n);
            }
            _ => out += PIECES[r.below(PIECES.len() as u64) as usize],
        }
    }
    out
}

fn sanitizers() -> Vec<Sanitizer> {
    let mut known = Known::default();
    known.add(Redaction::User, "ada");
    known.add(Redaction::Host, "babbage-7");
    known.add(Redaction::Path, "/home/ada");
    let full = Sanitizer::builder()
        .known(known)
        .sensitive_key("badge")
        .detector(Pattern::new("[0-9]{4}-[a-z]+").unwrap())
        .build();
    full.protect("hunter2");
    vec![Sanitizer::new(), full]
}

#[test]
fn texts_are_clean_after_one_time() {
    let seed = Rng::fresh_seed();
    let mut r = Rng::new(seed);
    let sanitizers = sanitizers();
    for _ in 0..CASES {
        let raw = text(&mut r, 24);
        for sanitizer in &sanitizers {
            let once = sanitizer.text(&raw);
            assert_ne!(&*once, "[unscrubbed]", "seed {seed}: {raw:?}");
            assert_eq!(sanitizer.text(&once), once, "seed {seed}: {raw:?}");
        }
    }
}

#[test]
fn reports_come_back_as_they_left() {
    let seed = Rng::fresh_seed();
    let mut r = Rng::new(seed);
    let sanitizers = sanitizers();
    for _ in 0..CASES / 6 {
        let mut event = Event::new(ReportId::from_bytes([9; 16]), Timestamp::default(), Level::Error);
        let mut error = RawException::new(Kind::Error, text(&mut r, 8));
        error.message = Some(text(&mut r, 600));
        event.exceptions = vec![error];
        event.thread = Some(text(&mut r, 8));
        event.operations = vec![text(&mut r, 90).into()];
        event.context = map(&mut r, 0);
        let privacy = if r.below(2) == 0 { Privacy::Standard } else { Privacy::Strict };
        for sanitizer in &sanitizers {
            let report = sanitizer.report(&App::new("tool", "1.0.0"), event.clone(), privacy);
            let bytes = serde_json::to_vec(&report).unwrap();
            assert!(bytes.len() < limits::STORED_REPORT, "seed {seed}");
            let again = sanitizer.restore(&bytes, None, Privacy::Standard).unwrap();
            let (was, is) = (String::from_utf8(bytes).unwrap(), serde_json::to_string(&again).unwrap());
            assert!(is == was, "seed {seed}: {}", difference(&was, &is));
        }
    }
}

/// Both texts around their first difference.
fn difference(was: &str, is: &str) -> String {
    let same = was.bytes().zip(is.bytes()).take_while(|(a, b)| a == b).count();
    let part = |s: &str| {
        String::from_utf8_lossy(&s.as_bytes()[same.saturating_sub(60)..(same + 60).min(s.len())]).into_owned()
    };
    format!("{:?} became {:?}", part(was), part(is))
}

fn map(r: &mut Rng, depth: usize) -> Context {
    (0..r.below(6)).map(|_| (text(r, 4), value(r, depth))).collect()
}

fn value(r: &mut Rng, depth: usize) -> Value {
    match r.below(if depth > 9 { 6 } else { 8 }) {
        0 => Value::Int(r.next() as i64),
        1 => Value::Bool(true),
        2 => Value::Null,
        3 => Node::Float(f64::from_bits(r.next())),
        4 => Value::from(r.next()),
        5 => Value::from(text(r, 80)),
        6 => Value::List((0..r.below(5)).map(|_| value(r, depth + 1)).collect()),
        _ => Value::Map(map(r, depth + 1)),
    }
}

#[test]
fn time_grows_with_the_length() {
    let sanitizer = Sanitizer::new();
    for piece in PIECES {
        let text = piece.repeat(200_000 / piece.len());
        let start = Instant::now();
        drop(sanitizer.text(&text));
        // Quadratic time would take minutes; debug builds on a busy machine take a second at worst.
        assert!(start.elapsed() < Duration::from_secs(20), "{piece:?}");
    }
    let mut r = Rng::new(Rng::fresh_seed());
    for _ in 0..20 {
        let part = text(&mut r, 6);
        let text = part.repeat(200_000 / part.len().max(1));
        let start = Instant::now();
        drop(sanitizer.text(&text));
        assert!(start.elapsed() < Duration::from_secs(20), "{part:?}");
    }
}
