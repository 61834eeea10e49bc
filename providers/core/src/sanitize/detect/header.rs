//! Header text: what stands behind `Authorization`, `Cookie` and their kin (RFC 9110 section 11, RFC 6265).

use super::hay::{Hay, is_ident, is_quote};
use super::url::is_pause;
use super::{Redaction, Span};

/// Schemes of RFC 9110 section 16.4.1 that people paste without the header's name.
const SCHEMES: [&[u8]; 2] = [b"bearer", b"basic"];

/// The kind of a header by its name, when its value is a credential.
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

/// Where a header's value ends that starts at `i`: at the quote that opened it, or with the line, or before a
/// sentence that goes on.
pub(super) fn end(hay: Hay<'_>, i: usize, kind: Redaction) -> usize {
    let mut at = i;
    loop {
        let mut word = at;
        loop {
            word = hay.ahead(word, |b| b > b' ' && !is_quote(b) && !matches!(b, b'\\' | b'<' | b'>'));
            if hay.at(word) != b'\\' || hay.is_escape(word) {
                break;
            }
            word += 1;
        }
        // `Digest username="ada"`: a quoted parameter belongs to the value.
        if hay.at(word) == b'"' && hay.before(word) == b'=' {
            let close = hay.ahead(word + 1, |b| b != b'"' && b != b'\n');
            at = if hay.at(close) == b'"' { close + 1 } else { close };
            continue;
        }
        let goes_on = matches!(hay.before(word), b',' | b';') && word > at;
        let named = SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(hay.slice(at, word)));
        let scheme = at == i && word > i && (named || kind == Redaction::Authorization);
        // The dates of `Expires=Wed, 21 Oct 2015 07:28:00 GMT`.
        let dated = kind == Redaction::Cookie && is_date(hay, word);
        if hay.at(word) == b' ' && hay.at(word + 1) > b' ' && (goes_on || scheme || dated) {
            at = word + 1;
        } else {
            return word;
        }
    }
}

fn is_date(hay: Hay<'_>, space: usize) -> bool {
    let word = hay.ahead_at_most(space + 1, 9, |b| b > b' ');
    let next = hay.slice(space + 1, word);
    matches!(next, b"GMT" | b"GMT;" | b"UTC")
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

/// `Bearer …` and `Basic …` without a header's name, at `i`.
pub(super) fn bearer(hay: Hay<'_>, i: usize) -> Option<Span> {
    let scheme = SCHEMES.iter().find(|s| hay.has_any_case(i, s))?;
    if is_ident(hay.before(i)) || hay.at(i + scheme.len()) != b' ' {
        return None;
    }
    let start = hay.ahead_at_most(i + scheme.len(), 4, |b| b == b' ');
    let end = hay.ahead(start, |b| !is_pause(b) && b != b'\\');
    let end = hay.back(end, start, |b| b == b'.');
    let value = hay.slice(start, end);
    // `bearer token`, `Basic usage`: words of a sentence have no digit and no capital inside.
    let plain = value.iter().skip(1).all(|b| b.is_ascii_lowercase() || *b == b'-');
    (value.len() >= 6 && !plain).then_some(Span { start: i, end, kind: Redaction::Authorization })
}
