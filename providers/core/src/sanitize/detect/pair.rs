//! `key=value`, `key: value` and `key "value"` with a key that says what its value is: in prose, JSON, YAML,
//! query strings, environment dumps and what `Debug` writes.

use super::hay::{Hay, is_ident, is_name, is_quote, is_space, is_word};
use super::url::is_pause;
use super::value::{balanced, block, in_quotes, open_end, opened, says_nothing};
use super::{Redaction, Span, echo, header, named, placeholder, url};
use crate::sanitize::words::{Class, Words};

/// The longest key that is looked for.
const KEY: usize = 64;

/// Words with which a sentence goes on behind `token: `, and what says that there is no value.
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
pub(super) fn is_plain(hay: Hay<'_>, at: usize, floor: usize, words: &Words) -> bool {
    let from = floor.max(at.saturating_sub(KEY));
    let mut end = at;
    loop {
        let letters = hay.back(end, from, |b| b.is_ascii_lowercase());
        let start = if letters < end { letters } else { hay.back(end, from, |b| b.is_ascii_digit()) };
        let word = if letters < end { hay.slice(letters, end) } else { b"0" };
        if start == end || !words.is_plain_word(word) {
            return false;
        }
        let edge = hay.before(start);
        if start == floor || !is_name(edge) {
            return edge < 0x80;
        }
        // `2026-11-20T12`
        let time = edge == b'T' && letters == end && hay.before(start - 1).is_ascii_digit();
        end = if time { start - 1 } else { hay.back(start, from, |b| matches!(b, b'.' | b'_' | b'-')) };
    }
}

/// The value behind the `:` or `=` at `at`.
pub(super) fn find(hay: Hay<'_>, at: usize, floor: usize, words: &Words) -> Option<Span> {
    let colon = hay.at(at) == b':';
    // `a::b`, `a == b`, `a <= b`: no pair.
    if (colon && (hay.at(at + 1) == b':' || hay.before(at) == b':'))
        || (!colon && (hay.at(at + 1) == b'=' || matches!(hay.before(at), b'=' | b'!' | b'<' | b'>')))
    {
        return None;
    }
    let (key_start, key_end) = key(hay, at, floor)?;
    let name = hay.slice(key_start, key_end);
    // `a => b`, `a := b`
    let sign = if colon && hay.at(at + 1) == b'=' { at + 2 } else { at + 1 };
    let start = hay.ahead_at_most(sign, 8, |b| matches!(b, b' ' | b'>' | b'\t'));
    let kind = match kind(hay, name, key_start, floor, words) {
        None if !Words::may_tell_beside(name) => return None,
        None => sibling(hay, name, key_start, start, words),
        kind => kind,
    };
    let Some(kind) = kind else { return without_kind(hay, name, key_start, start) };
    if is_parsers(hay, name, key_start) || is_number_of(hay, name, start) {
        return None;
    }
    // A line of its own: YAML and headers take all of it. So does a phrase of words.
    let phrase = name.eq_ignore_ascii_case(b"phrase") || name.eq_ignore_ascii_case(b"mnemonic");
    let whole_line = colon && (phrase || is_line_start(hay, key_start, floor));
    value(hay, start, kind, colon && start > at + 1, whole_line)
}

/// `{"name": "password", "value": "…"}`: the kind of the value by the field beside it.
fn sibling(hay: Hay<'_>, key: &[u8], key_start: usize, start: usize, words: &Words) -> Option<Redaction> {
    if named::is_of_person(key) {
        // `struct User { name: String }` is a type, a text in quotes is somebody's.
        let text = in_quotes(hay, opened(hay, start)).is_some();
        return (text && named::is_in_person(hay, key_start)).then_some(Redaction::Redacted);
    }
    // "called `Result::unwrap()` on an `Err` value: …" names no field.
    if !named::is_value(key) || hay.ends_any_case(key_start, b"` ") {
        return None;
    }
    match named::class(hay, key_start, start, words) {
        Class::Sensitive => Some(Redaction::Secret),
        Class::Personal => Some(Redaction::Redacted),
        Class::Plain | Class::Content(_) => None,
    }
}

/// What goes behind a key that says neither secret nor person: a row that a database repeats, a text in quotes
/// behind `prompt` or `body`. One word in quotes is a kind or a state.
fn without_kind(hay: Hay<'_>, name: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if name.eq_ignore_ascii_case(b"detail") {
        return echo::failing_row(hay, start);
    }
    if name == b"key" && hay.ends_any_case(key_start, b"dup ") {
        return echo::document(hay, start);
    }
    if !Words::is_echoing(name) {
        return None;
    }
    let (start, end) = in_quotes(hay, opened(hay, start))?;
    let text = hay.slice(start, end);
    let done = placeholder::ends_at(hay, start).is_some();
    (text.contains(&b' ') && !done).then_some(Span { start, end, kind: Redaction::Content })
}

