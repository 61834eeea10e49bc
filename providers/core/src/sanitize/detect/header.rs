//! The values of `Authorization`, `Cookie` and similar headers (RFC 9110 section 11, RFC 6265).

use super::cursor::{Cursor, is_ident, is_name, is_quote, is_word};
use super::url::is_pause;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};

/// Schemes of RFC 9110 section 16.4.1 that also occur without the header's name.
const SCHEMES: [&[u8]; 2] = [b"bearer", b"basic"];

/// Longest name of a header or of a cookie in a jar, and most bytes from the start of a cookie to its value.
const NAME: usize = 96;

/// How `http.cookiejar` begins to print a cookie.
const JAR: &[u8] = b"Cookie(version=";

/// The length of `\u0000`.
const UNICODE_ESCAPE: usize = 6;

/// More schemes, of RFC 9110 section 16.4.1 and of common servers. A header may have credentials of several of them.
const OTHERS: [&[u8]; 7] = [b"digest", b"negotiate", b"ntlm", b"dpop", b"hoba", b"mutual", b"token"];

/// The kind of redaction for a header of this name, if its value is a credential.
pub(super) fn kind(name: &[u8]) -> Option<Redaction> {
    let is = |names: &[&[u8]]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if is(&[
        b"authorization",
        b"proxy-authorization",
        b"www-authenticate",
        b"proxy-authenticate",
        b"x-authorization",
    ]) {
        Some(Redaction::Authorization)
    } else if is(&[b"cookie", b"set-cookie", b"cookie2", b"set-cookie2"]) {
        Some(Redaction::Cookie)
    } else {
        None
    }
}

/// Is the value only a server's request for credentials, as in `Basic`, `Negotiate` and `Bearer realm="api"` (RFC 9110
/// section 11.6.1, RFC 6750 section 3, RFC 7617 section 2)? Its parameters are public, and quoted.
pub(super) fn is_challenge(cursor: Cursor<'_>, start: usize, end: usize) -> bool {
    let mut parts = cursor.slice(start, end).trim_ascii().splitn(2, |b| *b == b' ');
    let scheme = parts.next().unwrap_or_default();
    let params = parts.next().unwrap_or_default();
    let is_public = |param: &[u8]| {
        let mut sides = param.trim_ascii().splitn(2, |b| *b == b'=');
        let (name, value) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
        [&b"realm"[..], b"charset", b"error", b"scope"].iter().any(|n| n.eq_ignore_ascii_case(name))
            && value.first() == Some(&b'"')
    };
    // The credential may be written apart from its scheme: `"Bearer " + "…"`.
    let apart = cursor.ahead_at_most(end, 6, |b| is_quote(b) || matches!(b, b' ' | b'+' | b'.' | b'<'));
    is_scheme(scheme)
        && if params.is_empty() {
            !is_word(cursor.at(apart))
        } else {
            params.split(|b| *b == b',').all(is_public)
        }
}

/// The end of the header's value that starts at `i`: the closing quote, the end of the line, or the place where a
/// sentence goes on.
pub(super) fn end(cursor: Cursor<'_>, i: usize, kind: Redaction) -> usize {
    let mut at = i;
    loop {
        let mut word = at;
        loop {
            // A zero or a colour ends no value, because views leave them out, and would find more of the value at each
            // search.
            let goes_on = |b| (b > b' ' || is_unseen(b)) && !is_quote(b) && !matches!(b, b'\\' | b'<' | b'>');
            word = cursor.claim(word, goes_on);
            if cursor.has(word, b"\\u0000") || cursor.has_any_case(word, b"\\u001b") {
                word += UNICODE_ESCAPE;
            } else if cursor.at(word) != b'\\' || cursor.is_escape(word) {
                break;
            } else {
                word += 1;
            }
        }
        // A quoted parameter belongs to the value: `Digest username="ada"`.
        if cursor.at(word) == b'"' && cursor.before(word) == b'=' {
            let close = cursor.claim(word + 1, |b| b != b'"' && b != b'\n');
            at = if cursor.at(close) == b'"' { close + 1 } else { close };
            continue;
        }
        let goes_on = matches!(cursor.before(word), b',' | b';') && word > at;
        let named = is_scheme(cursor.slice(at, word));
        let scheme = word > at && (named || (at == i && kind == Redaction::Authorization));
        // A date in a cookie has spaces: `Expires=Wed, 21 Oct 2015 07:28:00 GMT`.
        let dated = kind == Redaction::Cookie && is_date(cursor, word);
        if goes_on && begins_pair(cursor, word) {
            return word - 1;
        }
        if cursor.at(word) == b' ' && cursor.at(word + 1) > b' ' && (goes_on || scheme || dated) {
            at = word + 1;
        } else {
            return word;
        }
    }
}

/// The end of the value in the brackets from `start` to `end`, with what belongs to it behind them: `{"a":1}; b=2`,
/// `(Basic) …`, and on a line of its own `[a=1], [b=2]`.
pub(super) fn behind(
    cursor: Cursor<'_>,
    (start, close): (usize, usize),
    kind: Redaction,
    line: bool,
) -> usize {
    let next = cursor.at(close);
    if next == b';' || (line && next == b',') {
        return end(cursor, close, kind);
    }
    let scheme = is_scheme(cursor.slice(start + 1, close.saturating_sub(1)));
    if scheme && next == b' ' { end(cursor, close + 1, Redaction::Cookie) } else { close }
}

