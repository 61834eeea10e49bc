//! Finds names that Windows makes: security identifiers (MS-DTYP section 2.4.2.1), and names of machines (`DESKTOP-`
//! and seven capitals and digits).

use super::cursor::{Cursor, is_ident};
use super::{Redaction, Span};

/// The identifier of a domain or a machine, `S-1-5-21-…`, whose first hyphen is at `at`. Well-known identifiers
/// (`S-1-5-18`) stay.
pub(super) fn sid(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(1)?;
    if !cursor.has(at, b"-1-5-21-") || is_ident(cursor.before(start)) {
        return None;
    }
    let end = cursor.ahead_at_most(at, 80, |b| b.is_ascii_digit() || b == b'-');
    Some(Span { start, end: cursor.back(end, at, |b| b == b'-'), kind: Redaction::User })
}

/// The name of a machine, `DESKTOP-AB12CD3`, whose hyphen is at `at`.
pub(super) fn machine(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let name = [&b"DESKTOP"[..], b"LAPTOP"].into_iter().find(|name| cursor.ends_any_case(at, name))?;
    let (start, end) = (at - name.len(), at + 8);
    let given = cursor.slice(at + 1, end);
    let shaped = given.len() == 7
        && given.iter().all(u8::is_ascii_alphanumeric)
        && given.iter().any(u8::is_ascii_digit)
        && !is_ident(cursor.before(start))
        && !is_ident(cursor.at(end));
    shaped.then_some(Span { start, end, kind: Redaction::Host })
}
