//! Finds addresses of machines: IPv4, IPv6 (RFC 4291, RFC 5952, zones of RFC 4007), MAC (IEEE 802).

use super::cursor::{Cursor, is_ident, is_word};
use super::url;
use super::{Redaction, Span};

/// The longest written IPv6 address, `0000:…:255.255.255.255`, in bytes.
const V6: usize = 45;

/// The IPv4 address whose first point is at `at`. If a path follows the address, the whole is a URL.
pub(super) fn v4(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !cursor.before(at).is_ascii_digit() || !cursor.at(at + 1).is_ascii_digit() {
        return None;
    }
    // Most points between digits belong to fractions and versions, so they are excluded first.
    if cursor.at(cursor.ahead_at_most(at + 1, 3, |b| b.is_ascii_digit())) != b'.' {
        return None;
    }
    let start = cursor.back(at, floor.max(at.saturating_sub(3)), |b| b.is_ascii_digit());
    let edge = cursor.before(start);
    // Points may be between two addresses: strongSwan's `10.8.1.2...203.0.113.7`.
    if is_ident(edge) || (edge == b'.' && !cursor.ends_any_case(start, b"...")) {
        return None;
    }
    let mut i = start;
    for n in 0..4 {
        let end = cursor.ahead_at_most(i, 4, |b| b.is_ascii_digit());
        let octet = cursor.slice(i, end).iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
        if end == i || end > i + 3 || octet > 255 {
            return None;
        }
        i = end;
        if n < 3 {
            if cursor.at(i) != b'.' {
                return None;
            }
            i += 1;
        }
    }
    let next = cursor.at(i);
    if is_version(cursor, start)
        || is_ident(next)
        || (next == b'.' && cursor.at(i + 1).is_ascii_digit())
        || (next == b'-' && is_ident(cursor.at(i + 1)))
    {
        return None;
    }
    Some(with_path(cursor, start, i))
}

/// Is a word for a version before `start`, so that `1.2.3.4` is a version?
fn is_version(cursor: Cursor<'_>, start: usize) -> bool {
    let word_end =
        cursor.back(start, start.saturating_sub(2), |b| matches!(b, b' ' | b'=' | b':' | b'/' | b'-'));
    let word = cursor.slice(cursor.back(word_end, word_end.saturating_sub(9), is_word), word_end);
    let mut lower = [0; 8];
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    matches!(
        lower.get(..word.len()),
        Some(
            b"version"
                | b"ver"
                | b"release"
                | b"v"
                | b"build"
                | b"driver"
                | b"chrome"
                | b"chromium"
                | b"edge"
        )
    )
}

/// The span of an address, with its port and path.
fn with_path(cursor: Cursor<'_>, start: usize, end: usize) -> Span {
    let port =
        if cursor.at(end) == b':' { cursor.ahead_at_most(end + 1, 5, |b| b.is_ascii_digit()) } else { end };
    if cursor.at(port) == b'/' && !cursor.at(port + 1).is_ascii_digit() && !url::is_pause(cursor.at(port + 1))
    {
        return Span { start, end: url::end(cursor, port, cursor.before(start)), kind: Redaction::Url };
    }
    Span { start, end, kind: Redaction::Ip }
}

