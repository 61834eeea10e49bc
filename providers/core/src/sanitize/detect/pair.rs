//! `key=value`, `key: value` and `key "value"` with a key that says what its value is: in prose, JSON, YAML,
//! query strings, environment dumps and what `Debug` writes.

use super::cursor::{Cursor, is_ident, is_name, is_quote, is_space, is_word};
use super::url::is_pause;
use super::value::{balanced, block, in_quotes, open_end, opened, says_nothing};
use super::{Redaction, Span, header, named, placeholder, quoted_input, url};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// The longest key that is looked for.
const KEY: usize = 64;

/// KeyClassifier with which a sentence goes on behind `token: `, and what says that there is no value.
#[rustfmt::skip]
const PROSE: [&[u8]; 61] = [
    b"a", b"an", b"the", b"is", b"was", b"are", b"has", b"had", b"no", b"not", b"none", b"null", b"nil",
    b"undefined", b"missing", b"invalid", b"unexpected", b"expected", b"unknown", b"unrecognized",
    b"unsupported", b"malformed", b"expired", b"empty", b"failed", b"failure", b"failing", b"error",
    b"cannot", b"could", b"can't", b"unable", b"must", b"should", b"too", b"already", b"required",
    b"denied", b"refused", b"rejected", b"revoked", b"wrong", b"incorrect", b"mismatch", b"true", b"false",
    b"some", b"ok", b"in", b"of", b"at", b"for", b"to", b"does", b"did", b"bad", b"permission", b"access",
    b"timed", b"timeout", b"given",
];

/// Does a name or a number stand before the sign at `at` that says nothing of what is behind it? Most do:
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

/// The value behind the `:` or `=` at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let colon = cursor.at(at) == b':';
    // `a::b`, `a == b`, `a <= b`: no pair.
    if (colon && (cursor.at(at + 1) == b':' || cursor.before(at) == b':'))
        || (!colon && (cursor.at(at + 1) == b'=' || matches!(cursor.before(at), b'=' | b'!' | b'<' | b'>')))
    {
        return None;
    }
    let (key_start, key_end) = key(cursor, at, floor)?;
    let name = cursor.slice(key_start, key_end);
    // `a => b`, `a := b`
    let sign = if colon && cursor.at(at + 1) == b'=' { at + 2 } else { at + 1 };
    let start = cursor.ahead_at_most(sign, 8, |b| matches!(b, b' ' | b'>' | b'\t'));
    let kind = match kind(cursor, name, key_start, floor, keys) {
        None if !KeyClassifier::may_classify_beside(name) => return None,
        None => sibling(cursor, name, key_start, start, keys),
        kind => kind,
    };
    let Some(kind) = kind else { return without_kind(cursor, name, key_start, start) };
    if is_parsers(cursor, name, key_start) || is_number_of(cursor, name, start) {
        return None;
    }
    // A line of its own: YAML and headers take all of it. So does a phrase of words.
    let phrase = name.eq_ignore_ascii_case(b"phrase") || name.eq_ignore_ascii_case(b"mnemonic");
    let whole_line = colon && (phrase || is_line_start(cursor, key_start, floor));
    value(cursor, start, kind, colon && start > at + 1, whole_line)
}

/// `{"name": "password", "value": "…"}`: the kind of the value by the field beside it.
fn sibling(
    cursor: Cursor<'_>,
    key: &[u8],
    key_start: usize,
    start: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    if named::is_of_person(key) {
        // `struct User { name: String }` is a type, a text in quotes is data.
        let text = in_quotes(cursor, opened(cursor, start)).is_some();
        return (text && named::is_in_person(cursor, key_start)).then_some(Redaction::Redacted);
    }
    // "called `Result::unwrap()` on an `Err` value: …" names no field.
    if !named::is_value(key) || cursor.ends_any_case(key_start, b"` ") {
        return None;
    }
    match named::class(cursor, key_start, start, keys) {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => None,
    }
}

/// What goes behind a key that says neither secret nor person: a row that a database repeats, a text in quotes
/// behind `prompt` or `body`. One word in quotes is a kind or a state.
fn without_kind(cursor: Cursor<'_>, name: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if name.eq_ignore_ascii_case(b"detail") {
        return quoted_input::failing_row(cursor, start);
    }
    if name == b"key" && cursor.ends_any_case(key_start, b"dup ") {
        return quoted_input::document(cursor, start);
    }
    if !KeyClassifier::is_echoing(name) {
        return None;
    }
    let (start, end) = in_quotes(cursor, opened(cursor, start))?;
    let text = cursor.slice(start, end);
    let done = placeholder::ends_at(cursor, start).is_some();
    (text.contains(&b' ') && !done).then_some(Span { start, end, kind: Redaction::Content })
}

