//! Finds the quoted texts of a statement of SQL outside of `VALUES`: `WHERE name = '…'`, `LIKE '%…%'`, `IN ('…', '…')`,
//! `CALL p('…')` (ISO/IEC 9075-2 and the manuals of PostgreSQL and SQL Server).

use super::Span;
use super::cursor::{Cursor, is_ident};
use super::statement::{close, given};

/// Largest distance from a keyword to a text, in bytes.
const STATEMENT: usize = 256;

/// The longest text, in bytes.
const TEXT: usize = 512;

/// The text after the equals sign at `at`, which may have an `N` before its quote.
pub(super) fn assigned(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = cursor.ahead_at_most(at + 1, 2, |b| b == b' ');
    let open = start + usize::from(cursor.at(start) == b'N');
    if cursor.at(open) == b'\'' && is_in_statement(cursor, at) { text(cursor, open) } else { None }
}

/// The text in the quotes that open at `open`, after `<>` or `LIKE`, or the list of `IN` or the arguments of `CALL` from
/// there.
pub(super) fn quoted(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    if cursor.at(open) != b'\'' {
        return None;
    }
    let end = cursor.back(open, open.saturating_sub(2), |b| b == b' ');
    // Most quotes follow another text, so they are excluded first.
    let (found, is_list) = match cursor.before(end) {
        b'>' => (cursor.before(end - 1) == b'<' && is_in_statement(cursor, open), false),
        b'E' | b'e' => (cursor.ends_any_case(end, b"like") && is_in_statement(cursor, open), false),
        b'(' => (opens_list(cursor, end - 1), true),
        b',' if cursor.before(end - 1).is_ascii_digit() => {
            let line = line(cursor, end);
            let bracket = line.iter().rposition(|b| matches!(b, b'(' | b')'));
            (bracket.is_some_and(|at| opens_list(cursor, end - line.len() + at)), true)
        }
        _ => (false, false),
    };
    match (found, is_list) {
        (false, _) => None,
        (true, false) => text(cursor, open),
        (true, true) => list(cursor, open),
    }
}

/// Does the bracket at `at` open the list of `IN`, or the arguments of `CALL`?
fn opens_list(cursor: Cursor<'_>, at: usize) -> bool {
    let name = cursor.back(at, at.saturating_sub(64), |b| is_ident(b) || b == b'.');
    let called = name < at && (cursor.ends_any_case(name, b"CALL ") || cursor.ends_any_case(name, b"EXEC "));
    let listed = cursor.ends_any_case(at, b" in ") && is_in_statement(cursor, at);
    cursor.at(at) == b'(' && (called || listed)
}

/// The list from its first quote at `open`, if one of its texts is data.
fn list(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    // The first bytes decide whether there is a find. Only then the rest is looked at and claimed.
    let head = cursor.slice(open, close(cursor, open - 1, STATEMENT));
    if !head.split(|b| *b == b'\'').skip(1).step_by(2).any(is_data) {
        return None;
    }
    given(cursor, open, close(cursor, open - 1, usize::MAX))
}

/// Do the keywords of a statement stand before `at` in its line? In lower case, two keywords are needed, because one may
/// be a word of a sentence.
fn is_in_statement(cursor: Cursor<'_>, at: usize) -> bool {
    let (mut first, mut last): (&[u8], &[u8]) = (&[], &[]);
    for word in line(cursor, at).split(|b| *b == b' ') {
        // A quote or a bracket may be before the statement.
        let word = word.rsplit(|b| !b.is_ascii_alphabetic()).next().unwrap_or_default();
        match word {
            b"SELECT" | b"WHERE" | b"CALL" | b"EXEC" | b"EXECUTE" => return true,
            b"FROM" if last == b"DELETE" => return true,
            b"INTO" if matches!(last, b"INSERT" | b"MERGE") => return true,
            b"SET" if first == b"UPDATE" => return true,
            b"set" if first == b"update" => return true,
            b"where" if matches!(first, b"select" | b"delete") => return true,
            b"UPDATE" | b"update" | b"select" | b"delete" => first = word,
            _ => {}
        }
        last = word;
    }
    false
}

/// The line before `at`, or its end.
fn line(cursor: Cursor<'_>, at: usize) -> &[u8] {
    cursor.slice(cursor.back(at, at.saturating_sub(STATEMENT), |b| b != b'\n'), at)
}

/// Is this text of a statement data? A single word in lower case is a state or a kind, and a number of few digits is too.
fn is_data(text: &[u8]) -> bool {
    let is_state = text.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    let is_short = text.len() < 5 && !text.iter().any(u8::is_ascii_alphabetic);
    !is_state && !is_short
}

/// The text in the quotes at `open`, if it is data.
fn text(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    let start = open + 1;
    let mut end = start;
    loop {
        end = cursor.ahead_at_most(end, TEXT.saturating_sub(end - start), |b| b != b'\'' && b != b'\n');
        // A quote inside of the text is doubled.
        if cursor.at(end) != b'\'' || cursor.at(end + 1) != b'\'' || end - start >= TEXT {
            break;
        }
        end += 2;
    }
    if is_data(cursor.slice(start, end)) { given(cursor, start, end) } else { None }
}
