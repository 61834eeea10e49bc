//! Finds names in a directory: distinguished names (RFC 4514), `CN=Ada Lovelace,OU=Staff,DC=acme,DC=org`, and the
//! filters of searches for a name (RFC 4515), `(uid=ada)`.

use super::cursor::{Cursor, is_ident, is_word};
use super::url::is_pause;
use super::{Redaction, Span, personal, placeholder};

/// Types of attributes: RFC 4519, X.520, and those of Active Directory.
#[rustfmt::skip]
const TYPES: [&[u8]; 12] = [
    b"cn", b"ou", b"dc", b"uid", b"o", b"c", b"l", b"st", b"sn", b"street", b"emailaddress", b"serialnumber",
];

/// Attributes that name a person or a machine. A distinguished name without any of them names a place.
const NAMING: [&[u8]; 4] = [b"cn", b"uid", b"dc", b"sn"];

/// Attributes of a filter that name a person.
#[rustfmt::skip]
const FILTERS: [&[u8]; 9] = [
    b"uid", b"cn", b"sn", b"mail", b"samaccountname", b"userprincipalname", b"givenname", b"displayname", b"dn",
];

/// Most attributes before the first one that names a person or a machine. More attributes belong to separate names.
const PLACES: usize = 8;

/// The longest value of an attribute, in bytes.
const VALUE: usize = 128;

fn is_one(words: &[&[u8]], key: &[u8]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(key))
}

/// A distinguished name whose first equals sign is at `at`, or the value of a filter.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.before(at) == b' ' && cursor.at(at + 1) == b' ' {
        return spaced(cursor, at);
    }
    let start = cursor.back(at, floor.max(at.saturating_sub(24)), is_ident);
    let key = cursor.slice(start, at);
    // OpenVPN writes the name of a certificate so: `peer [CN=laptop]`.
    let close = match cursor.before(start) {
        b'(' => b')',
        b'[' => b']',
        _ => 0,
    };
    if close != 0 && is_one(&FILTERS, key) {
        let end =
            cursor.ahead_at_most(at + 1, VALUE, |b| b != close && !matches!(b, b'(' | b'[' | b'\n' | b','));
        if cursor.at(end) == close {
            let done = placeholder::ends_at(cursor, at + 1).is_some();
            let class = !done && cursor.slice(at + 1, end).iter().any(|b| is_word(*b));
            return class.then_some(Span { start: at + 1, end, kind: Redaction::Redacted });
        }
    }
    if !is_one(&TYPES, key) {
        return None;
    }
    let (mut i, mut end, mut count, mut naming) = (start, start, 0, false);
    loop {
        let sign = cursor.ahead_at_most(i, 16, is_ident);
        let key = cursor.slice(i, sign);
        if cursor.at(sign) != b'=' || !is_one(&TYPES, key) {
            break;
        }
        naming |= is_one(&NAMING, key);
        if !naming && count == PLACES {
            return None;
        }
        end = value(cursor, sign + 1);
        count += 1;
        if !matches!(cursor.at(end), b',' | b'+' | b'/') {
            break;
        }
        i = cursor.ahead_at_most(end + 1, 1, |b| b == b' ');
    }
    // Text after the last attribute belongs to the sentence.
    let last = cursor.back(end, start, |b| b != b'=');
    let end = if cursor.at(end) == b',' || end <= last { end } else { short(cursor, last).min(end) };
    // OpenVPN writes `VERIFY OK: depth=0, CN=laptop`.
    if count == 1
        && key == b"CN"
        && end > at + 1
        && placeholder::ends_at(cursor, at + 1).is_none()
        && is_of_peer(cursor, start)
    {
        let end = personal::end(cursor, at + 1, end);
        return Some(Span { start: at + 1, end, kind: Redaction::Redacted });
    }
    (count >= 2 && naming).then_some(Span { start, end, kind: Redaction::Redacted })
}

/// Do the words of OpenVPN or OpenSSL for the certificate of a peer stand before `at`?
fn is_of_peer(cursor: Cursor<'_>, at: usize) -> bool {
    let from = cursor.back(at, at.saturating_sub(VALUE), |b| b != b'\n');
    [&b"depth="[..], b"subject"].iter().any(|word| cursor.find(from, at, word).is_some())
}

/// The value in the name of a certificate as OpenSSL writes it, `O = Praxis Huber, CN = nas`, whose equals sign is at
/// `at`.
fn spaced(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let key_end = at - 1;
    let start = cursor.back(key_end, key_end.saturating_sub(16), is_ident);
    let key = cursor.slice(start, key_end);
    let named = match key {
        b"CN" | b"emailAddress" => true,
        b"O" | b"OU" | b"L" => [&b", CN = "[..], b", OU = ", b", O = "]
            .iter()
            .any(|next| cursor.find(at, at + VALUE, next).is_some()),
        _ => false,
    };
    let end = cursor.ahead_at_most(at + 2, VALUE, |b| !matches!(b, b',' | b'\n' | b'"' | b';' | b'<' | b'>'));
    let done = placeholder::ends_at(cursor, at + 2).is_some();
    (named && is_of_peer(cursor, start) && !done && end > at + 2).then_some(Span {
        start: at + 2,
        end,
        kind: Redaction::Redacted,
    })
}

/// The end of a value: the next sign between attributes that is not escaped.
fn value(cursor: Cursor<'_>, i: usize) -> usize {
    let mut end = i;
    loop {
        end = cursor.ahead_at_most(end, VALUE.saturating_sub(end - i), |b| {
            !matches!(b, b',' | b'+' | b';' | b'"' | b'\n' | b'<' | b'>' | b'\'' | b'\\' | b')')
        });
        if cursor.at(end) != b'\\' || matches!(cursor.at(end + 1), b'n' | b'"') || end - i >= VALUE {
            return end;
        }
        end += 2;
    }
}

/// The end of the last value, which is the end of its first word.
fn short(cursor: Cursor<'_>, i: usize) -> usize {
    cursor.ahead_at_most(i, VALUE, |b| !is_pause(b) && b != b':')
}
