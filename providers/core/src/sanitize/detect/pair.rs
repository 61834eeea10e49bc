//! Finds values whose key tells their kind: `key=value`, `key: value` and `key "value"`, in prose, JSON, YAML, query
//! strings, environment dumps and `Debug` output.

use super::assignment::{GAP, KEY, is_blank, is_type, key};
use super::brackets::inside;
use super::cursor::{Cursor, is_ident, is_name, is_quote};
use super::extent::value;
use super::opened::{is_visibility, opened};
use super::prose::{self, says_nothing};
use super::url::is_pause;
use super::value::in_quotes;
use super::{
    Redaction, Span, account, compared, domain, echo, header, login, named, personal, place, placeholder,
    quoted_input, quoted_value, script, statement,
};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Is the text before the sign at `at` a name or a number that says nothing about the text after the sign? Most are:
/// `worker failed:`, `client.rs:`, `12:00:00`.
#[inline]
pub(super) fn is_plain(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> bool {
    let from = floor.max(at.saturating_sub(KEY));
    let mut end = at;
    loop {
        let letters = cursor.back(end, from, |b| b.is_ascii_lowercase());
        let start = if letters < end { letters } else { cursor.back(end, from, |b| b.is_ascii_digit()) };
        let word = if letters < end { cursor.slice(letters, end) } else { b"0" };
        if start == end || !keys.is_plain_word(word) {
            return false;
        }
        let edge = cursor.before(start);
        if start == floor || !is_name(edge) {
            return edge < 0x80;
        }
        // `2026-11-20T12`
        let time = edge == b'T' && letters == end && cursor.before(start - 1).is_ascii_digit();
        end = if time { start - 1 } else { cursor.back(start, from, |b| matches!(b, b'.' | b'_' | b'-')) };
    }
}

/// The value after the `:` or `=` at `at`. In joined lines no value reaches to the end of its line.
pub(super) fn find(
    cursor: Cursor<'_>,
    at: usize,
    floor: usize,
    keys: &KeyClassifier,
    joined: bool,
) -> Option<Span> {
    let colon = cursor.at(at) == b':';
    let (last, next) = (cursor.before(at), cursor.at(at + 1));
    // `a::b` is no pair, and the sign of `a ::= b` comes later.
    if colon && (next == b':' || last == b':' || is_visibility(cursor, at + 1)) {
        return None;
    }
    // In `a == b`, the second sign is the one before the compared value.
    if !colon && next == b'=' {
        return if last == b'=' { None } else { compared::before(cursor, at, floor, keys) };
    }
    let (key_start, key_end) = key(cursor, at, floor)?;
    let name = cursor.slice(key_start, key_end);
    if colon && name.starts_with(b"AH0") {
        return login::apache(cursor, at + 2);
    }
    // `a => b`, `a := b`
    let sign = if colon && next == b'=' { at + 2 } else { at + 1 };
    let start = cursor.ahead_at_most(sign, GAP, |b| is_blank(b) || b == b'>');
    // `a == b`, `a != b` and `a <= b` are comparisons. In a comparison, only a quoted text is a find.
    let comparison = !colon && matches!(last, b'=' | b'!' | b'<' | b'>');
    if comparison && in_quotes(cursor, start).is_none() {
        return None;
    }
    if let Some(span) = echo::converted(cursor, key_start, start) {
        return Some(span);
    }
    // These are places in code: `DEBUG auth::token: refreshing`, `Pool.password()`, `token.rs:12:5`.
    if colon && place::is_place(cursor, name, key_start, at, keys) {
        return None;
    }
    let kind = match kind(cursor, name, key_start, floor, keys) {
        None if !KeyClassifier::may_classify_beside(name)
            && !statement::is_number(cursor, name, key_start) =>
        {
            return if name.len() > 4 { compared::random_key(cursor, name, start) } else { None };
        }
        None => sibling(cursor, name, key_start, start, keys),
        kind => kind,
    };
    let Some(kind) = kind else {
        return without_kind(cursor, name, key_start, start)
            .or_else(|| compared::random_key(cursor, name, start));
    };
    let word_end = cursor.ahead_at_most(start, 24, |b| b.is_ascii_alphanumeric() || b == b'.');
    let is_public = !is_ident(cursor.at(word_end))
        && !matches!(cursor.at(word_end), b'-' | b'/' | b'@')
        && prose::is_public(name, cursor.slice(start, word_end));
    // In Dovecot's `Login: user=<ada>`, the value has a key of its own.
    if colon && name.eq_ignore_ascii_case(b"login") && cursor.has(start, b"user=<") {
        return None;
    }
    if !colon && cursor.at(start) == b'<' && cursor.ends_any_case(key_start, b"login: ") {
        let end = cursor.ahead_at_most(start + 1, 128, |b| b != b'>' && b != b'\n');
        return (end > start + 1 && cursor.at(end) == b'>').then_some(Span { start: start + 1, end, kind });
    }
    if is_parsers(cursor, name, key_start) || is_number_of(cursor, name, start) || is_public {
        return None;
    }
    // In `password: string = …`, the value is after the type.
    if colon
        && is_type(cursor.slice(start, cursor.ahead_at_most(start, 24, is_ident)))
        && compared::declares(cursor, start)
    {
        return None;
    }
    // After a key at the start of a line, as in YAML and headers, the whole line is the value. After `phrase` and
    // `mnemonic` it is too.
    let tail = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let phrase =
        [&b"phrase"[..], b"mnemonic", b"seed_phrase"].iter().any(|key| key.eq_ignore_ascii_case(tail));
    let prose = colon && start > at + 1;
    if prose && !is_quote(cursor.at(start)) && kind != Redaction::Authorization {
        let line = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n' && b != b'\\'));
        // The value of a cookie has an equals sign.
        let header = kind == Redaction::Cookie && line.contains(&b'=');
        if !header && prose::is_sentence(name, line, kind == Redaction::Secret) {
            return None;
        }
    }
    // OpenAI writes `Incorrect API key provided: sk kq7 trombone. You can …`.
    if name.eq_ignore_ascii_case(b"provided") && prose && !is_quote(cursor.at(start)) {
        let end = cursor.ahead_at_most(start, LINE, |b| !is_quote(b) && !matches!(b, b'\n' | b'\\' | b'<'));
        let stop = cursor.find(start, end, b". ").unwrap_or(end);
        let end = cursor.back(stop, start, |b| b == b'.');
        let done = placeholder::ends_at(cursor, start).is_some();
        return (!done && start < end).then_some(Span { start, end, kind });
    }
    // A personal identification number has a digit.
    if name.eq_ignore_ascii_case(b"pin") && !quoted_value::has_digit(cursor, start) {
        return None;
    }
    let is_header = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let whole_line = (!joined || is_header) && colon && (phrase || is_line_start(cursor, key_start, floor));
    // The value of these keys may be a short number.
    let digits = cursor.ahead_at_most(start, 4, |b| b.is_ascii_digit()) - start;
    let short =
        digits >= 3 && [&b"cvv"[..], b"cvc", b"pin", b"otp"].iter().any(|key| key.eq_ignore_ascii_case(name));
    value(cursor, start, kind, prose && !short, whole_line)
}

/// Longest part of a bracketed value that decides whether the value is data, in bytes.
const DECIDES: usize = 512;

/// Longest part of a line that decides whether it is a sentence, in bytes.
const LINE: usize = 160;

/// The kind of the value in `{"name": "password", "value": "…"}`, decided by the field beside it.
fn sibling(
    cursor: Cursor<'_>,
    key: &[u8],
    key_start: usize,
    start: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    if named::is_of_person(key) || matches!(key, b"displayName" | b"display_name") {
        // In `struct User { name: String }` the value is a type; a quoted text is data.
        let text = in_quotes(cursor, opened(cursor, start)).is_some();
        let person = || {
            named::is_in_person(cursor, key_start)
                || (matches!(key, b"name" | b"displayName" | b"display_name")
                    && named::is_beside_person(cursor, key_start))
        };
        return (text && person()).then_some(Redaction::Redacted);
    }
    // Pydantic writes the name of the field in the line above.
    if key == b"input_value" {
        return named::above(cursor, key_start, keys);
    }
    // In "called `Result::unwrap()` on an `Err` value: …", `value` is not a field.
    if !named::is_value(key) || cursor.ends_any_case(key_start, b"` ") {
        return None;
    }
    match named::class(cursor, key_start, start, keys) {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => None,
    }
}

/// The find after a key that names neither a secret nor a person: a row that a database repeats, or a quoted text after
/// `prompt` or `body`. A single quoted word is a kind or a state, so it stays.
fn without_kind(cursor: Cursor<'_>, name: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if name.eq_ignore_ascii_case(b"detail") {
        return quoted_input::failing_row(cursor, start);
    }
    if let Some(span) = account::of_uid(cursor, name, key_start, start) {
        return Some(span);
    }
    if name == b"key" && cursor.ends_any_case(key_start, b"dup ") {
        return quoted_input::document(cursor, start);
    }
    if let Some(span) =
        statement::bound(cursor, name, key_start, start).or_else(|| personal::street(cursor, name, start))
    {
        return Some(span);
    }
    // `document.querySelector("#pw").value = 'Winter84'`
    let typed = name.ends_with(b".value") && name.len() > 6 || name == b".value";
    let model = quoted_input::is_model(name) && cursor.at(start) == b'`';
    if !(KeyClassifier::is_echoing(name) || typed || model) {
        return None;
    }
    let open = opened(cursor, start);
    // Pydantic writes `input_value={…}` and `input_value=['…']`.
    if matches!(cursor.at(open), b'{' | b'[' | b'(') && name.ends_with(b"input_value") {
        // The first bytes decide whether there is a find. Only then the rest is looked at and claimed.
        let head = cursor.slice(open + 1, (open + 1 + DECIDES).min(cursor.len()));
        if !head.iter().any(|b| is_quote(*b) || *b == b' ') {
            return None;
        }
        let (start, end) = inside(cursor, open);
        let text = cursor.slice(start, end);
        let done = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
        let data = text.iter().any(|b| is_quote(*b) || *b == b' ') && !says_nothing(text);
        return (!done && data).then_some(Span { start, end, kind: Redaction::Content });
    }
    let (start, end) = in_quotes(cursor, open)?;
    let text = cursor.slice(start, end);
    let done = placeholder::ends_at(cursor, start).is_some();
    // What Pydantic repeats is no word of the program if it has digits.
    let version = text.len() < 8 && text.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let number = name.ends_with(b"input_value")
        && !version
        && text.len() > 3
        && text.iter().filter(|b| b.is_ascii_digit()).count() > 1;
    let data = text.contains(&b' ') || (typed && !text.is_empty()) || number;
    (data && !done).then_some(Span { start, end, kind: Redaction::Content })
}

