//! Finds values that a database or its driver repeats in a message: a value that it could not convert, the row of a
//! constraint, a parameter bound to a statement.
//!
//! The phrases are those of MySQL (error reference: 1064, 1292, 1366), SQL Server (errors 245, 2601, 2628), PostgreSQL
//! (`COPY`'s context, "Failing row contains"), SQLite (`near "…": syntax error`), Hibernate 5 and 6
//! (`org.hibernate.orm.jdbc.bind`), MyBatis and EF Core (`Microsoft.EntityFrameworkCore.Database.Command`).

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::quoted_input::inside;
use super::statement::given;
use super::value::in_quotes;
use super::{Redaction, Span, placeholder};

/// Longest value that is searched for, in bytes.
const VALUE: usize = 320;

/// Largest distance from the word `COPY` or `binding` to a value, in bytes.
const NEAR: usize = 96;

/// The value in the quotes that open at `open`, if a phrase of a database is before it.
pub(super) fn quoted(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    // Most quotes follow another word, so they are excluded first.
    let announced = match (cursor.before(open.saturating_sub(2)), cursor.before(open.wrapping_sub(1))) {
        (b'e', b':') => is_wrong_value(cursor, open) || is_copied(cursor, open),
        (b'u', b'e') => of_type(cursor, open, b" value ", b"converting the "),
        (b's', b':') => [&b"[params: "[..], b"[parameters: "].iter().any(|p| cursor.ends_any_case(open, p)),
        (b'a', b'r') => return near(cursor, open),
        (b, b':') if is_word(b) => is_copied(cursor, open),
        _ => false,
    };
    if cursor.before(open) != b' ' || !announced {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    given(cursor, start, end)
}

/// Is the text before `open` like `Incorrect integer value: `, `Truncated incorrect DOUBLE value: ` or `Truncated value: `?
fn is_wrong_value(cursor: Cursor<'_>, open: usize) -> bool {
    of_type(cursor, open, b" value: ", b"ncorrect ") || cursor.ends_any_case(open, b"Truncated value: ")
}

/// Does the text before `open` consist of `head`, the name of a type, and `tail`?
fn of_type(cursor: Cursor<'_>, open: usize, tail: &[u8], head: &[u8]) -> bool {
    if !cursor.ends_any_case(open, tail) {
        return false;
    }
    let end = open - tail.len();
    let word = cursor.back(end, end.saturating_sub(24), is_ident);
    word < end && cursor.ends_any_case(word, head)
}

/// Is the text before `open` PostgreSQL's `COPY people, line 3: ` or `COPY people, line 3, column name: `?
fn is_copied(cursor: Cursor<'_>, open: usize) -> bool {
    let from = cursor.back(open, open.saturating_sub(NEAR), |b| b != b'\n');
    let head = cursor.slice(from, open);
    let Some(at) = head.windows(7).rposition(|part| part == b", line ") else { return false };
    let rest = head.get(at + 7..).unwrap_or_default();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = rest.get(digits..).unwrap_or_default();
    let copied = head.get(..at).unwrap_or_default().windows(5).any(|part| part == b"COPY ");
    copied && digits > 0 && (rest == b": " || rest.starts_with(b", column "))
}

/// The part of a statement that a parser repeats: MySQL's `use near '…' at line 1`, SQLite's `near "…": syntax error`. A
/// single word stays, because it is a word of SQL.
fn near(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    if !cursor.ends_any_case(open, b"near ") {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    let end = if cursor.ends_any_case(open, b"use near ") {
        cursor.find(start, start + VALUE, b"' at line ").unwrap_or(end)
    } else if cursor.has(end + 1, b": syntax error") {
        end
    } else {
        return None;
    };
    if cursor.slice(start, end).contains(&b' ') { given(cursor, start, end) } else { None }
}

/// The row in the bracket at `at`: `Failing row contains (…)`, `The duplicate key value is (…)`.
pub(super) fn row(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let phrases = [&b"Failing row contains "[..], b"duplicate key value is "];
    if phrases.iter().any(|phrase| cursor.ends_any_case(at, phrase)) { inside(cursor, at + 1) } else { None }
}

/// The values in the bracket at `at`, which a driver binds: `binding parameter [1] as [VARCHAR] - […]`, `binding
/// parameter (2:VARCHAR) <- […]`, `Bind variables: […]`, `with params ['…', 3]`.
pub(super) fn listed(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let after = |phrase: &[u8]| cursor.ends_any_case(at, phrase);
    let bound = (after(b"] - ") || after(b"<- "))
        && cursor.slice(at.saturating_sub(NEAR), at).windows(18).any(|part| part == b"binding parameter ");
    let end = || cursor.ahead_at_most(at + 1, VALUE, |b| b != b']' && b != b'\n');
    if bound || after(b"bind variables: ") {
        return given(cursor, at + 1, end());
    }
    let told = [&b"params "[..], b"parameters ", b"bindings ", b"binds "].iter().any(|word| after(word));
    if told && is_quote(cursor.at(at + 1)) { given(cursor, at + 1, end()) } else { None }
}

/// The text after the equals sign at `at`, if the mark of a parameter is before the sign: `@p0='…'`, `:1='…'`, `?1 =
/// '…'`.
pub(super) fn assigned(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let open = cursor.ahead_at_most(at + 1, 2, |b| b == b' ');
    let end = cursor.back(at, at.saturating_sub(2), |b| b == b' ');
    if cursor.at(open) != b'\'' || !cursor.before(end).is_ascii_digit() {
        return None;
    }
    let start = cursor.back(end, end.saturating_sub(40), is_ident);
    let number = cursor.slice(start, end).iter().all(u8::is_ascii_digit);
    let mark = match cursor.before(start) {
        b'@' => !number,
        b':' | b'?' => number && end - start < 4,
        _ => false,
    };
    let edge = cursor.before(start.saturating_sub(1));
    if !mark || is_word(edge) || edge == b':' {
        return None;
    }
    let (start, end) = in_quotes(cursor, open)?;
    let done = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    (!done && start < end).then_some(Span { start, end, kind: Redaction::Redacted })
}