/// `max_tokens: 512` counts them, and `UserService.java:42` is a line of a file.
fn is_number_of(hay: Hay<'_>, name: &[u8], start: usize) -> bool {
    let end = hay.ahead_at_most(start, 20, |b| b.is_ascii_digit());
    let file = name.rsplit(|b| *b == b'.').next().filter(|last| last.len() < name.len());
    let counted = name.ends_with(b"s") || name.ends_with(b"S") || file.is_some_and(url::is_file);
    end > start && counted && (is_pause(hay.at(end)) || hay.at(end) == 0)
}

/// The value in the quotes that open at `at`, behind a word: `password "hunter2"`.
pub(super) fn quoted(hay: Hay<'_>, at: usize, floor: usize, words: &Words) -> Option<Span> {
    let open = hay.back(at, at.saturating_sub(7), |b| b == b'\\');
    // `用户"…"`, and `["--password","…"]`.
    let mut key_end = match hay.before(open) {
        b' ' => open - 1,
        b',' | 0x80.. => open,
        _ => return None,
    };
    // `("cookie", "…")`: a comma between two quotes.
    let listed = hay.before(key_end) == b',' && is_quote(hay.before(key_end - 1));
    if listed {
        key_end = hay.back(key_end - 2, (key_end - 2).saturating_sub(7), |b| b == b'\\');
    }
    let key_start =
        hay.back(key_end, floor.max(key_end.saturating_sub(KEY)), |b| is_word(b) || is_ident(b) || b == b'-');
    // `'role': 'user', 'content': …`: what follows is the next key.
    // `fill("#password", "…")`
    let edge = if hay.before(key_start) == b'#' { key_start - 1 } else { key_start };
    if listed && (!is_quote(hay.before(edge)) || hay.at(at + 1) == b'-' || is_key(hay, open)) {
        return None;
    }
    let name = hay.slice(key_start, key_end);
    // `SECRET_KEY was "…"`
    if !listed && (name == b"is" || name == b"was") && hay.before(key_start) == b' ' {
        let start =
            hay.back(key_start - 1, floor.max(key_start.saturating_sub(KEY)), |b| is_name(b) || b >= 0x80);
        let secret = words.secret(hay.slice(start, key_start - 1)) == Class::Sensitive;
        return if secret { value(hay, open, Redaction::Secret, false, false) } else { None };
    }
    // Most quotes stand behind a word of a sentence.
    if name.iter().all(u8::is_ascii_lowercase) && words.is_plain_word(name) {
        return None;
    }
    // Words of a sentence before what it quotes: a parser's `unexpected token "<"`, `pass "x"`, `the session 'a'`.
    let prose =
        [&b"token"[..], b"tokens", b"pass", b"session", b"sessions", b"cookie", b"cookies", b"auth", b"host"];
    if name.is_empty() || (!listed && prose.iter().any(|word| word.eq_ignore_ascii_case(name))) {
        return None;
    }
    let kind = kind(hay, name, key_start, floor, words)?;
    value(hay, open, kind, false, false)
}

/// Does a colon follow the quotes that open at `open`?
fn is_key(hay: Hay<'_>, open: usize) -> bool {
    in_quotes(hay, open).is_some_and(|(_, close)| {
        let next = hay.ahead_at_most(close, 8, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        matches!(hay.at(next), b':' | b'=')
    })
}

/// `unexpected token: …` is what a parser says, and its token no secret.
fn is_parsers(hay: Hay<'_>, name: &[u8], start: usize) -> bool {
    (name.eq_ignore_ascii_case(b"token") || name.eq_ignore_ascii_case(b"tokens"))
        && [&b"expected "[..], b"unexpected ", b"illegal ", b"next ", b"unknown "]
            .iter()
            .any(|word| hay.ends_any_case(start, word))
}

fn kind(hay: Hay<'_>, name: &[u8], start: usize, floor: usize, words: &Words) -> Option<Redaction> {
    if let Some(kind) = header::kind(name) {
        return Some(kind);
    }
    let class = match words.secret(name) {
        // `API key: …`: the word before belongs to the key.
        Class::Plain
            if [&b"key"[..], b"name", b"provided", b"phrase"]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(name)) =>
        {
            let before = hay.back(start, start.saturating_sub(1), |b| b == b' ');
            let mut from = hay.back(before, floor.max(before.saturating_sub(24)), is_ident);
            // `API key provided: …`
            if name.eq_ignore_ascii_case(b"provided") {
                let gap = hay.back(from, from.saturating_sub(1), |b| b == b' ');
                from = hay.back(gap, floor.max(gap.saturating_sub(24)), is_ident);
            }
            words.secret(hay.slice(from, start + name.len()))
        }
        class @ (Class::Plain | Class::Sensitive | Class::Personal | Class::Content(_)) => class,
    };
    match class {
        Class::Sensitive => Some(Redaction::Secret),
        Class::Personal => Some(Redaction::Redacted),
        Class::Plain | Class::Content(_) => None,
    }
}

