//! Finds the end of a value: in quotes, in brackets, over several lines, or before the rest of a list or a sentence.

use super::cursor::{Cursor, is_ident, is_quote, is_space, is_word};
use super::url::is_pause;
use super::{path, url};

/// Longest part of an item that decides whether it is a sentence, in bytes.
const ITEM: usize = 64;

/// How PHP begins to print an array.
const ARRAY: &[u8] = b"Array\n";

/// Largest indentation of an item, in bytes.
const INDENT: usize = 32;

/// A value of several lines: the indented lines after YAML's `|` and `>` (YAML 1.2.2 section 8.1), the items of its
/// lists, or a text in the triple quotes of Python and TOML.
pub(super) fn block(cursor: Cursor<'_>, i: usize) -> Option<(usize, usize)> {
    let quotes = cursor.slice(i, i + 3);
    if quotes == b"\"\"\"" || quotes == b"'''" {
        return Some((i + 3, cursor.find(i + 3, usize::MAX, quotes).unwrap_or(cursor.len())));
    }
    if cursor.at(i) == b'\n' {
        return items(cursor, i);
    }
    let line = cursor.ahead_at_most(i + 1, 2, |b| matches!(b, b'-' | b'+'));
    if !matches!(cursor.at(i), b'|' | b'>') || cursor.at(line) != b'\n' {
        return None;
    }
    let mut end = line;
    while cursor.at(end) == b'\n' && matches!(cursor.at(end + 1), b' ' | b'\t') {
        end = cursor.claim(end + 1, |b| b != b'\n');
    }
    let start = cursor.claim(line, is_space);
    (start < end).then_some((start, end))
}

/// The values of the items in the lines after the break at `i`: `  - value`. A sentence is no value: `- is too short`.
fn items(cursor: Cursor<'_>, i: usize) -> Option<(usize, usize)> {
    let value = |line: usize| {
        let dash = cursor.ahead_at_most(line + 1, INDENT, |b| matches!(b, b' ' | b'\t'));
        let item = dash + 2;
        let end = cursor.ahead_at_most(item, ITEM, |b| b != b'\n');
        let text = cursor.slice(item, end);
        let is_value = is_quote(cursor.at(item)) || text.contains(&b'=') || !text.contains(&b' ');
        (cursor.has(dash, b"- ") && is_value).then_some(item)
    };
    let start = value(i)?;
    let mut end = i;
    while cursor.at(end) == b'\n'
        && let Some(item) = value(end)
    {
        end = cursor.claim(item, |b| b != b'\n');
    }
    (start < end).then_some((start, end))
}

/// The end of a value without quotes: before the rest of a list or a sentence, or before an escape.
pub(super) fn open_end(cursor: Cursor<'_>, start: usize) -> usize {
    // A path with a drive letter ends where the detector of paths says.
    if cursor.at(start + 1) == b':'
        && let Some(path) = path::windows(cursor, start + 1)
    {
        return path.end;
    }
    let mut end = start;
    loop {
        end = cursor.claim(end, |b| !(is_pause(b) || matches!(b, b'&' | b'\\')));
        // A bracket does not end the value if the value continues directly after it: `q{a}b`.
        let glued = matches!(cursor.at(end), b'}' | b')' | b']' | b'|')
            && end > start
            && (is_word(cursor.at(end + 1)) || matches!(cursor.at(end + 1), b'$' | b'#' | b'!'));
        if !glued && (cursor.at(end) != b'\\' || cursor.is_escape(end)) {
            break;
        }
        end += 1;
    }
    // A URL ends where the detector of URLs says.
    let url = cursor.slice(start, end).windows(3).any(|w| w == b"://");
    if url { url::end(cursor, end, cursor.before(start)).max(end) } else { end }
}

