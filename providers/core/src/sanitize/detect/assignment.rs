//! Finds the key of an assignment. The search goes back from the sign, over the operators, types, quotes and blanks
//! that languages put between a key and its sign.

use super::cursor::{Cursor, is_ident, is_name, is_quote};
use super::opened::before_visibility;

/// The longest key, in bytes.
pub(super) const KEY: usize = 64;

/// Most blanks between a key and its sign, as in a table.
pub(super) const GAP: usize = 32;

/// Longest type between the name and the value of a declaration, in bytes: `Optional[Dict[str, str]]`.
const TYPE: usize = 40;

/// The first words of types that hold text, in TypeScript, Python, Rust, Kotlin, Swift, Go, C# and SQL.
#[rustfmt::skip]
const TYPES: [&[u8]; 22] = [
    b"string", b"str", b"String", b"char", b"varchar", b"text", b"any", b"unknown", b"object", b"bytes", b"Optional", b"Option",
    b"Final", b"Cow", b"SecretStr", b"NSString", b"AnyStr", b"CharSequence", b"nvarchar", b"static", b"null", b"undefined",
];

pub(super) fn is_type(word: &[u8]) -> bool {
    TYPES.contains(&word)
}

pub(super) const fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

fn is_key(b: u8) -> bool {
    is_name(b) || b >= 0x80
}

/// The range of the key before the sign at `at`, without the quotes, brackets and spaces around the key.
pub(super) fn key(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    let from = floor.max(at.saturating_sub(KEY + GAP));
    let end = operator(cursor, at, from);
    if end == at && is_ident(cursor.before(at)) {
        let start = cursor.back(at, floor.max(at.saturating_sub(KEY + 8)), is_key);
        return Some(declared(cursor, start, at, floor));
    }
    let end = cursor.back(end, from.max(end.saturating_sub(GAP)), is_blank);
    // Skips the bracket of `headers["x"] =` and of an array of PHP. Elsewhere the bracket may be that of a placeholder,
    // which closes no key.
    let bracket =
        cursor.before(end) == b']' && (is_quote(cursor.before(end - 1)) || is_of_array(cursor, at, end));
    let end = if bracket { before_visibility(cursor, end - 1) } else { end };
    let end = cursor.back(end, from.max(end.saturating_sub(4)), |b| is_quote(b) || b == b'\\');
    let start = cursor.back(end, from, is_key);
    if start == end {
        let typed = cursor.at(at) == b'=' && matches!(cursor.before(end), b']' | b'>' | b'?' | b')');
        return if typed { typed_key(cursor, end, floor) } else { None };
    }
    Some(declared(cursor, start, end, floor))
}

/// Does the bracket before `end` close a key that PHP prints, on a line of its own: `    [password] => …`,
/// `  ["password":protected]=>`?
fn is_of_array(cursor: Cursor<'_>, at: usize, end: usize) -> bool {
    let key_end = before_visibility(cursor, end - 1);
    let key_end = cursor.back(key_end, key_end.saturating_sub(1), is_quote);
    let start = cursor.back(key_end, key_end.saturating_sub(KEY), is_key);
    let start = cursor.back(start, start.saturating_sub(1), is_quote);
    let line = cursor.back(start.saturating_sub(1), start.saturating_sub(KEY), is_blank);
    // `print_r` may stand on one line: `User Object ( [password:protected] => …`.
    let in_line = cursor.before(line) == b'(' && line + 1 < start;
    let is_first = matches!(cursor.before(line), 0 | b'\n') || in_line;
    cursor.has(at, b"=>") && cursor.before(start) == b'[' && is_first
}

/// The start of the operator that ends in the sign at `at`: `?=`, `::=`, `+=`, `.=`, `||=`, `!=`, `==`.
fn operator(cursor: Cursor<'_>, at: usize, from: usize) -> usize {
    if cursor.at(at) != b'=' {
        return at;
    }
    let start = cursor.back(at, from.max(at.saturating_sub(4)), |b| {
        matches!(b, b'?' | b':' | b'+' | b'.' | b'!' | b'=' | b'|' | b'&' | b'~' | b'<')
    });
    // In `a.b.=` the point belongs to the key; after a blank it belongs to the operator.
    if start < at && cursor.at(start) == b'.' && !is_blank(cursor.before(start)) { start + 1 } else { start }
}

/// The range of a declaration's key, if the word before the sign is only the type: `authToken: string =`,
/// `password string =`.
fn declared(cursor: Cursor<'_>, start: usize, end: usize, floor: usize) -> (usize, usize) {
    if cursor.at(end.max(1) - 1) == b':' || !is_type(cursor.slice(start, end)) {
        return (start, end);
    }
    typed_key(cursor, end, floor).unwrap_or((start, end))
}

/// The name that is declared with the type that ends at `end`.
fn typed_key(cursor: Cursor<'_>, end: usize, floor: usize) -> Option<(usize, usize)> {
    let from = floor.max(end.saturating_sub(TYPE));
    let part = |b: u8| {
        is_ident(b)
            || matches!(
                b,
                b'[' | b']' | b'<' | b'>' | b'&' | b'?' | b'.' | b',' | b'(' | b')' | b'\'' | b'|' | b' '
            )
    };
    let start = cursor.back(end, from, part);
    let colon = cursor.before(start) == b':' && cursor.before(start - 1) != b':';
    let first = if colon {
        cursor.ahead_at_most(start, 4, |b| !is_ident(b))
    } else {
        // Go writes `password string`, without a sign between the name and the type.
        cursor.back(end, from, is_ident)
    };
    if !is_type(cursor.slice(first, cursor.ahead_at_most(first, 16, is_ident))) {
        return None;
    }
    let name_end = if colon { start - 1 } else { cursor.back(first, first.saturating_sub(2), is_blank) };
    let name_end = cursor.back(name_end, name_end.saturating_sub(2), is_blank);
    let name = cursor.back(name_end, floor.max(name_end.saturating_sub(KEY)), is_key);
    (name < name_end).then_some((name, name_end))
}
