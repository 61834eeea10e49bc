//! Finds names of machines without a path: `db.internal.acme.corp`, `build-7.acme.net`, `_ldap._tcp.acme.local`.
//!
//! Names of a program's modules look like hosts. So only endings that are mostly domains count. Two labels count only
//! with the oldest endings, with a port, or after a word for a host.

use super::cursor::{Cursor, is_ident, is_word};
use super::domain::{self, HOST, is_domain, is_file, is_host};
use super::ending::{LONGEST, is_first, is_later, is_member, is_other, is_private};
use super::{Redaction, Span, script};

/// Does the first label before a private ending hold a hyphen, as in `db-prod-3.internal`? No module's name does.
fn is_machine(host: &[u8]) -> bool {
    host.split(|b| *b == b'.').next().is_some_and(|name| name.contains(&b'-'))
}

/// Is this an extension of files that is also the ending of a country? `lookup example.so` names a host, but an address
/// such as `symbol@libc.so` has no such ending.
fn is_country(ending: &[u8]) -> bool {
    domain::is_country(ending) || matches!(ending, b"so" | b"ps")
}

/// A host whose last point is at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if !is_word(cursor.before(at)) || !cursor.at(at + 1).is_ascii_alphabetic() {
        return None;
    }
    let end = cursor.ahead_at_most(at + 1, LONGEST, |b| b.is_ascii_alphabetic());
    let mut lower = [0; LONGEST];
    for (to, from) in lower.iter_mut().zip(cursor.slice(at + 1, end)) {
        *to = from.to_ascii_lowercase();
    }
    let ending = lower.get(..end - at - 1)?;
    let first = is_first(ending);
    let later = first || is_later(ending);
    if !later && !is_other(ending) && !is_country(ending) {
        return None;
    }
    let next = cursor.at(end);
    let goes_on = is_ident(next)
        || matches!(next, b'(' | b'-' | b'/' | b'@')
        || (next == b'.' && is_word(cursor.at(end + 1)));
    if goes_on || (next == b':' && cursor.at(end + 1) == b':') {
        return None;
    }
    // `db.internal:8443/orders` is a URL.
    let port = cursor.ahead_at_most(end + 1, 6, |b| b.is_ascii_digit());
    if next == b':' && port > end + 1 && cursor.at(port) == b'/' {
        return None;
    }
    let class = |b: u8| is_word(b) || matches!(b, b'-' | b'.' | b'_');
    let start = cursor.back(at, floor.max(at.saturating_sub(HOST)), class);
    let start = script::word_start(cursor, start, end);
    // Skips the point of a cookie's `domain=.example.com`. A service may be before the host: `_ldap._tcp.` (RFC 2782).
    let start = cursor.ahead_at_most(start, 1, |b| b == b'.');
    let whole = cursor.slice(start, end);
    let host = behind_service(whole);
    let labels = host.iter().filter(|b| **b == b'.').count() + 1;
    let edge = cursor.before(start);
    let plain = !matches!(edge, b'/' | b'\\' | b'$' | b'@' | b'#' | b':')
        || (edge == b':' && cursor.before(start - 1) != b':');
    // `java.lang.String.intern` is a method.
    let is_method = host.ends_with(b"String.intern") && next != b':';
    // A field or a variable may look like these: `OpError.Net`, `re_match.group`.
    let is_shown =
        |words: &[&[u8]]| is_after(cursor, start, words) || (labels > 2 && has_port(cursor, end, ending));
    let is_country = is_country(ending)
        && (is_after(cursor, start, &RESOLVED)
            || has_address(cursor, end)
            || is_connected(cursor, start, end));
    // `self.client.info` is a field.
    let is_of_object = !first
        && FIELDS.contains(&ending)
        && [&b"self."[..], b"this.", b"props.", b"window.", b"document.", b"req.", b"res."]
            .iter()
            .any(|object| host.starts_with(object));
    let is_odd =
        (is_of_object && !is_shown(&CALLED) && !has_port(cursor, end, ending) && !is_private(ending))
            || (host.contains(&b'_') && !is_shown(&RESOLVED))
            || (is_field(host) && !is_shown(&CALLED));
    if !plain || !(is_host(host) || (is_country && is_domain(host))) || is_method || is_odd {
        return None;
    }
    let least = if first || (is_private(ending) && is_machine(host)) { 2 } else { 3 };
    let served = host.len() < whole.len();
    let is_named = || {
        (!is_file(ending) || is_country)
            && (has_port(cursor, end, ending)
                || is_after(cursor, start, &CALLED)
                || (later && !is_member(ending) && is_after(cursor, start, &WEAK))
                || is_country
                || has_address(cursor, end)
                || (labels > 2 && !is_member(ending) && is_registered(host)))
    };
    // The names that routers of AVM give.
    let is_of_router = ending == b"box" && host.ends_with(b".fritz.box");
    let is_one = (later && (served || labels >= least)) || is_of_router || is_named();
    is_one.then_some(Span { start, end, kind: Redaction::Host })
}

