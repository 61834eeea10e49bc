//! Finds the quoted texts of a statement of SQL outside of `VALUES`: `WHERE name = '…'`, `LIKE '%…%'`, `IN ('…', '…')`,
//! `CALL p('…')` (ISO/IEC 9075-2 and the manuals of PostgreSQL and SQL Server).

use super::Span;
use super::cursor::{Cursor, is_ident};
use super::statement::given;

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

/// The text in the quotes that open at `open`, after `<>`, `LIKE`, in the list of `IN`, or in the arguments of `CALL`.
pub(super) fn quoted(cursor: Cursor<'_>, open: usize) -> Option<Span> {
    if cursor.at(open) != b'\'' {
        return None;
    }
    let end = cursor.back(open, open.saturating_sub(2), |b| b == b' ');
    let found = match cursor.before(end) {
        b'>' => cursor.before(end - 1) == b'<' && is_in_statement(cursor, open),
        b'E' | b'e' => cursor.ends_any_case(end, b"like") && is_in_statement(cursor, open),
        b'(' | b',' => is_listed(cursor, end),
        _ => false,
    };
    if found { text(cursor, open) } else { None }
}

/// Does a keyword stand before `at` in its line? In lower case, two keywords are needed, because one may be a word of a
/// sentence.
fn is_in_statement(cursor: Cursor<'_>, at: usize) -> bool {
    const KEYWORDS: [&[u8]; 8] = [
        b"SELECT ",
        b"WHERE ",
        b"DELETE FROM ",
        b"INSERT INTO ",
        b"MERGE INTO ",
        b"CALL ",
        b"EXEC ",
        b"EXECUTE ",
    ];
    const PAIRS: [(&[u8], &[u8]); 4] = [
        (b"UPDATE ", b" SET "),
        (b"update ", b" set "),
        (b"select ", b" where "),
        (b"delete from ", b" where "),
    ];
    let line = line(cursor, at);
    let has = |word: &[u8]| line.windows(word.len()).any(|part| part == word);
    KEYWORDS.iter().any(|word| has(word)) || PAIRS.iter().any(|(first, second)| has(first) && has(second))
}

/// Is the bracket or comma that ends at `end` in an open list of `IN`, or in the arguments of `CALL`?
fn is_listed(cursor: Cursor<'_>, end: usize) -> bool {
    let line = line(cursor, end);
    let behind =
        |word: &[u8]| line.windows(word.len()).rposition(|part| part == word).map(|at| at + word.len());
    if let Some(at) = behind(b" IN (").or_else(|| behind(b" in (")) {
        let closed = line.get(at..).is_some_and(|list| list.contains(&b')'));
        return !closed && is_in_statement(cursor, end);
    }
    let Some(at) = behind(b"CALL ").or_else(|| behind(b"EXEC ")) else { return false };
    let called = line.get(at..).unwrap_or_default();
    let name = called.iter().take_while(|b| is_ident(**b) || **b == b'.').count();
    name > 0 && called.get(name) == Some(&b'(')
}

/// The line before `at`, or its end.
fn line(cursor: Cursor<'_>, at: usize) -> &[u8] {
    cursor.slice(cursor.back(at, at.saturating_sub(STATEMENT), |b| b != b'\n'), at)
}

/// The text in the quotes at `open`. A single word in lower case is a state or a kind, so it stays; so does a number of
/// few digits.
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
    let text = cursor.slice(start, end);
    let is_state = text.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    let is_short = text.len() < 5 && !text.iter().any(u8::is_ascii_alphabetic);
    if is_state || is_short { None } else { given(cursor, start, end) }
}
