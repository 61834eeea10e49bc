//! Query strings and forms without the URL they came with: `?q=…&page=2`.

use super::hay::{Hay, is_ident, is_quote};
use super::{Redaction, Span, placeholder};

/// The longest key of a parameter that is looked for.
const KEY: usize = 48;

fn is_key(b: u8) -> bool {
    is_ident(b) || matches!(b, b'-' | b'.' | b'[' | b']' | b'%' | b'+')
}

/// Where a parameter's key ends that starts at `i`, when a sign follows it.
fn key(hay: Hay<'_>, i: usize) -> Option<usize> {
    let end = hay.ahead_at_most(i, KEY, is_key);
    (end > i && hay.at(end) == b'=' && hay.at(end + 1) > b' ' && hay.at(end + 1) != b'=').then_some(end)
}

const fn is_part(b: u8) -> bool {
    b > b' ' && !is_quote(b) && !matches!(b, b'<' | b'>' | b'\\' | b'`' | b')' | b'}' | b']' | b';' | b',')
}

/// The query that starts with the `?` at `at`, or whose `&` stands there.
pub(super) fn find(hay: Hay<'_>, at: usize, floor: usize) -> Option<Span> {
    let mut end = key(hay, at + 1)?;
    if placeholder::ends_at(hay, at + 1).is_some() {
        return None;
    }
    let start = if hay.at(at) == b'?' {
        at
    } else {
        let from = floor.max(at.saturating_sub(256));
        let start = hay.back(at, from, |b| is_part(b) && b != b'&' && b != b'?');
        hay.slice(start, at).contains(&b'=').then_some(start)?
    };
    loop {
        end = hay.ahead(end, is_part);
        // A bracket is part of a key, `&filter[name]=…`, or ends the query.
        let part = hay.back(end, (at + 1).max(end.saturating_sub(KEY)), |b| b != b'&');
        match key(hay, part) {
            Some(sign) if hay.at(end) == b']' && sign > end => end = sign,
            Some(_) | None => break,
        }
    }
    let end = hay.back(end, at, |b| matches!(b, b'.' | b':' | b'?' | b'!'));
    Some(Span { start, end, kind: Redaction::Query })
}