/// The place after the text that `Debug` puts before a value: `Some(`, `Ok(`, `b`.
pub(super) fn opened(cursor: Cursor<'_>, start: usize) -> usize {
    let mut i = start;
    for _ in 0..3 {
        let name = cursor.ahead_at_most(i, 24, |b| is_ident(b) || b == b':' || b == b'.');
        if cursor.at(name) == b'(' && name > i {
            i = name + 1;
        } else if matches!(cursor.at(i), b'b' | b'r' | b'f' | b'u') && is_quote(cursor.at(i + 1)) {
            i += 1;
        } else {
            break;
        }
    }
    // PHP prints the bracket of an array on the next line.
    let array = cursor.ahead_at_most(i + ARRAY.len(), INDENT, is_space);
    if cursor.has(i, ARRAY) && cursor.at(array) == b'(' { array } else { i }
}

/// The inside of the quotes at `i`, which may be escaped. If the closing quote is missing, the inside reaches to the
/// end of the line.
pub(super) fn in_quotes(cursor: Cursor<'_>, i: usize) -> Option<(usize, usize)> {
    let escapes = cursor.ahead_at_most(i, 7, |b| b == b'\\');
    let quote = cursor.at(escapes);
    if !is_quote(quote) {
        return None;
    }
    let depth = escapes - i;
    let start = escapes + 1;
    let mut end = start;
    loop {
        end = cursor.claim(end, |b| b != quote && b != b'\n');
        if cursor.at(end) != quote {
            return Some((start, end));
        }
        let slashes = end - cursor.back(end, start.max(end.saturating_sub(16)), |b| b == b'\\');
        if slashes <= depth || slashes == 16 {
            return Some((start, end - slashes.min(depth)));
        }
        end += 1;
    }
}

/// The inside of the angle brackets at `i`, in which Dovecot's log writes values: `user=<ada>, method=PLAIN`,
/// `session=<RzWUw7FB+M62CzXW>`. A word in such brackets, as in `token=<value>`, says what belongs there.
pub(super) fn angled(cursor: Cursor<'_>, i: usize) -> Option<(usize, usize)> {
    if cursor.at(i) != b'<' {
        return None;
    }
    let end = cursor.ahead_at_most(i + 1, 128, |b| b > b' ' && !matches!(b, b'<' | b'>'));
    let next = cursor.ahead_at_most(end + 3, 16, |b| b.is_ascii_lowercase());
    let listed = cursor.has(end + 1, b", ") && next > end + 3 && cursor.at(next) == b'=';
    let text = cursor.slice(i + 1, end);
    let random = text.len() >= 6 && text.iter().any(u8::is_ascii_digit);
    (cursor.at(end) == b'>' && !text.is_empty() && (listed || random)).then_some((i + 1, end))
}

/// The place after the bracket that closes the one at `i`; the end of the text if it is not closed.
pub(super) fn balanced(cursor: Cursor<'_>, i: usize) -> usize {
    let mut depth = 0_usize;
    let mut quote = 0;
    let mut at = i;
    while at < cursor.len() {
        let b = cursor.at(at);
        match b {
            b'\\' => at += 1,
            _ if quote != 0 => quote = if b == quote { 0 } else { quote },
            b'"' => quote = b,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    cursor.len()
}

/// The end of the value in brackets at `i`. In Go a type may precede the values: `[]string{"…"}`.
pub(super) fn bracketed(cursor: Cursor<'_>, i: usize) -> usize {
    let end = balanced(cursor, i);
    let name = cursor.ahead_at_most(end, 24, |b| is_ident(b) || matches!(b, b'.' | b'*' | b'[' | b']'));
    if name > end && cursor.at(name) == b'{' { balanced(cursor, name) } else { end }
}

/// The inside of the bracket at `i`, up to the end of the text if it is not closed.
pub(super) fn inside(cursor: Cursor<'_>, i: usize) -> (usize, usize) {
    let end = balanced(cursor, i);
    let closed = end > i + 1 && matches!(cursor.before(end), b'}' | b']' | b')');
    (i + 1, if closed { end - 1 } else { end })
}
