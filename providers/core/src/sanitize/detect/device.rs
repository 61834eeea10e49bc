//! Finds names of devices: those that phones and computers give themselves after their owner, `Annes-iPhone`, and the name
//! that a DHCP server writes in brackets after the hardware's address, `3c:52:82:7f:1a:e9 (annes-phone) via eth0` (`dhcpd(8)`,
//! `dhcpleasequery`).

use super::cursor::{Cursor, is_ident, is_word};
use super::{Redaction, Span};

/// The longest name, in bytes (RFC 1035 section 2.3.4).
const NAME: usize = 63;

/// Kinds of devices at the end of a name.
const KINDS: [&[u8]; 7] = [b"iPhone", b"iPad", b"iMac", b"MacBook", b"MBP", b"Mac-mini", b"AppleWatch"];

/// The name around the hyphen at `at`, `Annes-iPhone`, which has the name of a person before the kind of the device.
pub(super) fn owned(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let kind = KINDS.iter().find(|kind| cursor.has(at + 1, kind))?;
    let start =
        cursor.back(at, floor.max(at.saturating_sub(NAME)), |b| is_word(b) || matches!(b, b'-' | b'\''));
    let owner = cursor.slice(start, at);
    let end = cursor.ahead_at_most(at + 1 + kind.len(), NAME, |b| is_word(b) || b == b'-');
    let behind = cursor.slice(at + 1 + kind.len(), end);
    // `Non-PC`, `x86-PC` and `MacBook-Pro` name models.
    let own = owner.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80)
        && owner.ends_with(b"s")
        && !owner.ends_with(b"ss");
    let edge = is_ident(cursor.before(start)) || matches!(cursor.before(start), b'/' | b'.');
    // `Adas-MacBook.local` is the name of a host.
    let host = cursor.at(end) == b'.' && is_word(cursor.at(end + 1));
    let whole = !host && behind.first().is_none_or(|b| *b == b'-' || b.is_ascii_digit());
    (own && whole && !edge && owner.len() > 3).then_some(Span { start, end, kind: Redaction::Host })
}

/// The name in the bracket after the hardware's address that ends at `end`.
pub(super) fn leased(cursor: Cursor<'_>, end: usize) -> Option<Span> {
    if !cursor.has(end, b" (") {
        return None;
    }
    let start = end + 2;
    let close =
        cursor.ahead_at_most(start, NAME, |b| is_word(b) || matches!(b, b'-' | b'_' | b'.' | b'\'' | b' '));
    let named = close > start && cursor.has(close, b") via ");
    named.then_some(Span { start, end: close, kind: Redaction::Host })
}
