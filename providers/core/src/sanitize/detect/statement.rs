//! Finds the values of a statement: those in SQL, and the parameters that SQLAlchemy, asyncpg, JDBC, PostgreSQL's log
//! and Redis clients repeat with an error.

use super::brackets::inside;
use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::prose::is_bound;
use super::{Redaction, Span, placeholder};

/// Fields that hold the values of a statement or a command.
const LISTS: [&[u8]; 10] = [
    b"parameters",
    b"params",
    b"bindings",
    b"binds",
    b"bind",
    b"variables",
    b"args",
    b"arguments",
    b"argv",
    b"values",
];

/// Longest part that decides whether a list in brackets holds texts, in bytes. It is a part of the list, or of the
/// statement before it.
const DECIDES: usize = 256;

/// The longest list of values, in bytes.
const VALUES: usize = 2048;

pub(super) fn is_list(name: &[u8]) -> bool {
    let last = name.rsplit(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(last))
}

/// Is this key a parameter's number: `$1` of PostgreSQL, or `argument $1` of asyncpg?
pub(super) fn is_number(cursor: Cursor<'_>, name: &[u8], start: usize) -> bool {
    if !name.last().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let digits = name.strip_prefix(b"$").unwrap_or(name);
    let signed = digits.len() < name.len() || cursor.before(start) == b'$';
    signed && !digits.is_empty() && digits.len() < 4 && digits.iter().all(u8::is_ascii_digit)
}

/// The value of a numbered parameter or of a list, which starts at `start`.
pub(super) fn bound(cursor: Cursor<'_>, name: &[u8], key_start: usize, start: usize) -> Option<Span> {
    if is_number(cursor, name, key_start) {
        let quote = cursor.at(start);
        let end = if is_quote(quote) {
            cursor.ahead_at_most(start + 1, VALUES, |b| b != quote && b != b'\n')
        } else {
            cursor.ahead_at_most(start, VALUES, |b| !matches!(b, b',' | b')' | b']' | b'(' | b'\n'))
        };
        let start = start + usize::from(is_quote(quote));
        return given(cursor, start, end);
    }
    if !is_list(name) {
        return None;
    }
    // MyBatis writes `==> Parameters: Ada(String), 3(Integer)`.
    if cursor.ends_any_case(key_start, b"==> ") {
        let end = cursor.ahead_at_most(start, VALUES, |b| b != b'\n');
        let typed = cursor.slice(start, end).contains(&b'(');
        return if typed { given(cursor, start, end) } else { None };
    }
    let open = cursor.ahead_at_most(start, 2, |b| b == b' ');
    if !matches!(cursor.at(open), b'(' | b'[' | b'{') {
        return None;
    }
    // A JSON schema describes parameters and does not hold their values: `"parameters": {"type": "object", …}`. The
    // variables of GraphQL are values.
    let schema = cursor.at(open) == b'{' && !cursor.ends_any_case(key_start, b"[") && name != b"variables";
    // The first bytes decide whether there is a find. Only then the rest is looked at and claimed.
    let head = cursor.slice(open + 1, (open + 1 + DECIDES).min(cursor.len()));
    if schema || !head.iter().any(|b| is_quote(*b)) {
        return None;
    }
    let (start, end) = inside(cursor, open);
    if cursor.slice(start, end).iter().any(|b| is_quote(*b)) { given(cursor, start, end) } else { None }
}

/// The list of values that opens at `at`, after SQL's `VALUES`, with the lists that follow it.
pub(super) fn values(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let word = cursor.back(at, at.saturating_sub(2), |b| matches!(b, b' ' | b'\n'));
    if !matches!(cursor.before(word), b's' | b'S')
        || !cursor.ends_any_case(word, b"values")
        || is_ident(cursor.before(word - b"values".len()))
    {
        return None;
    }
    // The first bytes decide whether there is a find. Only then the rest is looked at and claimed.
    let near = close(cursor, at, DECIDES);
    let head = cursor.slice(at + 1, near);
    given(cursor, at + 1, near)?;
    let bound = head.split(|b| *b == b',').all(|value| {
        let value = value.trim_ascii();
        is_bound(value) || value.is_empty() || value.iter().all(u8::is_ascii_digit) || value.contains(&b'(')
    });
    let quoted = head.iter().any(|b| is_quote(*b));
    let into = || {
        let before = cursor.slice(at.saturating_sub(DECIDES), word);
        before.windows(4).any(|w| w.eq_ignore_ascii_case(b"into"))
    };
    if bound || !(quoted || into()) {
        return None;
    }
    given(cursor, at + 1, close(cursor, at, usize::MAX))
}

/// The bracket that closes a list of values, outside of SQL's quotes. If there is none, the place after `most` bytes,
/// or the end of the line.
pub(super) fn close(cursor: Cursor<'_>, open: usize, most: usize) -> usize {
    let stop = cursor.len().min(open.saturating_add(most));
    let (mut i, mut quote, mut depth) = (open, 0, 0_usize);
    while i < stop {
        match cursor.at(i) {
            b if quote != 0 => quote = if b == quote { 0 } else { quote },
            b @ (b'\'' | b'"') => quote = b,
            b'(' => depth += 1,
            b')' if depth <= 1 => return i,
            b')' => depth -= 1,
            b'\n' => return i,
            _ => {}
        }
        i += 1;
    }
    i
}

/// The span of the given values, unless they are only placeholders.
pub(super) fn given(cursor: Cursor<'_>, start: usize, end: usize) -> Option<Span> {
    let text = cursor.slice(start, end);
    let done = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    let told = text
        .split(|b| matches!(b, b',' | b' '))
        .any(|part| part.iter().any(|b| is_word(*b)) && !is_bound(part));
    (start < end && !done && told).then_some(Span { start, end, kind: Redaction::Redacted })
}
