//! Joins the lines of a text, because wrapping a text also wraps the secrets in it. Finds the places in the joined text
//! where a secret may continue over a line break.

use std::ops::Range;

use super::eight::{first_word, is_break, last_word, line_len};
use super::{LINE, View};
use crate::sanitize::detect::Finding;

/// Longest part of a word that is looked at on either side of a line break, in bytes.
const WORD: usize = 64;

/// Largest distance from a line break to the start of a find after it that the text before the break may announce, in
/// bytes.
pub(in crate::sanitize) const NEAR: usize = 128;

/// Largest distance between the start of a key and its value, in bytes.
const KEY: usize = 80;

/// Fewest characters of a token that may continue on the next line.
const TOKEN: usize = 15;

/// Joins the lines of a text. Returns the joined text, the places of its breaks, and the ranges around those breaks
/// over which something may continue, in order and without overlaps. `found` are the finds in the text. A range holds
/// the text on both sides of its break. With `only`, breaks outside of these ranges are ignored.
pub(in crate::sanitize) fn joined(
    bytes: &[u8],
    found: &[Finding],
    only: Option<&[Range<usize>]>,
) -> (View, Vec<usize>, Vec<Range<usize>>) {
    let whole = 0..bytes.len();
    let mut view = View::with_capacity(bytes.len());
    let mut breaks = Vec::with_capacity(bytes.len() / LINE);
    for range in only.unwrap_or(std::slice::from_ref(&whole)) {
        join(bytes, range, &mut view, &mut breaks);
    }
    let mut ends: Vec<(usize, usize)> = found.iter().map(|finding| (finding.end, finding.start)).collect();
    ends.sort_unstable();
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(breaks.len());
    for &(at, end_of_line, continued) in &breaks {
        let first = ends.partition_point(|(end, _)| *end + 3 < end_of_line);
        let open =
            ends.iter().skip(first).take_while(|(end, _)| *end <= end_of_line).map(|(_, start)| *start);
        let open = open.min().map(|start| end_of_line - start);
        if let Some(range) = around_break(&view, at, open, continued) {
            let done = ranges.last().map_or(0, |last| last.end);
            ranges.push(range.start.max(done)..range.end.max(done));
        }
    }
    (view, breaks.into_iter().map(|(at, ..)| at).collect(), ranges)
}

/// A break whose two lines were joined: its place in the view, the end of the first line in the text, and whether the
/// first line ends in a sign of continuation.
type Break = (usize, usize, bool);

/// Appends the lines of a range, joined.
fn join(bytes: &[u8], range: &Range<usize>, view: &mut View, breaks: &mut Vec<Break>) {
    let whole = bytes.len();
    let bytes = bytes.get(..range.end.min(whole)).unwrap_or_default();
    let mut i = range.start;
    while let Some(rest) = bytes.get(i..).filter(|rest| !rest.is_empty()) {
        let line = line_len(rest);
        view.push_plain(rest.get(..line).unwrap_or_default(), i);
        i += line;
        if line == rest.len() {
            return;
        }
        // Removes the sign with which quoted-printable or a shell continues a line, and finds the start of the next
        // line.
        let continued = matches!(view.bytes.last(), Some(b'=' | b'\\'));
        if continued {
            view.pop();
        }
        let end_of_line = i;
        i = next_line(bytes, i);
        let indentation = bytes.get(end_of_line..i).unwrap_or_default();
        // Nothing continues over the break if the next line is a frame of Java, an outer error in Go, a line of a log,
        // or starts like a line of its own.
        let next = bytes.get(i..(i + WORD).min(bytes.len())).unwrap_or_default();
        let is_new = indentation.contains(&b'\t') || is_date(next) || starts_line(&view.bytes, next);
        if (is_new && !continued) || (i == bytes.len() && i < whole) {
            view.push_plain(bytes.get(end_of_line..end_of_line + 1).unwrap_or_default(), end_of_line);
        } else {
            breaks.push((view.bytes.len(), end_of_line, continued));
        }
    }
}

/// The place after breaks, indentation, and the bars and brackets that quoted text has at the start of each line.
fn next_line(bytes: &[u8], mut i: usize) -> usize {
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    loop {
        while is_break(at(i)) || matches!(at(i), b' ' | b'\t') {
            i += 1;
        }
        if !(matches!(at(i), b'|' | b'>') && matches!(at(i + 1), b' ' | b'|' | b'>')) {
            return i;
        }
        i += 1;
    }
}

