use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::own_words::{Block, Edges, Look, OwnWords, Unreadable, Visitor, WordSource};
use crate::sanitize::ProgramWords;
use crate::{
    App, Event, Kind, Level, Loss, Privacy, RawException, RawFrame, RawImage, ReportId, Sanitizer, Timestamp,
    context,
};

/// An event that fills every field of a report.
fn full() -> Event {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(1), Level::Error);
    let frame = |n: usize| RawFrame {
        function: Some(format!("tool::fetch::get{n}")),
        file: Some("/build/tool/src/fetch.rs".to_owned()),
        line: Some(1),
        address: Some(0x10),
        image: Some(0),
        ..RawFrame::default()
    };
    let mut exception = RawException::new(Kind::Panic, "panic");
    exception.message = Some("ada@example.com is not here".to_owned());
    exception.frames = (0..300).map(frame).collect();
    exception.captured_frames = vec![frame(0)];
    exception.location = Some(("src/fetch.rs".into(), 1, 2));
    exception.captured_at = Some(("src/main.rs".into(), 3, 4));
    event.exceptions = vec![exception; 40];
    let (path, build_id) = ("/usr/bin/tool".to_owned(), Some("0123456789abcdef".to_owned()));
    event.images = vec![RawImage { path, build_id, size: 4096 }];
    event.thread = Some("worker".to_owned());
    event.os_version = Some("Debian 12".to_owned());
    event.operations = vec!["crawl".into()];
    event.context = context! { "retries" => 3, "note" => "text" };
    event.email = Some("ada@example.com".to_owned());
    event.losses.add(Loss::RateLimited, 1);
    event
}

/// The words of a program that has one sentence.
struct Sentence;

impl WordSource for Sentence {
    fn name(&self) -> &str {
        "sentence"
    }
    fn bytes(&self) -> u64 {
        Self::WORDS.len() as u64
    }
    fn visit(&self, _: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        let _ = visitor(&Block::new(Self::WORDS.as_bytes(), 0..Self::WORDS.len(), &Edges::default(), 0));
        Ok(())
    }
}

impl Sentence {
    const WORDS: &str = "\0%s is not here\0";
}

/// The paths of all leaves. The attached context and the counts by kind are one field each.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    if ["context", "redactions", "losses"].contains(&path) {
        found.insert(path.to_owned());
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                paths(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{path}[]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn a_report_holds_what_the_list_says_and_nothing_else() {
    let words = || {
        let words = OwnWords::new(vec![Box::new(Sentence)]);
        Ok(ProgramWords { words, build: "0123456789abcdef".to_owned() })
    };
    let sanitizer = Sanitizer::builder().program_words(words).build();
    for privacy in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
        let mut found = BTreeSet::new();
        // The first report is of compiled code, the second of code that a runtime ran.
        for runtime in [None, Some("CPython 3.11.7".to_owned())] {
            let event = Event { runtime, ..full() };
            let report = sanitizer.report(&App::new("tool", "1.0"), event, privacy);
            paths(&serde_json::to_value(&report).unwrap(), "", &mut found);
        }
        let listed: BTreeSet<String> = FIELDS
            .iter()
            .filter(|field| field.strict || privacy != Privacy::Strict)
            .filter(|field| privacy == Privacy::OwnWords || !field.path.starts_with("words."))
            .map(|field| field.path.to_owned())
            .collect();
        assert_eq!(found, listed, "{privacy:?}");
    }
}

#[test]
fn every_field_has_a_meaning_and_a_reason_once() {
    let mut seen = BTreeSet::new();
    for field in FIELDS {
        assert!(seen.insert(field.path), "{field:?}");
        assert!(!field.meaning.is_empty() && !field.reason.is_empty(), "{field:?}");
    }
}

/// A report whose texts there was no time to narrow is narrowed when the same build reads it again. Another build keeps
/// no text.
#[test]
fn what_there_was_no_time_for_is_done_by_its_own_build_only() {
    let of_build = |build: &str| {
        let build = build.to_owned();
        let words = move || {
            let words = OwnWords::new(vec![Box::new(Sentence)]);
            Ok(ProgramWords { words, build: build.clone() })
        };
        Sanitizer::builder().program_words(words).build()
    };
    let app = App::new("tool", "1.0");
    let mut event = full();
    event.exceptions.truncate(1);
    event.email = None;
    event.exceptions[0].message = Some("Ada of ada@example.com is not here".to_owned());
    let own = of_build("0123456789abcdef");
    let now = own.report(&app, event.clone(), Privacy::OwnWords);
    let bytes = own.stored_to_narrow(&app, event.clone()).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("ada@example.com"), "nothing raw is stored");
    let later = own.restore(&bytes, None, Privacy::OwnWords).unwrap();
    assert_eq!(later.exceptions()[0].value(), Some("[text] [email] is not here"));
    assert_eq!(later.exceptions()[0].value(), now.exceptions()[0].value());
    assert_eq!(later.fingerprint(), now.fingerprint(), "in a hurry or not, one bug is one");
    let another = of_build("fedcba9876543210").restore(&bytes, None, Privacy::OwnWords).unwrap();
    assert_eq!(another.exceptions()[0].value(), None);
    assert!(
        Sanitizer::new().stored_to_narrow(&app, event.clone()).is_none(),
        "without words nothing waits for them"
    );

    let now = own.report(&app, event.clone(), Privacy::Standard);
    let bytes = own.stored_to_sign(&app, event).unwrap();
    let later = own.restore(&bytes, None, Privacy::Standard).unwrap();
    assert_eq!(later.exceptions()[0].value(), Some("Ada of [email] is not here"));
    assert_eq!(later.fingerprint(), now.fingerprint(), "in a hurry or not, one bug is one");
    let left = serde_json::to_string(&later).unwrap();
    assert!(!left.contains("signature_due"), "only the disk knows what is due: {left}");
    let another = of_build("fedcba9876543210").restore(&bytes, None, Privacy::Standard).unwrap();
    assert_ne!(another.fingerprint(), now.fingerprint(), "another build's words tell nothing of these texts");
    let narrowed = own.restore(&bytes, None, Privacy::OwnWords).unwrap();
    assert_eq!(
        narrowed.exceptions()[0].value(),
        Some("[text] [email] is not here"),
        "a stricter level holds"
    );
    assert_eq!(narrowed.fingerprint(), now.fingerprint());
    let strict = own.restore(&bytes, None, Privacy::Strict).unwrap();
    assert_eq!(strict.exceptions()[0].value(), None);
}
