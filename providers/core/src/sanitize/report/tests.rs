use std::borrow::Cow;

use super::*;
use crate::event::{RawException, RawFrame, RawImage};
use crate::sanitize::{Known, Redaction};
use crate::{Kind, Level, ReportId, Timestamp, Value, context};

const SECRET: &str = "hunter2-and-more";

fn app() -> App {
    App::new("tool", "1.4.0")
}

fn event() -> Event {
    Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(1_763_683_200_000), Level::Error)
}

fn error(type_name: &'static str, message: &str) -> RawException {
    RawException { message: Some(message.to_owned()), ..RawException::new(Kind::Error, type_name) }
}

fn frame(function: &str, file: &str) -> RawFrame {
    RawFrame {
        function: Some(function.to_owned()),
        file: Some(file.to_owned()),
        line: Some(10),
        address: Some(0x1f3a0),
        image: Some(0),
        ..RawFrame::default()
    }
}

fn sanitizer() -> Sanitizer {
    let mut known = Known::default();
    known.add(Redaction::User, "ada");
    known.add(Redaction::Host, "babbage-7");
    known.add(Redaction::Path, "/home/ada");
    let sanitizer = Sanitizer::builder().known(known).build();
    sanitizer.protect(SECRET);
    sanitizer
}

fn json(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

/// Stores a report and reads it back, which must not change it.
fn restored(sanitizer: &Sanitizer, report: &Report) -> Report {
    let bytes = serde_json::to_vec(report).unwrap();
    let again = sanitizer.restore(&bytes, report.user_email(), report.privacy()).unwrap();
    assert_eq!(&again, report, "restoring changes nothing");
    again
}

/// An event with `text` in every field that holds text.
fn planted(text: &str) -> Event {
    let place = || (Cow::Owned(text.to_owned()), 1, 1);
    let mut deep = error("tool::Deepest", text);
    deep.type_name = Cow::Owned(text.to_owned());
    deep.location = Some(place());
    deep.frames = vec![frame(text, text)];
    let mut event = event();
    event.exceptions = vec![error("tool::Outer", "outer"), error("tool::Middle", text), deep];
    event.thread = Some(text.to_owned());
    event.operations = vec![Cow::Owned(text.to_owned())];
    event.images = vec![RawImage { path: text.to_owned(), build_id: Some(text.to_owned()), size: 1 }];
    event.context = context! {
        text => 1, "why" => text, "nested" => context! { text => text, "list" => vec![text] },
        "url" => text, "password" => text,
    };
    event.email = Some(text.to_owned());
    event
}

#[test]
fn nothing_planted_survives_in_any_field() {
    let sanitizer = sanitizer();
    for (text, parts) in [
        ("see https://customer.example/private?token=abcdef", &["customer", "private", "abcdef"][..]),
        ("mail grace.hopper@navy.example now", &["grace", "hopper", "navy"]),
        ("peer 203.0.113.77 is gone", &["203.0.113"]),
        ("open /srv/customers/initech/ledger.html failed", &["customers", "initech", "ledger"]),
        (r"open C:\Users\Grace\ledger.html failed", &["Grace", "ledger"]),
        ("by ada on babbage-7", &["ada", "babbage"]),
        ("the word is hunter2-and-more", &["hunter2"]),
        ("password=correct-horse", &["correct", "horse"]),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJncmFjZSJ9.c2lnbmF0dXJl", &["eyJ", "c2lnbm"]),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", &["MIIE"]),
    ] {
        for privacy in [Privacy::Standard, Privacy::Strict] {
            let mut event = planted(text);
            event.email = None;
            let report = sanitizer.report(&app(), event, privacy);
            let json = json(&report);
            for part in parts {
                assert!(!json.contains(part), "{part:?} of {text:?} is in {json}");
            }
            assert!(!report.redactions().is_empty());
            restored(&sanitizer, &report);
        }
    }
}

