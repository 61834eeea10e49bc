//! Finds how far the value after a key reaches, and whether it is one.

use super::brackets::{balanced, bracketed};
use super::cursor::{Cursor, is_ident, is_quote, is_space, is_word};
use super::opened::opened;
use super::prose::{self, says_nothing};
use super::url::is_pause;
use super::value::{INDENT, angled, block, continued, in_quotes, line_break, open_end};
use super::{Redaction, Span, header, personal, placeholder};

/// Longest name of a type before the fields of a header's value, in bytes.
const TYPE: usize = 48;

/// Longest part of a line that decides whether it continues a value, in bytes.
const LINE: usize = 160;

/// The value of this kind at `start`. `prose` means that the key may end a part of a sentence, and `whole_line` that the
/// value reaches to the end of its line.
pub(super) fn value(
    cursor: Cursor<'_>,
    start: usize,
    kind: Redaction,
    prose: bool,
    whole_line: bool,
) -> Option<Span> {
    let headers = matches!(kind, Redaction::Authorization | Redaction::Cookie);
    let first = start;
    let start = opened(cursor, start);
    let replaced = placeholder::ends_at(cursor, start);
    if replaced.is_some_and(|end| is_pause(cursor.at(end)) || cursor.at(end) == b'\\') {
        return None;
    }
    let block = block(cursor, start, headers);
    // The value of a key on a line of its own stands on the next line.
    let below = whole_line && !headers && block.is_none();
    let start = if below { next_line(cursor, start) } else { start };
    let (start, end) = if let Some(block) = block {
        block
    } else if let Some((inside, end)) = in_quotes(cursor, start) {
        let end = continued(cursor, inside, end);
        // A password may begin like a quoted text with a prefix: `e"xY9zQ3"rest77`.
        let glued = start > first && cursor.at(end + 1).is_ascii_alphanumeric() && is_quote(cursor.at(end));
        (inside, if glued { open_end(cursor, end + 1) } else { end })
    } else if let Some(inside) = angled(cursor, start) {
        inside
    } else if matches!(cursor.at(start), b'{' | b'[' | b'(') && !(headers && replaced.is_some()) {
        let end = bracketed(cursor, start);
        // A password may begin with a bracket: `(aB3)xY9zQ`.
        let glued = !headers && replaced.is_none() && cursor.at(end).is_ascii_alphanumeric();
        let end = if glued { open_end(cursor, end) } else { end };
        let end = if headers { header::behind(cursor, (start, end), kind, whole_line) } else { end };
        // A personal value may go on after its first word: `(020) 7946 0018`.
        (start, if kind == Redaction::Redacted { personal::end(cursor, start, end) } else { end })
    } else if let Some(fields) = headers.then(|| fields(cursor, start)).flatten() {
        (start, header::behind(cursor, (fields, balanced(cursor, fields)), kind, whole_line))
    } else if headers {
        (start, header::end(cursor, start, kind))
    } else {
        // The value in `date(1815, 12, 10)` ends with the bracket.
        let end = match cursor.before(start) {
            b'(' => {
                cursor.ahead_at_most(start, 64, |b| !matches!(b, b')' | b'(' | b'{' | b'"' | b'\n' | b'['))
            }
            _ => start,
        };
        let end = if end > start && cursor.at(end) == b')' { end } else { open_end(cursor, start) };
        let end = if kind == Redaction::Redacted { personal::end(cursor, start, end) } else { end };
        // A scheme may be before the value: `token = Bearer …`.
        let scheme = [&b"bearer"[..], b"basic", b"token", b"digest", b"negotiate"];
        let names = is_word(cursor.at(end + 1))
            && scheme.iter().any(|s| s.eq_ignore_ascii_case(cursor.slice(start, end)));
        let end = if names { header::end(cursor, start, Redaction::Authorization) } else { end };
        // `Session { id: … }` and `Secret("…")` go on after the type's name.
        let inner = cursor.ahead_at_most(end, 1, |b| b == b' ');
        if end > start && cursor.at(inner) == b'{' { (start, balanced(cursor, inner)) } else { (start, end) }
    };
    let span = Span { start, end, kind };
    let inside = placeholder::ends_at(cursor, start).is_some_and(|behind| behind >= end);
    let challenge = kind == Redaction::Authorization && header::is_challenge(cursor, start, end);
    if start >= end || inside || challenge || says_nothing(cursor.slice(start, end)) {
        return None;
    }
    let word_end = cursor.back(end, start, |b| matches!(b, b'.' | b':' | b'!' | b'?'));
    let word = cursor.slice(start, word_end);
    // A short number is a position or a count: `invalid token: 7`.
    if prose && word.len() <= 3 && word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if (prose || word_end == end) && prose::goes_on(word) {
        return None;
    }
    let bracketed = matches!(cursor.before(end), b'}' | b']' | b')');
    if whole_line && !headers && !bracketed && !is_quote(cursor.before(start)) {
        let line = cursor.claim(start, |b| b != b'\n' && b != b'\r');
        let line = if kind == Redaction::Secret { folded(cursor, line) } else { line };
        return Some(Span { start, end: cursor.back(line, end.min(line), is_space).max(end), kind });
    }
    Some(span)
}

/// The bracket of the fields behind a type's name, as `Debug` writes them: `Cookie { name: …`.
fn fields(cursor: Cursor<'_>, start: usize) -> Option<usize> {
    let name = cursor.ahead_at_most(start, TYPE, |b| is_ident(b) || b == b':');
    (name > start && cursor.has(name, b" {")).then_some(name + 1)
}

/// The value on the line behind the break at `i`, if it is one. A line with a key of its own is none, nor is a sentence.
fn next_line(cursor: Cursor<'_>, i: usize) -> usize {
    let line = i + line_break(cursor, i);
    let start = cursor.ahead_at_most(line, INDENT, |b| matches!(b, b' ' | b'\t'));
    let text = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n' && b != b'\r'));
    let word = text.split(|b| *b == b' ').next().unwrap_or_default();
    let is_value =
        line > i && !word.is_empty() && !word.ends_with(b":") && !prose::goes_on(word) && !has_sign(text);
    if is_value { start } else { i }
}

/// The end of the indented lines behind the break at `i` that continue a value (YAML 1.2.2 section 7.3.3).
fn folded(cursor: Cursor<'_>, i: usize) -> usize {
    let mut end = i;
    loop {
        let line = end + line_break(cursor, end);
        let start = cursor.ahead_at_most(line, INDENT, |b| matches!(b, b' ' | b'\t'));
        let text = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n' && b != b'\r'));
        if line == end || start == line || text.is_empty() || has_sign(text) {
            return end;
        }
        end = cursor.claim(start, |b| b != b'\n' && b != b'\r');
    }
}

/// Does the line hold a key with its value, or a place in code?
fn has_sign(text: &[u8]) -> bool {
    text.contains(&b'=') || text.contains(&b':') || text.starts_with(b"at ")
}
