//! Finds query strings and forms that have no URL: `?q=…&page=2`.

use super::cursor::{Cursor, is_ident, is_quote};
use super::{Redaction, Span, placeholder};

/// The longest key of a parameter, in bytes.
const KEY: usize = 48;

fn is_key(b: u8) -> bool {
    is_ident(b) || matches!(b, b'-' | b'.' | b'[' | b']' | b'%' | b'+')
}

/// The end of the parameter's key that starts at `i`, if an equals sign follows.
fn key(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let end = cursor.ahead_at_most(i, KEY, is_key);
    (end > i && cursor.at(end) == b'=' && cursor.at(end + 1) > b' ' && cursor.at(end + 1) != b'=')
        .then_some(end)
}

const fn is_part(b: u8) -> bool {
    b > b' ' && !is_quote(b) && !matches!(b, b'<' | b'>' | b'\\' | b'`' | b')' | b'}' | b']' | b';' | b',')
}

/// The query that starts with the `?` at `at`, or whose first `&` is at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let mut end = key(cursor, at + 1)?;
    if placeholder::ends_at(cursor, at + 1).is_some() {
        return None;
    }
    let start = if cursor.at(at) == b'?' {
        at
    } else {
        let from = floor.max(at.saturating_sub(256));
        let start = cursor.back(at, from, |b| is_part(b) && b != b'&' && b != b'?');
        cursor.slice(start, at).contains(&b'=').then_some(start)?
    };
    loop {
        end = cursor.claim(end, is_part);
        // A bracket is part of a key, as in `&filter[name]=…`, or ends the query.
        let part = cursor.back(end, (at + 1).max(end.saturating_sub(KEY)), |b| b != b'&');
        match key(cursor, part) {
            Some(sign) if cursor.at(end) == b']' && sign > end => end = sign,
            Some(_) | None => break,
        }
    }
    let end = cursor.back(end, at, |b| matches!(b, b'.' | b':' | b'?' | b'!'));
    Some(Span { start, end, kind: Redaction::Query })
}
