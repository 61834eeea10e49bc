//! Finds connection strings that consist of keywords: libpq (`host=… user=…`), ODBC and ADO.NET (`Server=…;Uid=…`),
//! Azure.

use super::cursor::{Cursor, is_ident};
use super::{Redaction, Span};

/// Keywords of libpq: PostgreSQL documentation, section "Parameter Key Words".
#[rustfmt::skip]
const LIBPQ: [&[u8]; 12] = [
    b"host", b"hostaddr", b"port", b"dbname", b"user", b"password", b"passfile", b"sslmode", b"service",
    b"options", b"application_name", b"connect_timeout",
];

/// Keywords of IBM Db2's connection strings, which some messages write with spaces between them.
const DB2: [&[u8]; 6] = [b"database", b"uid", b"pwd", b"hostname", b"port", b"protocol"];

/// Keywords of Microsoft's connection strings (ODBC, SqlClient, Azure Storage, Service Bus, IoT Hub, Cosmos DB).
#[rustfmt::skip]
const KEYWORDS: [&[u8]; 32] = [
    b"driver", b"server", b"source", b"address", b"database", b"catalog", b"uid", b"user id", b"id",
    b"username", b"user", b"pwd", b"password", b"accountname", b"accountkey", b"defaultendpointsprotocol",
    b"endpointsuffix", b"blobendpoint", b"queueendpoint", b"endpoint", b"accountendpoint",
    b"sharedaccesskeyname", b"sharedaccesskey", b"sharedaccesssignature", b"entitypath", b"hostname",
    b"deviceid", b"dsn", b"provider", b"host", b"port", b"instrumentationkey",
];

/// A connection string whose first equals sign is at `at`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let start = cursor.back(at, floor.max(at.saturating_sub(32)), is_ident);
    let key = cursor.slice(start, at);
    if key.is_empty() || matches!(cursor.before(start), b'-' | b'&' | b'?') {
        return None;
    }
    let is = |words: &[&[u8]], key: &[u8]| words.iter().any(|w| w.eq_ignore_ascii_case(key));
    if is(&LIBPQ, key)
        && let Some(end) = pairs(cursor, start, b' ', |key| is(&LIBPQ, key))
    {
        return Some(Span { start, end, kind: Redaction::Connection });
    }
    if is(&DB2, key)
        && let Some(end) = pairs(cursor, start, b' ', |key| is(&DB2, key))
        && cursor
            .slice(start, end)
            .windows(4)
            .any(|part| [&b"uid="[..], b"pwd="].iter().any(|key| key.eq_ignore_ascii_case(part)))
    {
        return Some(Span { start, end, kind: Redaction::Connection });
    }
    if is(&KEYWORDS, key) {
        let end = pairs(cursor, start, b';', |key| {
            let last = key.rsplit(|b| *b == b' ').next().unwrap_or_default();
            is(&KEYWORDS, last) || key.len() >= 2 && key.first().is_some_and(u8::is_ascii_uppercase)
        })?;
        return Some(Span { start, end, kind: Redaction::Connection });
    }
    None
}

/// Functions of PHP that connect, as its traces name them.
#[rustfmt::skip]
const PHP: [&[u8]; 15] = [
    b"PDO->__construct", b"PDO::__construct", b"new PDO", b"mysqli->__construct", b"mysqli::__construct", b"new mysqli",
    b"mysqli_connect", b"mysqli_real_connect", b"mysqli->real_connect", b"mysqli->connect", b"mysqli::connect",
    b"->createPdoConnection", b"pg_connect", b"ftp_login", b"ldap_bind",
];

/// Longest list of arguments whose end is searched for, in bytes.
const ARGUMENTS: usize = 1024;

/// The arguments of a connection in a trace of PHP, `PDO->__construct('mysql:host=…', 'ada', 'hunter2')`. The bracket is at
/// `at`.
pub(super) fn php(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    if !PHP.iter().any(|call| cursor.ends_any_case(at, call)) {
        return None;
    }
    let (mut end, mut depth, mut quote, mut quoted) = (at + 1, 0_usize, 0, false);
    while end < cursor.len().min(at + ARGUMENTS) {
        match cursor.at(end) {
            b'\n' => break,
            b if quote != 0 => quote = if b == quote { 0 } else { quote },
            b @ (b'\'' | b'"') => (quote, quoted) = (b, true),
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            _ => {}
        }
        end += 1;
    }
    // The rest of a longer list is taken up to the end of the line.
    let end = if quoted && end == at + ARGUMENTS { cursor.claim(end, |b| b != b'\n') } else { end };
    (quoted && end > at + 1).then_some(Span { start: at + 1, end, kind: Redaction::Connection })
}

/// The end of two or more pairs with known keys and with `sign` between the pairs.
fn pairs(cursor: Cursor<'_>, start: usize, sign: u8, known: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = start;
    let mut count = 0;
    let mut end = start;
    loop {
        let key_end = cursor.ahead_at_most(at, 40, |b| is_ident(b) || (b == b' ' && sign == b';'));
        if cursor.at(key_end) != b'=' || !known(cursor.slice(at, key_end).trim_ascii()) {
            break;
        }
        end = value(cursor, key_end + 1, sign);
        count += 1;
        if cursor.at(end) != sign {
            break;
        }
        at = cursor.ahead_at_most(end + 1, 4, |b| b == b' ');
    }
    let end = if sign == b';' && cursor.at(end) == b';' { end + 1 } else { end };
    (count >= 2).then_some(end)
}

/// The longest value of a keyword, in bytes.
const VALUE: usize = 512;

/// The end of a value. In quotes or braces, a value may hold anything.
fn value(cursor: Cursor<'_>, i: usize, sign: u8) -> usize {
    let close = match cursor.at(i) {
        b'{' => b'}',
        quote @ (b'\'' | b'"') => quote,
        _ => 0,
    };
    if close != 0 {
        let end = cursor.ahead_at_most(i + 1, VALUE, |b| b != close && b != b'\n');
        if cursor.at(end) == close {
            return end + 1;
        }
    }
    let end = cursor.ahead_at_most(i, VALUE, |b| {
        b >= b' ' && b != sign && !matches!(b, b'"' | b'`' | b'<' | b'>' | b'\\')
    });
    // If the last semicolon is missing, the sentence continues after the string, so the value ends at a space.
    if sign == b';' && cursor.at(end) != b';' {
        cursor.ahead_at_most(i, VALUE, |b| b > b' ' && b != b'"' && b != b'\'').min(end)
    } else {
        end
    }
}
