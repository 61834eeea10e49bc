//! Finds names of machines without a domain, in the messages of resolvers and sockets: `Could not resolve hostname nas: Name or
//! service not known`, `lookup nas on 10.0.0.1:53: no such host`, `connect to host nas port 22: Connection refused`.
//!
//! The phrases are those of `gai_strerror(3)` (glibc, macOS), `strerror(3)`, Go's package `net`, OpenSSH and libcurl.

use super::cursor::{Cursor, is_word};
use super::{Redaction, Span};

/// The longest name, in bytes (RFC 1035 section 2.3.4).
const NAME: usize = 253;

/// What follows the name and a colon.
const REASONS: [&[u8]; 14] = [
    b" Name or service not known",
    b" Temporary failure in name resolution",
    b" Name does not resolve",
    b" No address associated with hostname",
    b" nodename nor servname provided",
    b" No such host is known",
    b" no such host",
    b" Unknown host",
    b" unknown host",
    b" Connection refused",
    b" Connection timed out",
    b" Host unreachable",
    b" Host is down",
    b" No route to host",
];

/// What is before the name.
const BEFORE: [&[u8]; 10] = [
    b"hostname ",
    b"resolve ",
    b"resolve host ",
    b"host ",
    b"lookup ",
    b"server ",
    b"connect to ",
    b"ssh: ",
    b"ping: ",
    b"UnknownHostException: ",
];

/// The name before the colon at `at`, if a reason follows the colon. A port may be between them.
pub(super) fn before_reason(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    // Most colons are followed by something else, so they are excluded first.
    if !matches!(cursor.at(at + 2), b'N' | b'T' | b'n' | b'U' | b'u' | b'C' | b'H')
        || !REASONS.iter().any(|reason| cursor.has(at + 1, reason))
    {
        return None;
    }
    let digits = cursor.back(at, floor.max(at.saturating_sub(5)), |b| b.is_ascii_digit());
    let end = match (cursor.before(digits), digits < at) {
        (b':', true) => digits - 1,
        (b' ', true) if cursor.ends_any_case(digits, b" port ") => digits - b" port ".len(),
        _ => at,
    };
    let start = start(cursor, end, floor);
    let announced = BEFORE.iter().any(|phrase| cursor.ends_any_case(start, phrase));
    (announced && is_machine(cursor.slice(start, end))).then_some(Span { start, end, kind: Redaction::Host })
}

/// The name before the address of a resolver, which starts at `address`: `lookup nas on 10.0.0.1:53`.
pub(super) fn before_resolver(cursor: Cursor<'_>, address: usize, floor: usize) -> Option<Span> {
    let end = address.checked_sub(b" on ".len()).filter(|_| cursor.ends_any_case(address, b" on "))?;
    let start = start(cursor, end, floor);
    let looked_up = cursor.ends_any_case(start, b"lookup ");
    (looked_up && is_machine(cursor.slice(start, end))).then_some(Span { start, end, kind: Redaction::Host })
}

fn start(cursor: Cursor<'_>, end: usize, floor: usize) -> usize {
    cursor.back(end, floor.max(end.saturating_sub(NAME)), |b| is_word(b) || matches!(b, b'-' | b'.' | b'_'))
}

/// Is this a name, and not a word of the sentence or this machine?
pub(super) fn is_machine(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 26] = [
        b"key",
        b"keys",
        b"configuration",
        b"undefined",
        b"null",
        b"table",
        b"localhost",
        b"host",
        b"hostname",
        b"hosts",
        b"server",
        b"address",
        b"addresses",
        b"name",
        b"names",
        b"database",
        b"proxy",
        b"remote",
        b"peer",
        b"upstream",
        b"port",
        b"socket",
        b"service",
        b"failed",
        b"error",
        b"broker",
    ];
    name.len() > 1
        && name.iter().any(u8::is_ascii_alphabetic)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}