/// The IPv6 address, or the six pairs of a MAC address, around the colon at `at`.
pub(super) fn v6(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let (last, next) = (cursor.before(at), cursor.at(at + 1));
    if next != b':' && !(next.is_ascii_hexdigit() && last.is_ascii_hexdigit()) {
        return None;
    }
    if is_ident(last) && !last.is_ascii_hexdigit() {
        return None;
    }
    let part = |b: u8| b.is_ascii_hexdigit() || b == b':';
    let start = cursor.back(at, floor.max(at.saturating_sub(4)), |b| b.is_ascii_hexdigit());
    let edge = cursor.before(start);
    if is_ident(edge) || edge == b':' {
        return None;
    }
    // Most of them are times, `12:00:00.`, so they are excluded first.
    if cursor.at(at + 3) == b':'
        && !matches!(cursor.at(at + 6), b':' | b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F')
    {
        let later = cursor.at(at + 4);
        if cursor.at(at + 2).is_ascii_digit()
            && next != b':'
            && later.is_ascii_digit()
            && cursor.at(at + 5).is_ascii_digit()
        {
            return None;
        }
    }
    let end = cursor.ahead_at_most(at, V6, |b| part(b) || b == b'.');
    let end = cursor.back(end, at, |b| b == b'.' || b == b':').max(if next == b':' { at + 2 } else { at });
    // The length of a network's prefix may follow: `2001:db8::/32`.
    let end = if cursor.has(end, b"::") { end + 2 } else { end };
    if is_ident(cursor.at(end)) {
        return None;
    }
    let run = cursor.slice(start, end);
    let colons = run.iter().filter(|b| **b == b':').count();
    if colons == 5 && run.split(|b| *b == b':').all(|g| g.len() == 2) {
        return Some(Span { start, end, kind: Redaction::Mac });
    }
    // Apache writes the port after an address without brackets: `[client 2001:db8::7:41230]`. No part of an address has
    // five digits.
    let tail = run.rsplit(|b| *b == b':').next().unwrap_or_default();
    let ported = tail.len() == 5 && tail.iter().all(u8::is_ascii_digit);
    let end = if ported { end - tail.len() - 1 } else { end };
    let run = cursor.slice(start, end);
    // Most such runs are times. An address without `::` has more colons than a time.
    if (colons < 6 && !run.windows(2).any(|pair| pair == b"::")) || !is_v6(run) {
        return None;
    }
    let zone = if cursor.at(end) == b'%' {
        cursor.ahead_at_most(end + 1, 16, |b| is_ident(b) || b == b'-')
    } else {
        end
    };
    Some(Span { start, end: zone, kind: Redaction::Ip })
}

fn is_v6(run: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(run) else { return false };
    // `a::b` is a Rust path, and `7::7` is a pair of numbers. An address has a digit and is longer.
    (run.len() >= 6 || run.starts_with(b"::"))
        && run.iter().any(u8::is_ascii_digit)
        && text.parse::<std::net::Ipv6Addr>().is_ok()
}

/// The MAC address in three groups of four with points, `001b.4411.3ab7`, whose first point is at `at`. Without a
/// letter it is a version.
pub(super) fn dotted_mac(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = at.checked_sub(4)?;
    let run = cursor.slice(start, at + 10);
    let shaped = run.len() == 14
        && run.split(|b| *b == b'.').all(|g| g.len() == 4 && g.iter().all(u8::is_ascii_hexdigit))
        && run.iter().any(u8::is_ascii_alphabetic);
    let (edge, next) = (cursor.before(start), cursor.at(at + 10));
    let goes_on =
        is_ident(edge) || is_ident(next) || edge == b'.' || (next == b'.' && is_word(cursor.at(at + 11)));
    (shaped && !goes_on).then_some(Span { start, end: at + 10, kind: Redaction::Mac })
}

/// The MAC address in six pairs with hyphens, whose first hyphen is at `at`.
pub(super) fn mac(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.at(at + 3) != b'-' || cursor.at(at + 6) != b'-' {
        return None;
    }
    let start = at.checked_sub(2).filter(|start| *start >= floor)?;
    let end = start + 17;
    let run = cursor.slice(start, end);
    let pairs = run.len() == 17
        && run.split(|b| *b == b'-').all(|p| p.len() == 2 && p.iter().all(u8::is_ascii_hexdigit));
    (pairs
        && !is_ident(cursor.before(start))
        && cursor.before(start) != b'-'
        && !is_ident(cursor.at(end))
        && cursor.at(end) != b'-')
        .then_some(Span { start, end, kind: Redaction::Mac })
}

/// The name that Amazon EC2 gives a machine ("instance hostname types"), `ip-203-0-113-42`. Its first hyphen is at
/// `at`.
pub(super) fn hyphened(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    if !cursor.ends_any_case(at, b"ip") || cursor.before(at - 2).is_ascii_alphanumeric() {
        return None;
    }
    let end = cursor.ahead_at_most(at + 1, 15, |b| b.is_ascii_digit() || b == b'-');
    let parts = cursor.slice(at + 1, end).split(|b| *b == b'-');
    let octet = |part: &[u8]| {
        !part.is_empty()
            && part.len() <= 3
            && part.iter().fold(0_u32, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0'))) < 256
    };
    (parts.clone().count() == 4 && parts.clone().all(octet)).then_some(Span {
        start: at + 1,
        end,
        kind: Redaction::Ip,
    })
}