/// The range around the break at `at`; `None` if the text around the break shows that nothing continues. `open` is the
/// length of a find that ends at the break.
fn around_break(view: &View, at: usize, open: Option<usize>, continued: bool) -> Option<Range<usize>> {
    let bytes = &view.bytes;
    let before = bytes.get(at.saturating_sub(WORD)..at).unwrap_or_default();
    let behind = bytes.get(at..(at + WORD).min(bytes.len())).unwrap_or_default();
    if behind.is_empty() {
        return None;
    }
    // If a line ends in a space, a number may still continue on the next line.
    let spaces = usize::from(before.last() == Some(&b' '));
    let word_end = before.len() - spaces;
    let last = last_word(before.get(..word_end).unwrap_or_default());
    let next = first_word(behind);
    let last_word = before.get(word_end - last..word_end).unwrap_or_default();
    let next_word = behind.get(..next).unwrap_or_default();
    // A number may continue in further groups, and a value may follow the second half of its key.
    let is_part = |b: &&u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'+' | b'(' | b')' | b'.' | b'/');
    let is_digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    let sign_before = before.iter().rev().skip(spaces + last).take(BESIDE).any(|b| is_sign(*b));
    let to_sign = if sign_before { spaces + last + BESIDE } else { 0 };
    let (back, ahead) = if is_digit(last_word.last()) && is_digit(next_word.first()) {
        (
            before.iter().rev().take_while(is_part).count().max(to_sign),
            behind.iter().take_while(is_part).count(),
        )
    } else {
        let split = spaces == 0
            && last_word.last().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'));
        let sign_behind = || behind.get(next..).unwrap_or_default().iter().take(BESIDE).any(|b| is_sign(*b));
        (to_sign, if split && sign_behind() { next + BESIDE } else { 0 })
    };
    if open.is_none() && !continued && back <= spaces + last && ahead <= next && is_over(last_word, next_word)
    {
        return None;
    }
    let before = (spaces + last).max(back).max(open.map_or(0, |open| open + KEY));
    Some(at.saturating_sub(before)..at + next.max(ahead))
}

/// Distance from the words at a break at which the sign between a key and its value is searched for, in bytes. In the
/// broken key `IDENTI`, `FIED BY '`, the sign is the quote, which is the fifth byte after `FIED`.
const BESIDE: usize = 6;

/// Is this a sign between a key and its value, or the start of a value?
const fn is_sign(b: u8) -> bool {
    matches!(b, b':' | b'=' | b'"' | b'\'' | b'`')
}

/// Does the line start with a date, `2026-11-20…`, as a line of a log does?
fn is_date(line: &[u8]) -> bool {
    let Some([a, b, c, d, b'-', e, f, b'-', g, h]) = line.first_chunk::<10>() else { return false };
    [a, b, c, d, e, f, g, h].into_iter().all(u8::is_ascii_digit)
}

/// The first words of messages of git, compilers and shells. Nothing continues over a break before them if the line
/// before it ends a sentence.
const LEVELS: [&[u8]; 7] = [b"fatal:", b"error:", b"warning:", b"note:", b"hint:", b"info:", b"remote:"];

/// Words that make a key together with the word before them, as in `userName` and `sessionId`.
const SECOND_WORDS: [&[u8]; 11] = [
    b"Keys", b"Name", b"Number", b"Code", b"Address", b"String", b"Phrase", b"Value", b"Hash", b"Text",
    b"Word",
];

/// Does the second text start a line of its own after a word of a sentence at the end of the first?
///
/// - The number of a cause in a chain of errors, as anyhow's `Debug` writes it: `1: file is empty`.
/// - A heading, as in `Stack:`.
/// - A decorator or an annotation, as in `@Override`.
fn starts_line(before: &[u8], behind: &[u8]) -> bool {
    // Most lines start otherwise, so they are excluded first.
    if !behind.first().is_some_and(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || *b == b'@') {
        return false;
    }
    let before = before.get(before.len().saturating_sub(WORD)..).unwrap_or_default();
    let word = before.get(before.len() - last_word(before)..).unwrap_or_default();
    let next = behind.get(..first_word(behind)).unwrap_or_default();
    if word.is_empty() || !word.iter().all(u8::is_ascii_lowercase) {
        return false;
    }
    match next {
        [b'@', name @ ..] => !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'),
        [number @ .., b':'] if number.len() < 4 => {
            !number.is_empty() && number.iter().all(u8::is_ascii_digit)
        }
        [heading @ .., b':'] => {
            let (first, rest) = heading.split_at_checked(1).unwrap_or_default();
            first.iter().all(u8::is_ascii_uppercase)
                && rest.iter().all(u8::is_ascii_lowercase)
                && !SECOND_WORDS.contains(&heading)
        }
        _ => false,
    }
}

/// Are both words parts of sentences? They consist of letters. The first may also be a short number, and may have
/// punctuation at its end. Without punctuation, the two together must be too short for a token.
fn is_over(last: &[u8], next: &[u8]) -> bool {
    let end =
        last.iter().rposition(|b| !matches!(b, b')' | b']' | b'.' | b',' | b';' | b'!')).map_or(0, |n| n + 1);
    let (word, marks) = last.split_at_checked(end).unwrap_or_default();
    let letters = |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic);
    if marks == b"." && letters(word) && LEVELS.contains(&next) {
        return true;
    }
    let number = word.iter().all(u8::is_ascii_digit) && word.len() < 4;
    let starts_sentence = next.first().is_some_and(u8::is_ascii_uppercase);
    letters(next)
        && (letters(word) || number)
        && (starts_sentence || !marks.contains(&b'.'))
        && (!marks.is_empty() || word.len() + next.len() < TOKEN)
}
