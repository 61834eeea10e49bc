//! Finds the end of a personal value that is longer than its first word: a name of several words, a number in groups.

use super::cursor::{Cursor, is_word};
use super::{Redaction, Span};

/// Most words of a name after the first.
const WORDS: usize = 3;

/// Longest address of a house, in bytes.
const STREET: usize = 96;

/// Longest first segment of a message of HL7, in bytes.
const HEADER: usize = 512;

/// Longest part of a phone number after its first group, in bytes.
const NUMBER: usize = 32;

/// The address of a house at `start`, after a key such as `address`: `Kauppakatu 12 B, 20100 Turku`. It has the number
/// of the house, and a postcode beside a name after a comma. Otherwise the address may be one in memory.
pub(super) fn street(cursor: Cursor<'_>, name: &[u8], start: usize) -> Option<Span> {
    let last = name.len().checked_sub(b"address".len()).and_then(|at| name.get(at..))?;
    if !last.eq_ignore_ascii_case(b"address") {
        return None;
    }
    let ends = |b: u8| matches!(b, b'\n' | b';' | b'"' | b')' | b'<' | b'=' | b':');
    let line = cursor.slice(start, cursor.ahead_at_most(start, STREET, |b| !ends(b)));
    let comma = line.windows(2).position(|two| two == b", ")?;
    let (house, town) = line.split_at_checked(comma)?;
    let is_name = |word: &[u8]| word.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80);
    let is_number = |word: &[u8]| word.first().is_some_and(u8::is_ascii_digit) && word.len() < 7;
    let numbered = house.split(|b| *b == b' ').skip(1).any(is_number);
    let (mut len, mut postcode, mut named) = (2, false, false);
    for word in town.get(2..)?.split(|b| *b == b' ') {
        if !(is_name(word) || is_number(word)) {
            break;
        }
        postcode |= is_number(word) && word.len() > 3;
        named |= is_name(word);
        len += word.len() + 1;
    }
    let end = (start + comma + len).saturating_sub(1);
    (is_name(house) && numbered && postcode && named).then_some(Span {
        start,
        end,
        kind: Redaction::Redacted,
    })
}

/// The fields of a segment about a person in a message of HL7 version 2 (chapter 3), `PID|1||4471920||Noll^Elfriede`, whose
/// line starts at `start`.
pub(super) fn segment(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    // A message whose segments end with a carriage return only is a single line.
    if cursor.has(start, b"MSH|") {
        let stop = cursor.ahead_at_most(start, HEADER, |b| b != b'\n');
        let at = cursor.find(start, stop, b"\rPID|")? + b"\rPID|".len();
        let end = cursor.claim(at, |b| b != b'\n');
        return (end > at).then_some(Span { start: at, end, kind: Redaction::Redacted });
    }
    if ![&b"PID|"[..], b"NK1|", b"IN1|", b"GT1|"].iter().any(|name| cursor.has(start, name)) {
        return None;
    }
    let end = cursor.claim(start, |b| b != b'\n');
    (end > start + 4).then_some(Span { start: start + 4, end, kind: Redaction::Redacted })
}

/// The end of the date at `start` whose month is a word: `2 April 1985`, `2. April 1985`, `2 de abril de 1985`.
fn date(cursor: Cursor<'_>, start: usize) -> Option<usize> {
    let word = |at: usize| {
        let end = cursor.ahead_at_most(at, 12, |b| b.is_ascii_alphabetic() || b >= 0x80);
        if cursor.at(end) == b'.' { end + 1 } else { end }
    };
    let mut at = cursor.ahead_at_most(start, 2, |b| b.is_ascii_digit());
    at += usize::from(cursor.at(at) == b'.');
    for _ in 0..3 {
        let next = at + 1;
        if cursor.at(at) != b' ' || at == start {
            return None;
        }
        if matches!(cursor.slice(next, next + 2), b"19" | b"20") {
            let end = cursor.ahead_at_most(next, 5, |b| b.is_ascii_digit());
            return (end == next + 4 && at > start + 4).then_some(end);
        }
        at = word(next);
    }
    (cursor.at(at) == b' ' && cursor.ahead_at_most(at + 1, 5, |b| b.is_ascii_digit()) == at + 5)
        .then_some(at + 5)
}

/// The end of the value whose first word is from `start` to `end`.
pub(super) fn end(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let first = cursor.at(start);
    if first.is_ascii_digit() || matches!(first, b'+' | b'(') {
        let digits = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        let behind = cursor.ahead_at_most(end, NUMBER, digits);
        let last = cursor.back(behind, end, |b| !b.is_ascii_digit());
        if let Some(date) = date(cursor, start) {
            return date;
        }
        // Digits directly before a letter belong to the next word.
        return if is_word(cursor.at(last)) { end } else { last };
    }
    let capital = |b: u8| b.is_ascii_uppercase() || b >= 0x80;
    if !capital(first) {
        return end;
    }
    let mut end = end;
    for _ in 0..WORDS {
        let next = end + 1;
        if cursor.at(end) != b' ' || !capital(cursor.at(next)) {
            break;
        }
        let word = cursor.ahead_at_most(next, 32, |b| is_word(b) || matches!(b, b'-' | b'\'' | b'.'));
        // The word is the next field, not a part of the name: `user=Ada ERROR: …`, `Status: …`.
        let text = cursor.slice(next, word);
        let field = matches!(cursor.at(word), b':' | b'=' | b'(')
            || text.len() > 1 && text.iter().all(u8::is_ascii_uppercase);
        if field {
            break;
        }
        end = word;
    }
    end
}