/// Does the next header or field begin behind the blank at `i`: ` Authorization: …`?
fn begins_pair(cursor: Cursor<'_>, i: usize) -> bool {
    let end = cursor.ahead_at_most(i + 1, NAME, is_name);
    let sign = cursor.at(i) == b' ' && end > i + 1 && cursor.at(end) == b':';
    // A cookie's name may hold a colon: `Cookie: a=1; app:sess=…`.
    sign && !cursor.at(i + 1).is_ascii_digit() && (cursor.at(end + 1) == b' ' || is_quote(cursor.at(end + 1)))
}

/// Is this a zero, or the start of a colour?
const fn is_unseen(b: u8) -> bool {
    matches!(b, 0 | 0x1b)
}

fn is_scheme(word: &[u8]) -> bool {
    SCHEMES.iter().chain(&OTHERS).any(|scheme| scheme.eq_ignore_ascii_case(word))
}

fn is_date(cursor: Cursor<'_>, space: usize) -> bool {
    let word = cursor.ahead_at_most(space + 1, 9, |b| b > b' ');
    let word = cursor.back(word, space + 1, |b| matches!(b, b',' | b';' | b']' | b')'));
    let next = cursor.slice(space + 1, word);
    matches!(next, b"GMT" | b"UTC")
        || (next.len() <= 11
            && next.iter().any(u8::is_ascii_digit)
            && next.iter().all(|b| b.is_ascii_digit() || *b == b':' || *b == b'-'))
        || [
            &b"Jan"[..],
            b"Feb",
            b"Mar",
            b"Apr",
            b"May",
            b"Jun",
            b"Jul",
            b"Aug",
            b"Sep",
            b"Oct",
            b"Nov",
            b"Dec",
        ]
        .contains(&next)
}

/// The cookie's value after the sign at `at`, as Python's `http.cookiejar` prints cookies: `<Cookie theme=… for x.org/>`,
/// `Cookie(version=0, name='theme', value='…'`.
pub(super) fn of_jar(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let name = cursor.back(at, at.saturating_sub(NAME), |b| b > b' ' && !is_quote(b) && b != b'(');
    let (start, end) = if cursor.ends_any_case(name, b"<Cookie ") {
        (at + 1, cursor.claim(at + 1, |b| (b > b' ' || is_unseen(b)) && b != b'>'))
    } else {
        let head = cursor.slice(name.saturating_sub(NAME), name);
        if cursor.slice(name, at) != b"value" || !head.windows(JAR.len()).any(|w| w == JAR) {
            return None;
        }
        in_quotes(cursor, at + 1)?
    };
    let done = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    (start < end && !done).then_some(Span { start, end, kind: Redaction::Cookie })
}

/// The credential at `i`, if it is written as `Bearer …` or `Basic …` without a header's name.
pub(super) fn bearer(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    let scheme = SCHEMES.iter().find(|s| cursor.has_any_case(i, s))?;
    if is_ident(cursor.before(i)) || cursor.at(i + scheme.len()) != b' ' {
        return None;
    }
    let start = cursor.ahead_at_most(i + scheme.len(), 4, |b| b == b' ');
    let end = cursor.claim(start, |b| !is_pause(b) && b != b'\\');
    let end = cursor.back(end, start, |b| b == b'.');
    let value = cursor.slice(start, end);
    // Words of a sentence have no digit and no capital inside: `bearer token`, `Basic usage`.
    let plain = value.iter().skip(1).all(|b| b.is_ascii_lowercase() || *b == b'-');
    // `Bearer realm="…"` is a server's request for credentials (RFC 9110 section 11.6.1).
    let name = cursor.ahead_at_most(start, 32, |b| b.is_ascii_lowercase() || b == b'_');
    if name > start && cursor.at(name) == b'=' && !matches!(cursor.at(name + 1), b'=' | 0..=b' ') {
        return None;
    }
    (value.len() >= 6 && !plain).then_some(Span { start: i, end, kind: Redaction::Authorization })
}

/// The password in Redis' `AUTH password` and `AUTH user password` (Redis' command reference), at `i`.
pub(super) fn auth(cursor: Cursor<'_>, i: usize) -> Option<Span> {
    if is_ident(cursor.before(i)) {
        return None;
    }
    let first = i + b"AUTH ".len();
    let first_end = cursor.claim(first, |b| !is_pause(b));
    // Redis writes `AUTH user password`. The name may be a plain word; the password then has a digit or a capital.
    let second = first_end + 1;
    let second_end = cursor.ahead_at_most(second, 128, |b| !is_pause(b));
    let given = cursor.slice(second, second_end);
    let both = cursor.at(first_end) == b' '
        && given.len() >= 4
        && given.iter().any(|b| b.is_ascii_digit())
        && cursor.slice(first, first_end).iter().all(|b| is_ident(*b) || *b == b'-')
        && cursor.slice(first, first_end).iter().any(u8::is_ascii_lowercase);
    let (start, end) = if both { (second, second_end) } else { (first, first_end) };
    let value = cursor.slice(start, end);
    // `failed` in `AUTH failed` is a word of a sentence, and `PLAIN` in `AUTH PLAIN` is a mechanism of SMTP.
    let word = value.iter().all(|b| b.is_ascii_lowercase() || *b == b'-')
        || value.iter().all(|b| b.is_ascii_uppercase() || *b == b'-');
    (value.len() >= 3 && !word).then_some(Span { start, end, kind: Redaction::Secret })
}