/// Is this a count, as in `max_tokens: 512`, or a line of a file, as in `UserService.java:42`?
fn is_number_of(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    let end = cursor.ahead_at_most(start, 20, |b| b.is_ascii_digit());
    let file = name.rsplit(|b| *b == b'.').next().filter(|last| last.len() < name.len());
    let is_secret = [&b"pass"[..], b"passwords", b"credentials", b"creds"].iter().any(|end| {
        name.len().checked_sub(end.len()).is_some_and(|at| name.split_at(at).1.eq_ignore_ascii_case(end))
    });
    // `pass=12 fail=3` counts tests.
    let many = matches!(name.last(), Some(b's' | b'S')) && (!is_secret || end - start < 4);
    let counted = many || file.is_some_and(domain::is_file);
    end > start && counted && (is_pause(cursor.at(end)) || cursor.at(end) == 0)
}

/// Does a parser write this, as in `unexpected token: …`? Such a token is not a secret.
fn is_parsers(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    (name.eq_ignore_ascii_case(b"token") || name.eq_ignore_ascii_case(b"tokens"))
        && [&b"expected "[..], b"unexpected ", b"illegal ", b"next ", b"unknown "]
            .iter()
            .any(|word| cursor.ends_any_case(start, word))
}

pub(super) fn kind(
    cursor: Cursor<'_>,
    name: &[u8],
    start: usize,
    floor: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    let own = script::word_start(cursor, start, start + name.len());
    if let Some(kind) = header::kind(cursor.slice(own, start + name.len())) {
        return Some(kind);
    }
    let class = match keys.class_in_text(name) {
        // In `API key: …`, the word before `key` belongs to the key.
        KeyClass::Plain
            if [&b"key"[..], b"name", b"provided", b"phrase"]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(name)) =>
        {
            let before = cursor.back(start, start.saturating_sub(1), |b| b == b' ');
            let mut from = cursor.back(before, floor.max(before.saturating_sub(24)), is_ident);
            // In `API key provided: …`, the key is before `provided`.
            if name.eq_ignore_ascii_case(b"provided") {
                let gap = cursor.back(from, from.saturating_sub(1), |b| b == b' ');
                from = cursor.back(gap, floor.max(gap.saturating_sub(24)), is_ident);
            }
            keys.class_in_text(cursor.slice(from, start + name.len()))
        }
        KeyClass::Plain if login::is_label(cursor, start + name.len()) => KeyClass::Personal,
        class @ (KeyClass::Plain | KeyClass::Sensitive | KeyClass::Personal | KeyClass::Content(_)) => class,
    };
    match class {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => {
            // A key may follow a word of another script: `номерpassword`.
            let end = start + name.len();
            if own > start && own < end {
                kind(cursor, cursor.slice(own, end), own, floor, keys)
            } else {
                None
            }
        }
    }
}

fn is_line_start(cursor: Cursor<'_>, start: usize, floor: usize) -> bool {
    let line = cursor.back(start, floor.max(start.saturating_sub(32)), |b| matches!(b, b' ' | b'\t' | b'-'));
    matches!(cursor.before(line), 0 | b'\n' | b'\r') && !is_quote(cursor.at(start))
}