#[test]
fn what_helps_stays() {
    let sanitizer = sanitizer();
    let mut event = event();
    let mut outer = error(
        "alloc::boxed::Box<dyn core::error::Error>",
        "index out of bounds: the len is 3 but the index is 7",
    );
    outer.frames = vec![frame("<tool::Page as core::ops::Drop>::drop", "/home/ada/tool/src/page.rs")];
    outer.location =
        Some((Cow::Borrowed("/home/ada/.cargo/registry/src/index-1/serde_json-1.0.154/src/de.rs"), 3, 9));
    event.exceptions = vec![outer];
    event.thread = Some("tokio-runtime-worker".to_owned());
    event.operations = vec![Cow::Borrowed("crawl"), Cow::Borrowed("fetch")];
    event.context = context! { "status_code" => 404, "author" => "nobody" };
    event.images = vec![RawImage {
        path: "/usr/lib/libssl.so.3".into(),
        build_id: Some("0123456789abcdef".into()),
        size: 9,
    }];
    let report = restored(&sanitizer, &sanitizer.report(&app(), event, Privacy::Standard));
    let exception = &report.exceptions()[0];
    assert_eq!(&*exception.type_name, "alloc::boxed::Box<dyn core::error::Error>");
    assert_eq!(exception.value.as_deref(), Some("index out of bounds: the len is 3 but the index is 7"));
    assert_eq!(exception.location.as_ref().map(|l| &*l.file), Some("serde_json-1.0.154/src/de.rs"));
    assert_eq!(exception.frames[0].function.as_deref(), Some("<tool::Page as core::ops::Drop>::drop"));
    assert_eq!(exception.frames[0].file.as_deref(), Some("src/page.rs"));
    assert_eq!(report.thread(), Some("tokio-runtime-worker"));
    assert_eq!(report.operations().collect::<Vec<_>>(), ["crawl", "fetch"]);
    assert_eq!(&*report.images()[0].name, "libssl.so.3");
    assert_eq!(report.images()[0].build_id.as_deref(), Some("0123456789abcdef"));
    assert!(report.redactions().is_empty(), "{:?}", report.redactions());
}

