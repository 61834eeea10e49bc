//! `key=value`, `key: value` and `key "value"` with a key that says what its value is: in prose, JSON, YAML,
//! query strings, environment dumps and what `Debug` writes.

use super::hay::{Hay, is_ident, is_name, is_quote, is_space, is_word};
use super::url::is_pause;
use super::{Redaction, Span, header, path, placeholder, url};
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

/// Does a word or a number stand before the sign at `at` that says nothing of what is behind it? Most do:
/// `worker failed:`, `12:00:00`.
#[inline]
pub(super) fn is_plain(hay: Hay<'_>, at: usize, floor: usize, words: &Words) -> bool {
    let from = floor.max(at.saturating_sub(KEY));
    let whole = |start: usize| start < at && (start == floor || !is_name(hay.before(start)));
    let word = hay.back(at, from, |b| b.is_ascii_lowercase());
    if word < at {
        return whole(word) && words.is_plain_word(hay.slice(word, at));
    }
    let number = hay.back(at, from, |b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'T'));
    whole(number) && words.is_plain_word(b"0")
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
    let kind = kind(hay, name, key_start, floor, words)?;
    if is_parsers(hay, name, key_start) {
        return None;
    }
    let start = hay.ahead_at_most(at + 1, 8, |b| matches!(b, b' ' | b'>' | b'\t'));
    // A line of its own: YAML and headers take all of it.
    let whole_line = colon && is_line_start(hay, key_start, floor);
    value(hay, start, kind, colon && start > at + 1, whole_line)
}

/// The value in the quotes that open at `at`, behind a word: `password "hunter2"`.
pub(super) fn quoted(hay: Hay<'_>, at: usize, floor: usize, words: &Words) -> Option<Span> {
    let open = hay.back(at, at.saturating_sub(7), |b| b == b'\\');
    if hay.before(open) != b' ' {
        return None;
    }
    let mut key_end = open - 1;
    // `("cookie", "…")`: a comma between two quotes.
    let listed = hay.before(key_end) == b',' && is_quote(hay.before(key_end - 1));
    if listed {
        key_end = hay.back(key_end - 2, (key_end - 2).saturating_sub(7), |b| b == b'\\');
    }
    let key_start = hay.back(key_end, floor.max(key_end.saturating_sub(KEY)), |b| is_ident(b) || b == b'-');
    if listed && !is_quote(hay.before(key_start)) {
        return None;
    }
    let name = hay.slice(key_start, key_end);
    // Words of a sentence before what it quotes: a parser's `unexpected token "<"`, `pass "x"`, `the session 'a'`.
    let prose =
        [&b"token"[..], b"tokens", b"pass", b"session", b"sessions", b"cookie", b"cookies", b"auth", b"host"];
    if name.is_empty() || (!listed && prose.iter().any(|word| word.eq_ignore_ascii_case(name))) {
        return None;
    }
    let kind = kind(hay, name, key_start, floor, words)?;
    value(hay, open, kind, false, false)
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
        Class::Plain if name.eq_ignore_ascii_case(b"key") || name.eq_ignore_ascii_case(b"name") => {
            let before = hay.back(start, start.saturating_sub(1), |b| b == b' ');
            let from = hay.back(before, floor.max(before.saturating_sub(24)), is_ident);
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
        return Some((hay.back(at, from, is_name), at));
    }
    let end = hay.back(at, from.max(at.saturating_sub(3)), |b| b == b' ');
    // `headers["x"] =`; the bracket of a placeholder closes no key.
    let end = if hay.before(end) == b']' && is_quote(hay.before(end - 1)) { end - 1 } else { end };
    let end = hay.back(end, from.max(end.saturating_sub(4)), |b| is_quote(b) || b == b'\\');
    let start = hay.back(end, from, is_name);
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
    let (start, end) = if let Some((start, end)) = in_quotes(hay, start) {
        (start, end)
    } else if matches!(kind, Redaction::Authorization | Redaction::Cookie) {
        (start, header::end(hay, start, kind))
    } else if matches!(hay.at(start), b'{' | b'[' | b'(') {
        (start, balanced(hay, start))
    } else {
        let end = open_end(hay, start);
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
        return Some(Span { start, end: hay.back(line, end.min(line), is_space).max(end.min(line)), kind });
    }
    Some(span)
}

/// The end of a value without quotes: where a list, a sentence or an escape goes on.
fn open_end(hay: Hay<'_>, start: usize) -> usize {
    // The path of a drive stops nowhere but at its own end.
    if hay.at(start + 1) == b':'
        && let Some(path) = path::windows(hay, start + 1)
    {
        return path.end;
    }
    let mut end = start;
    loop {
        end = hay.ahead(end, |b| !(is_pause(b) || matches!(b, b'&' | b'\\')));
        if hay.at(end) != b'\\' || hay.is_escape(end) {
            break;
        }
        end += 1;
    }
    // A URL knows its own end.
    let url = hay.slice(start, end).windows(3).any(|w| w == b"://");
    if url { url::end(hay, end, hay.before(start)).max(end) } else { end }
}

/// Behind what `Debug` puts around a value: `Some(`, `Ok(`, `b`.
fn opened(hay: Hay<'_>, start: usize) -> usize {
    let mut i = start;
    for _ in 0..3 {
        let name = hay.ahead_at_most(i, 24, |b| is_ident(b) || b == b':');
        if hay.at(name) == b'(' && name > i {
            i = name + 1;
        } else if matches!(hay.at(i), b'b' | b'r' | b'f' | b'u') && is_quote(hay.at(i + 1)) {
            i += 1;
        } else {
            break;
        }
    }
    i
}

/// The inside of the quotes at `i`, which may be escaped themselves; an open quote holds the rest of the line.
fn in_quotes(hay: Hay<'_>, i: usize) -> Option<(usize, usize)> {
    let escapes = hay.ahead_at_most(i, 7, |b| b == b'\\');
    let quote = hay.at(escapes);
    if !is_quote(quote) {
        return None;
    }
    let depth = escapes - i;
    let start = escapes + 1;
    let mut end = start;
    loop {
        end = hay.ahead(end, |b| b != quote && b != b'\n');
        if hay.at(end) != quote {
            return Some((start, end));
        }
        let slashes = end - hay.back(end, start.max(end.saturating_sub(16)), |b| b == b'\\');
        if slashes <= depth || slashes == 16 {
            return Some((start, end - slashes.min(depth)));
        }
        end += 1;
    }
}

/// Behind the bracket that closes the one at `i`; the end of the text when none does.
fn balanced(hay: Hay<'_>, i: usize) -> usize {
    let mut depth = 0_usize;
    let mut quote = 0;
    let mut at = i;
    while at < hay.len() {
        let b = hay.at(at);
        match b {
            b'\\' => at += 1,
            _ if quote != 0 => quote = if b == quote { 0 } else { quote },
            b'"' => quote = b,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    hay.len()
}

/// `***`, `<missing>`, `{}`: there is nothing to take out.
fn says_nothing(value: &[u8]) -> bool {
    !value.iter().any(|b| is_word(*b))
}
