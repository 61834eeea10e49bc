//! Finds names that Windows makes: security identifiers (MS-DTYP section 2.4.2.1), and names of machines (`DESKTOP-`
//! and seven capitals and digits) and of accounts (`ACME\ada`).

use super::cursor::{Cursor, is_ident, is_quote, is_word};
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

/// The longest name of a domain or an account, in bytes.
const NAME: usize = 64;

/// Words before the name of an account.
const ANNOUNCED: [&[u8]; 10] =
    [b"user", b"account", b"for", b"by", b"as", b"login", b"logon", b"benutzer", b"usuario", b"konto"];

/// Domains of accounts that every Windows has, and parts of other names: `NT AUTHORITY\SYSTEM`, `BUILTIN\Users`,
/// `HKLM\Software`.
const BUILT_IN: [&[u8]; 6] = [b"AUTHORITY", b"SERVICE", b"BUILTIN", b"MANAGER", b"APPPOOL", b"SOFTWARE"];

/// The account `ACME\ada` (the down-level logon name of Windows), whose backslash is at `at`. The backslash may be
/// doubled. The domain is in capitals, unless a word such as `user` is before it.
pub(super) fn account(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let start = cursor.back(at, at.saturating_sub(NAME), domain);
    let text = cursor.slice(start, at);
    let edge = cursor.before(start);
    let whole = matches!(edge, 0..=b' ' | b'[' | b'(' | b'<' | b'>' | b':' | b'=' | b',')
        || is_quote(edge)
        || edge >= 0x80;
    if text.len() < 2 || !text.first()?.is_ascii_alphabetic() || !whole {
        return None;
    }
    let name = cursor.ahead_at_most(at, 2, |b| b == b'\\');
    let end = cursor.ahead_at_most(name, NAME, |b| is_word(b) || matches!(b, b'.' | b'-' | b'_' | b'$'));
    let end = cursor.back(end, name, |b| matches!(b, b'.' | b'-'));
    let gap = cursor.back(start, start.saturating_sub(2), |b| {
        matches!(b, b' ' | b':' | b'=' | b'[' | b'(') || is_quote(b)
    });
    let is_announced = gap < start
        && ANNOUNCED
            .iter()
            .any(|word| cursor.ends_any_case(gap, word) && !is_word(cursor.before(gap - word.len())));
    // `ERROR\nfoo` is an escaped end of a line, and `DB\Row` a class of PHP.
    let first = cursor.at(name);
    let escape =
        name == at + 1 && matches!(first, b'n' | b'r' | b't' | b'u' | b'x' | b'0' | b'b' | b'f' | b'v');
    let is_shown = !text.iter().any(u8::is_ascii_lowercase)
        && (text.contains(&b'-') || (first.is_ascii_lowercase() && text.len() > 2));
    let is_person = is_announced || (is_shown && !escape && cursor.before(at) != b'-');
    let is_built_in = BUILT_IN.contains(&text) || text.starts_with(b"HK");
    let ends = !matches!(cursor.at(end), b'\\' | b'/' | b'(' | b':') || cursor.at(end + 1) <= b' ';
    (is_person && !is_built_in && is_word(first) && ends && end > name).then_some(Span {
        start: start.max(floor.min(name)),
        end,
        kind: Redaction::User,
    })
}

/// The account and the password of `net use Z: \\server\share /user:ACME\ada hunter2`, whose last colon is at `at`.
pub(super) fn net_use(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    if !cursor.ends_any_case(at, b"/user") {
        return None;
    }
    let line = cursor.back(at, at.saturating_sub(LINE), |b| b != b'\n');
    let called = cursor.slice(line, at).windows(8).any(|part| part.eq_ignore_ascii_case(b"net use "));
    let end = cursor.claim(at + 1, |b| !matches!(b, b'\n' | b'\r' | b'"') && b != b'/');
    let end = cursor.back(end, at + 1, |b| b == b' ');
    (called && end > at + 1).then_some(Span { start: at + 1, end, kind: Redaction::User })
}

/// Longest part of a line before an argument, in bytes.
const LINE: usize = 160;
