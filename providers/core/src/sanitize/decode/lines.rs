//! Joins the lines of a text, because wrapping a text also wraps its secrets, and finds the places in the joined text
//! where a secret may continue over a break.

use std::ops::Range;

use super::View;
use crate::sanitize::detect::Finding;

/// Longest part of a word on either side of a break that is looked at, in bytes.
const WORD: usize = 64;

/// Largest distance between a break and the start of a find that it may have to do with, in bytes.
pub(in crate::sanitize) const NEAR: usize = 128;

/// Largest distance between the start of a key and its value, in bytes.
const KEY: usize = 80;

/// Fewest characters of a token that may be wrapped.
const TOKEN: usize = 15;

const fn is_break(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

/// The text with its lines joined, the places of its breaks, and the ranges around those breaks over which something
/// may continue, in order and without overlaps, given the finds in the text. A range holds the text on both sides of
/// its break. With `only`, breaks outside of these ranges are ignored.
pub(in crate::sanitize) fn joined(
    bytes: &[u8],
    found: &[Finding],
    only: Option<&[Range<usize>]>,
) -> (View, Vec<usize>, Vec<Range<usize>>) {
    let whole = 0..bytes.len();
    let mut view = View::with_capacity(bytes.len());
    let mut breaks = Vec::new();
    for range in only.unwrap_or(std::slice::from_ref(&whole)) {
        join(bytes, range, &mut view, &mut breaks);
    }
    let mut ends: Vec<(usize, usize)> = found.iter().map(|finding| (finding.end, finding.start)).collect();
    ends.sort_unstable();
    let mut ranges: Vec<Range<usize>> = Vec::new();
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

/// A break whose next line was joined: its place in the view, the end of the line before it in the text, and whether
/// that line ends in a sign of continuation.
type Break = (usize, usize, bool);

/// Appends the lines of a range, joined.
fn join(bytes: &[u8], range: &Range<usize>, view: &mut View, breaks: &mut Vec<Break>) {
    let whole = bytes.len();
    let bytes = bytes.get(..range.end.min(whole)).unwrap_or_default();
    let mut i = range.start;
    while let Some(rest) = bytes.get(i..).filter(|rest| !rest.is_empty()) {
        let line = rest.iter().position(|b| is_break(*b)).unwrap_or(rest.len());
        view.push_plain(rest.get(..line).unwrap_or_default(), i);
        i += line;
        if line == rest.len() {
            return;
        }
        // A continuation of quoted-printable or a shell before the break, and the start of the next line.
        let continued = matches!(view.bytes.last(), Some(b'=' | b'\\'));
        if continued {
            view.pop();
        }
        let end_of_line = i;
        i = next_line(bytes, i);
        let indentation = bytes.get(end_of_line..i).unwrap_or_default();
        // Nothing continues over the break before a frame of Java, an outer error in Go, or a line of a log.
        let is_new = indentation.contains(&b'\t') || bytes.get(i..).is_some_and(is_date);
        if (is_new && !continued) || (i == bytes.len() && i < whole) {
            view.push_plain(bytes.get(end_of_line..end_of_line + 1).unwrap_or_default(), end_of_line);
        } else {
            breaks.push((view.bytes.len(), end_of_line, continued));
        }
    }
}

/// The start of the text behind breaks, indentation, and the bars and brackets that quoted text has before its lines.
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

/// The range around the break at `at`, unless the text around it shows that nothing continues. `open`: the length of a
/// find that ends at the break.
fn around_break(view: &View, at: usize, open: Option<usize>, continued: bool) -> Option<Range<usize>> {
    let bytes = &view.bytes;
    let before = bytes.get(at.saturating_sub(WORD)..at).unwrap_or_default();
    let behind = bytes.get(at..(at + WORD).min(bytes.len())).unwrap_or_default();
    if behind.is_empty() {
        return None;
    }
    // Behind a space at the end of a line, a number may still continue.
    let spaces = usize::from(before.last() == Some(&b' '));
    let word_end = before.len() - spaces;
    let last = before.iter().rev().skip(spaces).take_while(|b| **b > b' ').count();
    let next = behind.iter().take_while(|b| **b > b' ').count();
    let last_word = before.get(word_end - last..word_end).unwrap_or_default();
    let next_word = behind.get(..next).unwrap_or_default();
    // A number may continue in other groups, a value behind the rest of its key.
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

/// Bytes beside the words at a break that are searched for the sign between a key and its value. In `IDENTI` and
/// `FIED BY '`, a key in two lines, the sign is the quote: the fifth byte after `FIED`.
const BESIDE: usize = 6;

/// Is this a sign between a key and its value, or the start of a value?
const fn is_sign(b: u8) -> bool {
    matches!(b, b':' | b'=' | b'"' | b'\'' | b'`')
}

/// Does the line start with a date, `2026-11-20…`, as lines of a log do?
fn is_date(line: &[u8]) -> bool {
    let Some([a, b, c, d, b'-', e, f, b'-', g, h]) = line.first_chunk::<10>() else { return false };
    [a, b, c, d, e, f, g, h].into_iter().all(u8::is_ascii_digit)
}

/// Are both words parts of sentences: letters with a mark at the end, too short for a token, no number?
fn is_over(last: &[u8], next: &[u8]) -> bool {
    let end =
        last.iter().rposition(|b| !matches!(b, b')' | b']' | b'.' | b',' | b';' | b'!')).map_or(0, |n| n + 1);
    let (word, marks) = last.split_at_checked(end).unwrap_or_default();
    let letters = |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic);
    let number = word.iter().all(u8::is_ascii_digit) && word.len() < 4;
    let starts_sentence = next.first().is_some_and(u8::is_ascii_uppercase);
    letters(next)
        && (letters(word) || number)
        && (starts_sentence || !marks.contains(&b'.'))
        && (!marks.is_empty() || word.len() + next.len() < TOKEN)
}