/// The host after the service: `_mongodb._tcp.`, `_ldap._tcp.dc._msdcs.`
fn behind_service(host: &[u8]) -> &[u8] {
    if host.first() != Some(&b'_') {
        return host;
    }
    let last = host.windows(2).rposition(|two| two == b"._").map_or(0, |at| at + 1);
    let label = host.get(last..).unwrap_or_default();
    let dot = label.iter().position(|b| *b == b'.').unwrap_or(label.len());
    label.get(dot + 1..).unwrap_or_default()
}

/// Is the last label a field whose name starts with a capital: `OpError.Net`, `user.Com`?
fn is_field(host: &[u8]) -> bool {
    host.rsplit(|b| *b == b'.').next().is_some_and(|last| {
        last.first().is_some_and(u8::is_ascii_uppercase) && last.iter().skip(1).all(u8::is_ascii_lowercase)
    })
}

/// Does the address of the host follow, as Postfix writes it: `relay=mx1.example.com[203.0.113.7]:25`?
fn has_address(cursor: Cursor<'_>, end: usize) -> bool {
    let digits = cursor.ahead_at_most(end + 1, 3, |b| b.is_ascii_digit());
    cursor.at(end) == b'[' && digits > end + 1 && cursor.at(digits) == b'.'
}

/// Is the label before a country's ending one under which registries of countries register names: `example.co.ke`?
fn is_registered(host: &[u8]) -> bool {
    host.rsplit(|b| *b == b'.')
        .nth(1)
        .is_some_and(|label| matches!(label, b"com" | b"co" | b"org" | b"net" | b"gov" | b"edu" | b"ac"))
}

/// Does a port follow? `:443` is one, but `:12:5` is a line and a column.
fn has_port(cursor: Cursor<'_>, end: usize, ending: &[u8]) -> bool {
    const KNOWN: [&[u8]; 22] = [
        b"80", b"443", b"22", b"21", b"25", b"53", b"110", b"143", b"389", b"465", b"587", b"636", b"993",
        b"995", b"3000", b"3306", b"5432", b"6379", b"8000", b"8080", b"8443", b"27017",
    ];
    let behind = cursor.ahead_at_most(end + 1, 6, |b| b.is_ascii_digit());
    let port = cursor.slice(end + 1, behind);
    cursor.at(end) == b':'
        && (2..=5).contains(&port.len())
        && !is_ident(cursor.at(behind))
        && !(cursor.at(behind) == b':' && cursor.at(behind + 1).is_ascii_digit())
        && (KNOWN.contains(&port) || !is_member(ending))
}

/// Endings of domains that are usual names of fields.
const FIELDS: [&[u8]; 12] = [
    b"info", b"app", b"name", b"id", b"store", b"site", b"host", b"live", b"link", b"page", b"group", b"team",
];

/// Words that resolvers, shells and network libraries write before the name of a host.
#[rustfmt::skip]
const CALLED: [&[u8]; 38] = [
    b"host", b"lookup", b"ENOTFOUND", b"EAI_AGAIN", b"getaddrinfo", b"resolve", b"resolving", b"hostname", b"domain", b"server",
    b"dial", b"ping", b"reach", b"address for", b"name for", b"certificate for", b"connect to", b"connecting to", b"connection to",
    b"connected to", b"ECONNREFUSED", b"valid for", b"UnknownHostException", b"lookup of", b"NXDOMAIN", b"sni",
    b"server_name", b"servername", b"subjectAltName", b"CN", b"DNS", b"helo", b"EHLO", b"handshake with", b"traceroute to",
    b"nslookup", b"verification failed for", b"resolution failed for",
];

/// Words that are before the name of a host, but also before the name of a field.
const WEAK: [&[u8]; 5] = [b"peer", b"proxy", b"origin", b"realm", b"upstream"];

/// Words before a name that resolvers alone write. A file's name does not follow them.
const RESOLVED: [&[u8]; 10] = [
    b"lookup",
    b"ENOTFOUND",
    b"EAI_AGAIN",
    b"getaddrinfo",
    b"UnknownHostException",
    b"dial",
    b"ping",
    b"hostname",
    b"connection to",
    b"certificate for",
];

/// Is the name between a word for a connection and a port at which servers of TLS and databases listen? The extension of a
/// file may be before a line's number.
fn is_connected(cursor: Cursor<'_>, start: usize, end: usize) -> bool {
    let behind = cursor.ahead_at_most(end + 1, 6, |b| b.is_ascii_digit());
    let port = cursor.slice(end + 1, behind);
    let listens = [&b"443"[..], b"5432", b"6379", b"8443", b"27017"].contains(&port);
    cursor.at(end) == b':' && listens && cursor.at(behind) != b':' && {
        let line = cursor.slice(cursor.back(start, start.saturating_sub(64), |b| b != b'\n'), start);
        line.windows(6).any(|part| part.eq_ignore_ascii_case(b"onnect"))
    }
}

/// Is one of the words before `start`?
fn is_after(cursor: Cursor<'_>, start: usize, words: &[&[u8]]) -> bool {
    let gap = cursor.back(start, start.saturating_sub(3), |b| {
        matches!(b, b' ' | b'=' | b':' | b'"' | b'\'' | b'`' | b'(' | b'<')
    });
    gap < start
        && words
            .iter()
            .any(|word| cursor.ends_any_case(gap, word) && !is_word(cursor.before(gap - word.len())))
}
