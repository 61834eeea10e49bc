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

/// Most line breaks between a key and its value.
const BLANK_LINES: usize = 3;

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
    } else if let Some((start, end)) = in_quotes(cursor, start) {
        (start, continued(cursor, start, end))
    } else if let Some(inside) = angled(cursor, start) {
        inside
    } else if matches!(cursor.at(start), b'{' | b'[' | b'(') && !(headers && replaced.is_some()) {
        let end = bracketed(cursor, start);
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
        let line = if kind == Redaction::Secret { folded(cursor, start, line) } else { line };
        return Some(Span { start, end: cursor.back(line, end.min(line), is_space).max(end), kind });
    }
    Some(span)
}

/// The bracket of the fields behind a type's name, as `Debug` writes them: `Cookie { name: …`.
fn fields(cursor: Cursor<'_>, start: usize) -> Option<usize> {
    let name = cursor.ahead_at_most(start, TYPE, |b| is_ident(b) || b == b':');
    (name > start && cursor.has(name, b" {")).then_some(name + 1)
}

/// The value behind the line breaks at `i`, if it is one. A line with a key of its own is none, nor is a sentence.
fn next_line(cursor: Cursor<'_>, i: usize) -> usize {
    let mut line = i;
    for _ in 0..BLANK_LINES {
        line += line_break(cursor, line);
    }
    let start = cursor.ahead_at_most(line, INDENT, |b| matches!(b, b' ' | b'\t'));
    let text = cursor.slice(start, cursor.ahead_at_most(start, LINE, |b| b != b'\n' && b != b'\r'));
    let mut words = text.split(|b| *b == b' ');
    let word = words.next().unwrap_or_default();
    let sign = |word: &[u8]| word.contains(&b'=') || word.ends_with(b":") || word.starts_with(b":");
    let has_key = sign(word) || words.next().is_some_and(|word| matches!(word.first(), Some(b'=' | b':')));
    let is_value = line > i && !word.is_empty() && word != b"at" && !has_key && !prose::goes_on(word);
    if is_value { start } else { i }
}

/// The end of the lines behind the break at `end` that continue the value from `start`: those with more indentation than
/// the key's line (YAML 1.2.2 section 7.3.3), and lines of words after a phrase.
fn folded(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let of_key = cursor.back(start, start.saturating_sub(LINE), |b| b != b'\n');
    let indentation = cursor.ahead_at_most(of_key, INDENT, |b| matches!(b, b' ' | b'\t')) - of_key;
    let is_phrase = is_phrase(cursor.slice(start, end.min(start + LINE)), 4);
    let mut end = end;
    loop {
        let line = end + line_break(cursor, end);
        let first = cursor.ahead_at_most(line, INDENT, |b| matches!(b, b' ' | b'\t'));
        let text = cursor.slice(first, cursor.ahead_at_most(first, LINE, |b| b != b'\n' && b != b'\r'));
        let closes = matches!(text.first(), Some(b')' | b'}' | b']'));
        let deeper = first - line > indentation && !closes && !has_sign(text);
        if line == end || text.is_empty() || !(deeper || (is_phrase && self::is_phrase(text, 2))) {
            return end;
        }
        end = cursor.claim(first, |b| b != b'\n' && b != b'\r');
    }
}

/// Does the line consist of words like those of a seed phrase (BIP-39), and of no fewer than `least`?
fn is_phrase(text: &[u8], least: usize) -> bool {
    let words = || text.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let is_word = |word: &[u8]| (3..=8).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase);
    words().count() >= least && words().all(|word| is_word(word) && !prose::goes_on(word))
}

/// Does the line hold a key with its value, or a place in code?
fn has_sign(text: &[u8]) -> bool {
    text.contains(&b'=') || text.contains(&b':') || text.starts_with(b"at ") || text.starts_with(b"File ")
}
