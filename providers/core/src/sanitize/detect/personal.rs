//! Finds the end of a personal value that is longer than its first word: a name of several words, a number in groups.

use super::cursor::{Cursor, is_word};

/// Most words of a name after the first.
const WORDS: usize = 3;

/// Longest part of a phone number after its first group, in bytes.
const NUMBER: usize = 32;

/// The end of the value whose first word is from `start` to `end`.
pub(super) fn end(cursor: Cursor<'_>, start: usize, end: usize) -> usize {
    let first = cursor.at(start);
    if first.is_ascii_digit() || matches!(first, b'+' | b'(') {
        let digits = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        let behind = cursor.ahead_at_most(end, NUMBER, digits);
        let last = cursor.back(behind, end, |b| !b.is_ascii_digit());
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
