//! Names that Windows gives: security identifiers (MS-DTYP section 2.4.2.1) and machines (`DESKTOP-` and seven
//! capitals and digits).

use super::hay::{Hay, is_ident};
use super::{Redaction, Span};

/// `S-1-5-21-…` of a domain or a machine, whose first hyphen stands at `at`. Well-known ones (`S-1-5-18`) stay.
pub(super) fn sid(hay: Hay<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(1)?;
    if !hay.has(at, b"-1-5-21-") || is_ident(hay.before(start)) {
        return None;
    }
    let end = hay.ahead_at_most(at, 80, |b| b.is_ascii_digit() || b == b'-');
    Some(Span { start, end: hay.back(end, at, |b| b == b'-'), kind: Redaction::User })
}

/// `DESKTOP-AB12CD3`, whose hyphen stands at `at`.
pub(super) fn machine(hay: Hay<'_>, at: usize) -> Option<Span> {
    let name = [&b"DESKTOP"[..], b"LAPTOP"].into_iter().find(|name| hay.ends_any_case(at, name))?;
    let (start, end) = (at - name.len(), at + 8);
    let given = hay.slice(at + 1, end);
    let shaped = given.len() == 7
        && given.iter().all(u8::is_ascii_alphanumeric)
        && given.iter().any(u8::is_ascii_digit)
        && !is_ident(hay.before(start))
        && !is_ident(hay.at(end));
    shaped.then_some(Span { start, end, kind: Redaction::Host })
}
