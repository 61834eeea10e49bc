//! The places in which a secret is planted.

use std::fmt::Write;

use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Privacy, RawException, RawFrame, ReportId, Sanitizer, Timestamp, context,
};

/// A place with its cleaning function, whose output must not hold the secret.
pub(crate) struct Position {
    pub(crate) name: &'static str,
    pub(crate) clean: fn(&Sanitizer, &str) -> String,
}

macro_rules! positions {
    ($($name:literal => |$s:ident, $secret:ident| $clean:expr;)+) => {
        pub(crate) const ALL: &[Position] = &[$(Position { name: $name, clean: |$s, $secret| $clean }),+];
    };
}

positions! {
    "alone" => |s, secret| text(s, secret);
    "in a sentence" => |s, secret| text(s, &format!("cannot process {secret} right now"));
    "at the end of a sentence" => |s, secret| text(s, &format!("the call failed for {secret}."));
    "in double quotes" => |s, secret| text(s, &format!("failed to handle \"{secret}\" here"));
    "in single quotes" => |s, secret| text(s, &format!("failed to handle '{secret}' here"));
    "in backquotes" => |s, secret| text(s, &format!("failed to handle `{secret}` here"));
    "in brackets" => |s, secret| text(s, &format!("request ({secret}) failed"));
    "behind a colon" => |s, secret| text(s, &format!("worker error: {secret}"));
    "in Debug" => |s, secret| text(s, &format!("Config {{ value: {secret:?}, retries: 3 }}"));
    "in Debug of Some" => |s, secret| text(s, &format!("Err(Custom {{ kind: Other, error: Some({secret:?}) }})"));
    "in JSON" => |s, secret| text(s, &json(secret));
    "in JSON in JSON" => |s, secret| text(s, &json(&json(secret)));
    "on a line of its own" => |s, secret| text(s, &format!("first line\n    {secret}\nlast line"));
    "split by a line break" => |s, secret| text(s, &split(secret, "\n"));
    "with an invisible character" => |s, secret| text(s, &split(secret, "\u{200b}"));
    "with a colour inside" => |s, secret| text(s, &split(secret, "\u{1b}[1;31m"));
    "percent-encoded" => |s, secret| text(s, &format!("got {} back", percent(secret)));
    "escaped as \\u" => |s, secret| text(s, &format!("got {} back", escaped(secret)));
    "in a URL" => |s, secret| text(s, &format!("GET https://api.example.com/v1/{} failed", percent(secret)));
    "as a key" => |s, secret| map(s, context! { secret => 1 });
    "as a value" => |s, secret| map(s, context! { "why" => secret });
    "deep in a map" => |s, secret| map(s, context! { "a" => context! { "b" => vec![context! { "c" => secret }] } });
    "in a thread name" => |s, secret| report(s, secret, ReportField::Thread);
    "as a type name" => |s, secret| report(s, secret, ReportField::Type);
    "in the third link" => |s, secret| report(s, secret, ReportField::Link);
    "as an operation" => |s, secret| report(s, secret, ReportField::Operation);
    "in a frame" => |s, secret| report(s, secret, ReportField::Frame);
}

fn text(s: &Sanitizer, raw: &str) -> String {
    s.text(raw).to_string()
}

fn json(secret: &str) -> String {
    serde_json::to_string(&serde_json::json!({ "message": format!("bad value {secret}"), "n": 1 })).unwrap()
}

/// Splits a secret in its middle, so that each half is long enough to be a leak.
fn split(secret: &str, with: &str) -> String {
    let mut middle = secret.len() / 2;
    // Moves to the edge of a character.
    while !secret.is_char_boundary(middle) {
        middle += 1;
    }
    let (a, b) = secret.split_at(middle);
    format!("got {a}{with}{b} back")
}

fn percent(secret: &str) -> String {
    secret.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// Escapes every third character, so that no stretch is left that a pattern could match.
fn escaped(secret: &str) -> String {
    secret.chars().enumerate().fold(String::new(), |mut out, (i, c)| {
        if i % 3 == 0 && c.is_ascii() {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
        out
    })
}

fn map(s: &Sanitizer, raw: crawl4ai_telemetry_core::Context) -> String {
    serde_json::to_string(&s.context(raw, Privacy::Standard)).unwrap()
}

enum ReportField {
    Thread,
    Type,
    Link,
    Operation,
    Frame,
}

fn report(s: &Sanitizer, secret: &str, place: ReportField) -> String {
    let mut event = Event::new(ReportId::from_bytes([1; 16]), Timestamp::default(), Level::Error);
    let text = || secret.to_owned();
    event.exceptions = vec![RawException::new(Kind::Error, "tool::Error"); 3];
    match place {
        ReportField::Thread => event.thread = Some(text()),
        ReportField::Operation => event.operations = vec![text().into()],
        ReportField::Type => event.exceptions[1].type_name = text().into(),
        ReportField::Link => event.exceptions[2].message = Some(text()),
        ReportField::Frame => {
            let frame = RawFrame { function: Some(text()), file: Some(text()), ..RawFrame::default() };
            event.exceptions[0].frames = vec![frame];
            event.exceptions[0].captured_at = Some((text().into(), 1, 1));
        }
    }
    let report = s.report(&App::new("tool", "1.0.0"), event, Privacy::Standard);
    let mut json = serde_json::to_value(&report).unwrap();
    // The fingerprint is removed, because digits of a hash may equal a secret's by chance.
    json.as_object_mut().unwrap().remove("fingerprint");
    json.to_string()
}
