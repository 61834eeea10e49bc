//! Finds the end of a value: in quotes, in brackets, over several lines, or before the rest of a list or a sentence.

use super::cursor::{Cursor, is_ident, is_quote, is_space, is_word};
use super::url::is_pause;
use super::{path, url};

/// Longest part of an item that decides whether it is a sentence, in bytes.
const ITEM: usize = 64;

/// Largest indentation of an item, in bytes.
pub(super) const INDENT: usize = 32;

/// The length of the line break at `i`; 0 if there is none.
pub(super) fn line_break(cursor: Cursor<'_>, i: usize) -> usize {
    match (cursor.at(i), cursor.at(i + 1)) {
        (b'\n', _) => 1,
        (b'\r', b'\n') => 2,
        _ => 0,
    }
}

/// A value of several lines: the indented lines after YAML's `|` and `>` (YAML 1.2.2 section 8.1), the items of its
/// lists, or a text in the triple quotes of Python and TOML. After a header's name each item is a value.
pub(super) fn block(cursor: Cursor<'_>, i: usize, header: bool) -> Option<(usize, usize)> {
    let quotes = cursor.slice(i, i + 3);
    if quotes == b"\"\"\"" || quotes == b"'''" {
        return Some((i + 3, cursor.find(i + 3, usize::MAX, quotes).unwrap_or(cursor.len())));
    }
    if line_break(cursor, i) > 0 {
        return items(cursor, i, header);
    }
    let line = cursor.ahead_at_most(i + 1, 2, |b| matches!(b, b'-' | b'+'));
    if !matches!(cursor.at(i), b'|' | b'>') || line_break(cursor, line) == 0 {
        return None;
    }
    let mut end = line;
    loop {
        let next = end + line_break(cursor, end);
        if next == end || !matches!(cursor.at(next), b' ' | b'\t') {
            break;
        }
        end = line_end(cursor, next);
    }
    let start = cursor.claim(line, is_space);
    (start < end).then_some((start, end))
}

/// The end of the line at `i`, before its break.
fn line_end(cursor: Cursor<'_>, i: usize) -> usize {
    let end = cursor.claim(i, |b| b != b'\n');
    if end > i && cursor.at(end) == b'\n' && cursor.before(end) == b'\r' { end - 1 } else { end }
}

/// The values of the items in the lines after the break at `i`: `  - value`. A sentence as the first item is no value:
/// `- is too short`.
fn items(cursor: Cursor<'_>, i: usize, header: bool) -> Option<(usize, usize)> {
    let item = |end: usize| {
        let line = end + line_break(cursor, end);
        let dash = cursor.ahead_at_most(line, INDENT, |b| matches!(b, b' ' | b'\t'));
        let value = cursor.ahead_at_most(dash + 1, INDENT, |b| matches!(b, b' ' | b'\t'));
        let is_item = line > end && cursor.at(dash) == b'-' && value > dash + 1;
        is_item.then_some(value)
    };
    let start = item(i)?;
    let text = cursor.slice(start, cursor.ahead_at_most(start, ITEM, |b| b != b'\n'));
    if !header && !is_quote(cursor.at(start)) && !text.contains(&b'=') && text.contains(&b' ') {
        return None;
    }
    let mut end = i;
    while let Some(value) = item(end) {
        end = line_end(cursor, value);
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

/// The end of the quoted value from `start` to `end`, with the quoted texts that continue it: those of the next lines in
/// Python and JavaScript, the new value of Terraform's `"…" -> "…"`, and the further values of Spring's
/// `Set-Cookie:"…", "…"`.
pub(super) fn continued(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let quote = cursor.before(start);
    // Spring's keys have no quotes.
    let listed = quote == b'"' && cursor.before(start - 1) == b':' && is_ident(cursor.before(start - 2));
    let mut end = end;
    while cursor.at(end) == quote {
        let behind = end + 1;
        let plus = if cursor.has(behind, b" +") { behind + 2 } else { behind };
        let line = plus + line_break(cursor, plus);
        let next = if line > plus {
            cursor.ahead_at_most(line, INDENT, |b| b == b' ')
        } else if cursor.has(behind, b" -> ") {
            behind + 4
        } else if listed && cursor.has(behind, b", ") {
            behind + 2
        } else {
            break;
        };
        if cursor.at(next) != quote || (line > plus && next == line) {
            break;
        }
        let Some((_, close)) = in_quotes(cursor, next) else { break };
        // A text before a colon or an equals sign is the next key.
        let sign = cursor.ahead_at_most(close + 1, 1, |b| b == b' ');
        if matches!(cursor.at(sign), b':' | b'=') {
            break;
        }
        end = close;
    }
    end
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