/// `max_tokens: 512` counts them, and `UserService.java:42` is a line of a file.
fn is_number_of(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    let end = cursor.ahead_at_most(start, 20, |b| b.is_ascii_digit());
    let file = name.rsplit(|b| *b == b'.').next().filter(|last| last.len() < name.len());
    let counted = name.ends_with(b"s") || name.ends_with(b"S") || file.is_some_and(url::is_file);
    end > start && counted && (is_pause(cursor.at(end)) || cursor.at(end) == 0)
}

/// The value in the quotes that open at `at`, behind a word: `password "hunter2"`.
pub(super) fn quoted(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let open = cursor.back(at, at.saturating_sub(7), |b| b == b'\\');
    // `用户"…"`, and `["--password","…"]`.
    let mut key_end = match cursor.before(open) {
        b' ' => open - 1,
        b',' | 0x80.. => open,
        _ => return None,
    };
    // `("cookie", "…")`: a comma between two quotes.
    let listed = cursor.before(key_end) == b',' && is_quote(cursor.before(key_end - 1));
    if listed {
        key_end = cursor.back(key_end - 2, (key_end - 2).saturating_sub(7), |b| b == b'\\');
    }
    let key_start = cursor
        .back(key_end, floor.max(key_end.saturating_sub(KEY)), |b| is_word(b) || is_ident(b) || b == b'-');
    // `'role': 'user', 'content': …`: what follows is the next key.
    // `fill("#password", "…")`
    let edge = if cursor.before(key_start) == b'#' { key_start - 1 } else { key_start };
    if listed && (!is_quote(cursor.before(edge)) || cursor.at(at + 1) == b'-' || is_key(cursor, open)) {
        return None;
    }
    let name = cursor.slice(key_start, key_end);
    // `SECRET_KEY was "…"`
    if !listed && (name == b"is" || name == b"was") && cursor.before(key_start) == b' ' {
        let start =
            cursor.back(key_start - 1, floor.max(key_start.saturating_sub(KEY)), |b| is_name(b) || b >= 0x80);
        let secret = keys.class_in_text(cursor.slice(start, key_start - 1)) == KeyClass::Sensitive;
        return if secret { value(cursor, open, Redaction::Secret, false, false) } else { None };
    }
    // Most quotes stand behind a word of a sentence.
    if name.iter().all(u8::is_ascii_lowercase) && keys.is_plain_word(name) {
        return None;
    }
    // KeyClassifier of a sentence before what it quotes: a parser's `unexpected token "<"`, `pass "x"`, `the session 'a'`.
    let prose =
        [&b"token"[..], b"tokens", b"pass", b"session", b"sessions", b"cookie", b"cookies", b"auth", b"host"];
    if name.is_empty() || (!listed && prose.iter().any(|word| word.eq_ignore_ascii_case(name))) {
        return None;
    }
    let kind = kind(cursor, name, key_start, floor, keys)?;
    value(cursor, open, kind, false, false)
}

/// Does a colon follow the quotes that open at `open`?
fn is_key(cursor: Cursor<'_>, open: usize) -> bool {
    in_quotes(cursor, open).is_some_and(|(_, close)| {
        let next = cursor.ahead_at_most(close, 8, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        matches!(cursor.at(next), b':' | b'=')
    })
}

/// `unexpected token: …` is what a parser says, and its token no secret.
fn is_parsers(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    (name.eq_ignore_ascii_case(b"token") || name.eq_ignore_ascii_case(b"tokens"))
        && [&b"expected "[..], b"unexpected ", b"illegal ", b"next ", b"unknown "]
            .iter()
            .any(|word| cursor.ends_any_case(start, word))
}

fn kind(
    cursor: Cursor<'_>,
    name: &[u8],
    start: usize,
    floor: usize,
    keys: &KeyClassifier,
) -> Option<Redaction> {
    if let Some(kind) = header::kind(name) {
        return Some(kind);
    }
    let class = match keys.class_in_text(name) {
        // `API key: …`: the word before belongs to the key.
        KeyClass::Plain
            if [&b"key"[..], b"name", b"provided", b"phrase"]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(name)) =>
        {
            let before = cursor.back(start, start.saturating_sub(1), |b| b == b' ');
            let mut from = cursor.back(before, floor.max(before.saturating_sub(24)), is_ident);
            // `API key provided: …`
            if name.eq_ignore_ascii_case(b"provided") {
                let gap = cursor.back(from, from.saturating_sub(1), |b| b == b' ');
                from = cursor.back(gap, floor.max(gap.saturating_sub(24)), is_ident);
            }
            keys.class_in_text(cursor.slice(from, start + name.len()))
        }
        class @ (KeyClass::Plain | KeyClass::Sensitive | KeyClass::Personal | KeyClass::Content(_)) => class,
    };
    match class {
        KeyClass::Sensitive => Some(Redaction::Secret),
        KeyClass::Personal => Some(Redaction::Redacted),
        KeyClass::Plain | KeyClass::Content(_) => None,
    }
}

