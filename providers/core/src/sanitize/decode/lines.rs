//! The lines of a text joined, because whoever wraps a text wraps what is secret in it too; and where in the joined text
//! something may go on over a break.

use std::ops::Range;

use super::View;
use crate::sanitize::detect::Finding;

/// How far on either side of a break a word is looked at that may go on over it.
const WORD: usize = 64;

/// A finding that starts further behind a break has nothing to do with it.
pub(in crate::sanitize) const NEAR: usize = 128;

/// How far before a value its key may start.
const KEY: usize = 80;

/// A token that is wrapped has at least so many characters.
const TOKEN: usize = 15;

const fn is_break(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

/// The text with its lines joined, where its breaks were, and the ranges around those that something may go on over, in order and without
/// overlaps, given what was found in the text. What stands around a break on either side moves together. `only`: the
/// breaks outside of these ranges are left alone.
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

/// A break of which the next line was joined: where it starts in the view, where the line before ends in the text, and
/// whether that line ends in a sign that it goes on.
type Break = (usize, usize, bool);

/// Appends the lines of a range.
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
        // A quoted-printable or shell continuation before the break, and what the next line starts with.
        let continued = matches!(view.bytes.last(), Some(b'=' | b'\\'));
        if continued {
            view.pop();
        }
        let end_of_line = i;
        i = next_line(bytes, i);
        let indentation = bytes.get(end_of_line..i).unwrap_or_default();
        // A frame of Java or an error around another in Go, and a line of a log: nothing goes on there.
        let is_new = indentation.contains(&b'\t') || bytes.get(i..).is_some_and(is_date);
        if (is_new && !continued) || (i == bytes.len() && i < whole) {
            view.push_plain(bytes.get(end_of_line..end_of_line + 1).unwrap_or_default(), end_of_line);
        } else {
            breaks.push((view.bytes.len(), end_of_line, continued));
        }
    }
}

/// Behind breaks, indentation, and the bars and brackets that a quoted text has in front of its lines.
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

/// The range around the break at `at`, unless what stands around it says that nothing goes on. `open`: something was found that starts so
/// far before the break and ends at it.
fn around_break(view: &View, at: usize, open: Option<usize>, continued: bool) -> Option<Range<usize>> {
    let bytes = &view.bytes;
    let before = bytes.get(at.saturating_sub(WORD)..at).unwrap_or_default();
    let behind = bytes.get(at..(at + WORD).min(bytes.len())).unwrap_or_default();
    if behind.is_empty() {
        return None;
    }
    // A line that ends in a space may still be one group of a number.
    let spaces = usize::from(before.last() == Some(&b' '));
    let word_end = before.len() - spaces;
    let last = before.iter().rev().skip(spaces).take_while(|b| **b > b' ').count();
    let next = behind.iter().take_while(|b| **b > b' ').count();
    let last_word = before.get(word_end - last..word_end).unwrap_or_default();
    let next_word = behind.get(..next).unwrap_or_default();
    // A number goes on over groups, a value stands behind the rest of its key.
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

/// How many bytes beside the words at a break are searched for the sign between a key and its value. In `IDENTI` and
/// `FIED BY '`, a key in two lines, the sign is the quote: the fifth byte after `FIED`.
const BESIDE: usize = 6;

/// What stands between a key and its value, or opens one.
const fn is_sign(b: u8) -> bool {
    matches!(b, b':' | b'=' | b'"' | b'\'' | b'`')
}

/// `2026-11-20…`: a line of a log.
fn is_date(line: &[u8]) -> bool {
    let Some([a, b, c, d, b'-', e, f, b'-', g, h]) = line.first_chunk::<10>() else { return false };
    [a, b, c, d, e, f, g, h].into_iter().all(u8::is_ascii_digit)
}

/// Are both words those of sentences: letters with a mark at the end, too short for a token, no number?
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