/// The key that ends before the sign at `at`, without quotes, brackets and spaces around it.
fn key(hay: Hay<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    let from = floor.max(at.saturating_sub(KEY + 8));
    if is_ident(hay.before(at)) {
        return Some((hay.back(at, from, |b| is_name(b) || b >= 0x80), at));
    }
    let end = hay.back(at, from.max(at.saturating_sub(3)), |b| b == b' ');
    // `headers["x"] =`; the bracket of a placeholder closes no key.
    let end = if hay.before(end) == b']' && is_quote(hay.before(end - 1)) { end - 1 } else { end };
    let end = hay.back(end, from.max(end.saturating_sub(4)), |b| is_quote(b) || b == b'\\');
    let start = hay.back(end, from, |b| is_name(b) || b >= 0x80);
    (start < end).then_some((start, end))
}

fn is_line_start(hay: Hay<'_>, start: usize, floor: usize) -> bool {
    let line = hay.back(start, floor.max(start.saturating_sub(32)), |b| matches!(b, b' ' | b'\t' | b'-'));
    matches!(hay.before(line), 0 | b'\n' | b'\r') && !is_quote(hay.at(start))
}

fn value(hay: Hay<'_>, start: usize, kind: Redaction, prose: bool, whole_line: bool) -> Option<Span> {
    let start = opened(hay, start);
    if placeholder::ends_at(hay, start).is_some_and(|end| is_pause(hay.at(end)) || hay.at(end) == b'\\') {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let start = if headers && hay.at(start) == b'[' { start + 1 } else { start };
    let (start, end) = if let Some(block) = block(hay, start) {
        block
    } else if let Some((start, end)) = in_quotes(hay, start) {
        (start, end)
    } else if matches!(kind, Redaction::Authorization | Redaction::Cookie) {
        (start, header::end(hay, start, kind))
    } else if matches!(hay.at(start), b'{' | b'[' | b'(') {
        (start, balanced(hay, start))
    } else {
        // `date(1815, 12, 10)` ends with its bracket.
        let end = match hay.before(start) {
            b'(' => hay.ahead_at_most(start, 64, |b| !matches!(b, b')' | b'(' | b'{' | b'"' | b'\n' | b'[')),
            _ => start,
        };
        let end = if end > start && hay.at(end) == b')' { end } else { open_end(hay, start) };
        // `token = Bearer …`
        let scheme = [&b"bearer"[..], b"basic", b"token", b"digest", b"negotiate"];
        let names =
            is_word(hay.at(end + 1)) && scheme.iter().any(|s| s.eq_ignore_ascii_case(hay.slice(start, end)));
        let end = if names { header::end(hay, start, Redaction::Authorization) } else { end };
        // `Session { id: … }` and `Secret("…")` hold more than their name.
        let inner = hay.ahead_at_most(end, 1, |b| b == b' ');
        if end > start && hay.at(inner) == b'{' { (start, balanced(hay, inner)) } else { (start, end) }
    };
    let span = Span { start, end, kind };
    let inside = placeholder::ends_at(hay, start).is_some_and(|behind| behind >= end);
    if start >= end || inside || says_nothing(hay.slice(start, end)) {
        return None;
    }
    let word_end = hay.back(end, start, |b| matches!(b, b'.' | b':' | b'!' | b'?'));
    let word = hay.slice(start, word_end);
    // `invalid token: 7` is a position or a count.
    if prose && word.len() <= 3 && word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if (prose || word_end == end) && PROSE.iter().any(|p| p.eq_ignore_ascii_case(word)) {
        return None;
    }
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let bracketed = matches!(hay.before(end), b'}' | b']' | b')');
    if whole_line && !headers && !bracketed && !is_quote(hay.before(start)) {
        let line = hay.ahead(start, |b| b != b'\n' && b != b'\r');
        return Some(Span { start, end: hay.back(line, end.min(line), is_space).max(end), kind });
    }
    Some(span)
}