/// The key that ends before the sign at `at`, without quotes, brackets and spaces around it.
fn key(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    let from = floor.max(at.saturating_sub(KEY + 8));
    if is_ident(cursor.before(at)) {
        return Some((cursor.back(at, from, |b| is_name(b) || b >= 0x80), at));
    }
    let end = cursor.back(at, from.max(at.saturating_sub(3)), |b| b == b' ');
    // `headers["x"] =`; the bracket of a placeholder closes no key.
    let end = if cursor.before(end) == b']' && is_quote(cursor.before(end - 1)) { end - 1 } else { end };
    let end = cursor.back(end, from.max(end.saturating_sub(4)), |b| is_quote(b) || b == b'\\');
    let start = cursor.back(end, from, |b| is_name(b) || b >= 0x80);
    (start < end).then_some((start, end))
}

fn is_line_start(cursor: Cursor<'_>, start: usize, floor: usize) -> bool {
    let line = cursor.back(start, floor.max(start.saturating_sub(32)), |b| matches!(b, b' ' | b'\t' | b'-'));
    matches!(cursor.before(line), 0 | b'\n' | b'\r') && !is_quote(cursor.at(start))
}

fn value(cursor: Cursor<'_>, start: usize, kind: Redaction, prose: bool, whole_line: bool) -> Option<Span> {
    let start = opened(cursor, start);
    if placeholder::ends_at(cursor, start)
        .is_some_and(|end| is_pause(cursor.at(end)) || cursor.at(end) == b'\\')
    {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let start = if headers && cursor.at(start) == b'[' { start + 1 } else { start };
    let (start, end) = if let Some(block) = block(cursor, start) {
        block
    } else if let Some((start, end)) = in_quotes(cursor, start) {
        (start, end)
    } else if matches!(kind, Redaction::Authorization | Redaction::Cookie) {
        (start, header::end(cursor, start, kind))
    } else if matches!(cursor.at(start), b'{' | b'[' | b'(') {
        (start, balanced(cursor, start))
    } else {
        // `date(1815, 12, 10)` ends with its bracket.
        let end = match cursor.before(start) {
            b'(' => {
                cursor.ahead_at_most(start, 64, |b| !matches!(b, b')' | b'(' | b'{' | b'"' | b'\n' | b'['))
            }
            _ => start,
        };
        let end = if end > start && cursor.at(end) == b')' { end } else { open_end(cursor, start) };
        // `token = Bearer …`
        let scheme = [&b"bearer"[..], b"basic", b"token", b"digest", b"negotiate"];
        let names = is_word(cursor.at(end + 1))
            && scheme.iter().any(|s| s.eq_ignore_ascii_case(cursor.slice(start, end)));
        let end = if names { header::end(cursor, start, Redaction::Authorization) } else { end };
        // `Session { id: … }` and `Secret("…")` hold more than their name.
        let inner = cursor.ahead_at_most(end, 1, |b| b == b' ');
        if end > start && cursor.at(inner) == b'{' { (start, balanced(cursor, inner)) } else { (start, end) }
    };
    let span = Span { start, end, kind };
    let inside = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    if start >= end || inside || says_nothing(cursor.slice(start, end)) {
        return None;
    }
    let word_end = cursor.back(end, start, |b| matches!(b, b'.' | b':' | b'!' | b'?'));
    let word = cursor.slice(start, word_end);
    // `invalid token: 7` is a position or a count.
    if prose && word.len() <= 3 && word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if (prose || word_end == end) && PROSE.iter().any(|p| p.eq_ignore_ascii_case(word)) {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let bracketed = matches!(cursor.before(end), b'}' | b']' | b')');
    if whole_line && !headers && !bracketed && !is_quote(cursor.before(start)) {
        let line = cursor.claim(start, |b| b != b'\n' && b != b'\r');
        return Some(Span { start, end: cursor.back(line, end.min(line), is_space).max(end), kind });
    }
    Some(span)
}