#[test]
fn at_the_strict_level_there_is_no_free_text() {
    let sanitizer = Sanitizer::new();
    let mut event = planted("some words of a person");
    event.context = context! { "why" => "some words of a person", "attempt" => 3, "n" => 1815, "ok" => true };
    event.operations = vec![Cow::Borrowed("crawl")];
    event.exceptions = vec![error("tool::Outer", "some words"), error("tool::Inner", "of a person")];
    event.images.clear();
    event.email = None;
    let report = restored(&sanitizer, &sanitizer.report(&app(), event, Privacy::Strict));
    let json = json(&report);
    assert!(!json.contains("words") && !json.contains("person"), "{json}");
    assert!(json.contains("tool::Inner") && json.contains("crawl"), "{json}");
    // Numbers stay only under a key that tells their meaning, as at [`Privacy::OwnWords`], which may hold everything
    // that this level holds.
    assert!(json.contains(r#""attempt":3"#) && !json.contains("1815"), "{json}");
}

#[test]
fn an_address_leaves_only_as_the_one_that_was_agreed_to() {
    let sanitizer = Sanitizer::new();
    let mut event = event();
    event.email = Some("ada@example.com".to_owned());
    let report = sanitizer.report(&app(), event, Privacy::Standard);
    assert_eq!(report.user_email(), Some("ada@example.com"));
    let bytes = serde_json::to_vec(&report).unwrap();
    for (agreed, expected) in
        [(Some("ada@example.com"), Some("ada@example.com")), (Some("eve@example.com"), None), (None, None)]
    {
        let again = sanitizer.restore(&bytes, agreed, Privacy::Standard).unwrap();
        assert_eq!(again.user_email(), expected);
    }
    let mut long = self::event();
    long.email = Some(format!("{}@example.com", "a".repeat(300)));
    assert_eq!(sanitizer.report(&app(), long, Privacy::Standard).user_email(), None);
}

#[test]
fn a_stored_report_is_trusted_no_more_than_a_message() {
    let sanitizer = sanitizer();
    let report = sanitizer.report(&app(), planted("a clean text"), Privacy::Standard);
    let stored = json(&report);
    for (from, to) in [
        ("a clean text", "mail grace@navy.example"),
        ("tool::Outer", "grace@navy.example"),
        (r#""outer""#, r#""grace@navy.example""#),
        (r#""name":"tool""#, r#""name":"grace@navy.example""#),
        (r#""version":"1.4.0""#, r#""version":"grace@navy.example""#),
        (r#""a clean text":1"#, r#""grace@navy.example":1"#),
        ("linux", "grace@navy.example"),
        // This path is not a source file, but the rest of it after cleaning ends like one.
        (
            "a clean text",
            r"file://\u001b/012jdbc:34\\\\56789abcde:\u001dyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\uc0ac\uc6a9yyyyyyylib/src/rustyyyyyyyyyyyyyyyyy\ufffd)/.m",
        ),
    ] {
        let tampered = stored.replace(from, to);
        let again = sanitizer.restore(tampered.as_bytes(), None, Privacy::Standard).unwrap();
        assert!(!json(&again).contains("grace"), "{from}: {}", json(&again));
        restored(&sanitizer, &again);
    }
    let strict = sanitizer.restore(stored.as_bytes(), None, Privacy::Strict).unwrap();
    assert_eq!(strict.privacy(), Privacy::Strict);
    assert!(strict.exceptions().iter().all(|e| e.value.is_none()) && strict.thread().is_none());
    let lenient = serde_json::to_vec(&strict).unwrap();
    assert_eq!(sanitizer.restore(&lenient, None, Privacy::Standard).unwrap().privacy(), Privacy::Strict);
}

#[test]
fn stored_bytes_that_are_no_report_are_refused() {
    let sanitizer = Sanitizer::new();
    let good = json(&sanitizer.report(&app(), event(), Privacy::Standard));
    let newer = good.replace(r#""schema":1"#, r#""schema":99"#);
    let deep = good.replace(
        r#""context":{}"#,
        &format!(r#""context":{{"a":{}{}}}"#, "[".repeat(5000), "]".repeat(5000)),
    );
    let long = " ".repeat(limits::STORED_REPORT + 1);
    for (bytes, expected) in [
        (b"".as_slice(), "not in our form"),
        (b"{}", "not in our form"),
        (b"\xff\xfe", "not in our form"),
        (deep.as_bytes(), "not in our form"),
        (&good.as_bytes()[..good.len() / 2], "not in our form"),
        (newer.as_bytes(), "schema 99"),
        (long.as_bytes(), "bytes where at most"),
    ] {
        let error = sanitizer.restore(bytes, None, Privacy::Standard).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn long_stacks_and_chains_are_cut_and_say_so() {
    let sanitizer = Sanitizer::new();
    let mut event = event();
    let mut first = error("tool::Outer", "x");
    first.frames = (0..300).map(|i| frame(&format!("tool::f{i}"), "/x/src/a.rs")).collect();
    event.exceptions = vec![first];
    event.exceptions.extend((0..40).map(|_| error("tool::Inner", &"long ".repeat(2000))));
    event.exceptions_cut = 2;
    event.operations = (0..100).map(|i| Cow::Owned(format!("operation {i}"))).collect();
    event.images =
        (0..100).map(|i| RawImage { path: format!("/lib/l{i}.so"), build_id: None, size: 1 }).collect();
    let report = restored(&sanitizer, &sanitizer.report(&app(), event, Privacy::Standard));
    let frames = &report.exceptions()[0].frames;
    assert_eq!(frames.len(), limits::FRAMES);
    assert_eq!(report.exceptions()[0].frames_cut, 172);
    assert_eq!(frames[0].function.as_deref(), Some("tool::f0"));
    assert_eq!(frames[limits::FRAMES - 1].function.as_deref(), Some("tool::f299"));
    assert_eq!(report.exceptions().len(), limits::EXCEPTIONS);
    assert_eq!(report.exceptions_cut(), 27);
    assert_eq!(report.operations().count(), limits::OPERATIONS);
    assert_eq!(report.images().len(), limits::IMAGES);
    let value = report.exceptions()[1].value.as_deref().unwrap();
    assert!(value.len() <= limits::EXCEPTION_VALUE && value.ends_with(" bytes]"), "{value}");
}

#[test]
fn one_bug_has_one_fingerprint_and_two_bugs_have_two() {
    let of = |user: &str, function: &str| {
        let mut known = Known::default();
        known.add(Redaction::User, user);
        known.add(Redaction::Path, &format!("/home/{user}"));
        let sanitizer = Sanitizer::builder().known(known).build();
        let mut event = event();
        let mut error =
            error("tool::FetchError", &format!("cannot read /home/{user}/x and {user}@example.com"));
        error.frames = vec![
            frame(
                &format!("tool::{function}::h0123456789abcdef"),
                &format!("/home/{user}/tool/src/fetch.rs"),
            ),
            frame("tool::main", &format!("/home/{user}/tool/src/main.rs")),
        ];
        event.exceptions = vec![error];
        restored(&sanitizer, &sanitizer.report(&app(), event, Privacy::Standard)).fingerprint()
    };
    assert_eq!(of("ada", "fetch"), of("grace", "fetch"));
    assert_eq!(of("ada", "fetch"), of("tool", "fetch"), "a user who is called like the program");
    assert_ne!(of("ada", "fetch"), of("ada", "parse"));
}

/// The closure of the program was inlined into a library, whose stack is another one on each thread.
#[test]
fn where_no_function_is_the_programs_own_the_place_of_the_capture_tells_bugs_apart() {
    let of = |function: &str, file: &str, address, line| {
        let mut event = event();
        let mut error = error("tool::ReadError", "no page");
        error.frames = vec![RawFrame { address: Some(address), ..frame(function, file) }];
        error.captured_at = Some(("/home/ada/tool/src/walk.rs".into(), line, 9));
        event.exceptions = vec![error];
        restored(&Sanitizer::new(), &reported(event))
    };
    let inlined = |address, line| of("rayon_core::join::call", RAYON, address, line);
    let report = inlined(0x10, 20);
    let place = report.exceptions()[0].captured_at().map(|at| (at.file(), at.line(), at.column()));
    assert_eq!(place, Some(("src/walk.rs", 20, 9)));
    assert_eq!(report.place(), report.exceptions()[0].captured_at());
    assert!(!json(&report).contains("/home"));
    assert_eq!(report.fingerprint(), inlined(0x20, 20).fingerprint());
    assert_ne!(report.fingerprint(), inlined(0x10, 21).fingerprint());

    let own = |line| of("tool::walk", "/home/ada/tool/src/walk.rs", 0x10, line).fingerprint();
    assert_eq!(own(20), own(21), "a line moves with every edit above it");
    let mut without = event();
    without.exceptions = vec![error("tool::ReadError", "no page")];
    without.exceptions[0].frames = vec![frame("tool::walk", "/home/ada/tool/src/walk.rs")];
    assert_eq!(own(20), reported(without).fingerprint(), "as it was before places were taken");
}

const RAYON: &str = "/home/ada/.cargo/registry/src/index.crates.io-1/rayon-core-1.13.0/src/join/mod.rs";

fn reported(event: Event) -> Report {
    Sanitizer::new().report(&app(), event, Privacy::Standard)
}

#[test]
fn hostile_contexts_come_back_as_they_left() {
    let sanitizer = Sanitizer::new();
    let mut event = event();
    let mut context = context! {
        "control" => "a\0b\u{1b}[2J\u{7f}\u{202e}", "float" => 0.1 + 0.2, "tiny" => f64::MIN_POSITIVE, "max" => u64::MAX,
        "min" => i64::MIN, "nan" => f64::NAN, "third" => 1.0 / 3.0, "whole" => 3.0,
    };
    for i in 0..200 {
        context.insert(format!("user{i}@example.com"), vec![Value::from("x".repeat(999)); 99]);
    }
    event.context = context;
    let report = restored(&sanitizer, &sanitizer.report(&app(), event, Privacy::Standard));
    assert!(!json(&report).contains("example"));
}

#[test]
fn an_operation_whose_name_was_computed_is_none_at_the_strict_level() {
    let names = |privacy| {
        let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::default(), Level::Error);
        event.operations = vec!["crawl".into(), "for the lovelace account".to_owned().into()];
        let report = Sanitizer::new().report(&App::new("tool", "1.0"), event, privacy);
        report.operations().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(Privacy::Strict), ["crawl", "[redacted]"]);
    assert_eq!(names(Privacy::Standard), ["crawl", "for the lovelace account"]);
}
