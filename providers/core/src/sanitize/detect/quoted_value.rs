//! Finds a quoted value after a word that tells its kind, without a sign between them: `password "hunter2"`,
//! `["--password","…"]`, `("cookie", "…")`, `key - 'value'`.

use super::assignment::KEY;
use super::cursor::{Cursor, is_ident, is_name, is_quote, is_word};
use super::extent::value;
use super::pair::kind;
use super::value::in_quotes;
use super::{Redaction, Span};
use crate::sanitize::key_class::{KeyClass, KeyClassifier};

/// Largest distance from a word for SNMP to its community, in bytes.
const SNMP: usize = 128;

/// The value in the quotes that open at `at`, if a word before it tells its kind: `password "hunter2"`.
pub(super) fn find(cursor: Cursor<'_>, at: usize, floor: usize, keys: &KeyClassifier) -> Option<Span> {
    let quotes = cursor.back(at, at.saturating_sub(7), |b| b == b'\\');
    let open = if is_of_bytes(cursor, quotes) { quotes - 1 } else { quotes };
    // The values of a key may be a list: `["set-cookie",["…","…"]]`.
    let list = cursor.back(open, open.saturating_sub(1), |b| b == b' ');
    let is_list = cursor.before(list) == b'[';
    let open = if is_list { list - 1 } else { open };
    // Finds the end of the key, which may directly precede the quote: `用户"…"`, `["--password","…"]`.
    let mut key_end = match cursor.before(open) {
        // A dash or an arrow may be between them: `key - 'value'`, `key -> 'value'`.
        b' ' if matches!(cursor.before(open - 1), b'-' | b'>') => {
            let sign = cursor.back(open - 1, open.saturating_sub(4), |b| matches!(b, b'-' | b'>'));
            if cursor.before(sign) != b' ' {
                return None;
            }
            sign - 1
        }
        b' ' => open - 1,
        b',' | 0x80.. => open,
        _ => return None,
    };
    // In `("cookie", "…")`, a comma is between two quotes.
    let listed = cursor.before(key_end) == b',' && is_quote(cursor.before(key_end - 1));
    if listed {
        key_end = cursor.back(key_end - 2, (key_end - 2).saturating_sub(7), |b| b == b'\\');
    }
    let key_start = cursor
        .back(key_end, floor.max(key_end.saturating_sub(KEY)), |b| is_word(b) || is_ident(b) || b == b'-');
    if is_list && !listed {
        return None;
    }
    // In `'role': 'user', 'content': …`, the quoted text is the next key. In `fill("#password", "…")`, a `#` is before
    // the key.
    let edge = if cursor.before(key_start) == b'#' { key_start - 1 } else { key_start };
    if listed && (!is_quote(cursor.before(edge)) || cursor.at(at + 1) == b'-' || is_key(cursor, quotes)) {
        return None;
    }
    let name = cursor.slice(key_start, key_end);
    // `SECRET_KEY was "…"`
    if !listed && (name == b"is" || name == b"was") && cursor.before(key_start) == b' ' {
        let start =
            cursor.back(key_start - 1, floor.max(key_start.saturating_sub(KEY)), |b| is_name(b) || b >= 0x80);
        let secret = keys.class_in_text(cursor.slice(start, key_start - 1)) == KeyClass::Sensitive;
        return if secret { value(cursor, open, Redaction::Secret, false, false) } else { None };
    }
    // `["name", "Henrik Aalto"]`
    if listed && name.eq_ignore_ascii_case(b"name") {
        let (start, end) = in_quotes(cursor, quotes)?;
        let text = cursor.slice(start, end);
        let person =
            text.contains(&b' ') && text.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80);
        return if person { value(cursor, open, Redaction::Redacted, false, false) } else { None };
    }
    // The community of SNMP is its password.
    let line = || cursor.slice(key_start.saturating_sub(SNMP), key_start).to_ascii_lowercase();
    let of_snmp = || line().windows(3).any(|part| part == b"udp" || part == b"snm");
    let community = (name.eq_ignore_ascii_case(b"community") && of_snmp())
        || (name == b"string" && cursor.ends_any_case(key_start, b"community "));
    if !listed && community {
        return value(cursor, open, Redaction::Secret, false, false);
    }
    // Most quotes follow a word of a sentence, so they are excluded first.
    if name.iter().all(u8::is_ascii_lowercase) && keys.is_plain_word(name) {
        return None;
    }
    // `pin` is also a verb: "Pin `numpy` to a version". In `unexpected token "<"`, `pass "x"` and `the session 'a'`,
    // the word before the quotes belongs to a sentence.
    if name.eq_ignore_ascii_case(b"pin") && !has_digit(cursor, open) {
        return None;
    }
    let prose =
        [&b"token"[..], b"tokens", b"pass", b"session", b"sessions", b"cookie", b"cookies", b"auth", b"host"];
    let dashed = cursor.before(open - 1) != b' ' && matches!(cursor.before(open - 1), b'-' | b'>');
    if name.is_empty() || (!listed && !dashed && prose.iter().any(|word| word.eq_ignore_ascii_case(name))) {
        return None;
    }
    let kind = kind(cursor, name, key_start, floor, keys)?;
    if name == b"secrets" && is_resource(cursor, quotes) {
        return None;
    }
    value(cursor, open, kind, false, false)
}

/// Are these the quotes of Python's bytes in a list: `(b'authorization', b'…')`?
pub(super) fn is_of_bytes(cursor: Cursor<'_>, open: usize) -> bool {
    cursor.before(open) == b'b' && open > 0 && matches!(cursor.before(open - 1), b' ' | b',')
}

/// Do the quotes that open at `open` hold the name of a secret of Kubernetes, `secrets "tls-cert" not found`
/// (`k8s.io/apimachinery/pkg/api/errors`)?
fn is_resource(cursor: Cursor<'_>, open: usize) -> bool {
    const STATES: [&[u8]; 4] = [b" not found", b" already exists", b" is forbidden", b" is invalid"];
    in_quotes(cursor, open).is_some_and(|(start, close)| {
        let end = cursor.ahead_at_most(close, 8, |b| is_quote(b) || b == b'\\');
        let name = cursor.slice(start, close);
        cursor.before(start) == b'"'
            && STATES.iter().any(|state| cursor.has(end, state))
            && name.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'.'))
    })
}

/// Does a colon or an equals sign follow the quotes that open at `open`?
fn is_key(cursor: Cursor<'_>, open: usize) -> bool {
    in_quotes(cursor, open).is_some_and(|(_, close)| {
        let next = cursor.ahead_at_most(close, 8, |b| is_quote(b) || matches!(b, b' ' | b'\\'));
        matches!(cursor.at(next), b':' | b'=')
    })
}

/// Is there a digit before the next space, in the next 24 bytes?
pub(super) fn has_digit(cursor: Cursor<'_>, start: usize) -> bool {
    cursor.slice(start, cursor.ahead_at_most(start, 24, |b| b > b' ')).iter().any(u8::is_ascii_digit)
}
