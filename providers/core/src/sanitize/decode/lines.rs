//! The lines of a text joined, because whoever wraps a text wraps what is secret in it too; and where in the joined text
//! something may go on over a break.

use std::ops::Range;

use super::View;
use crate::sanitize::detect::Finding;

/// How far on either side of a break a word is looked at that may go on over it.
const WORD: usize = 64;

/// How far before a value its key may start.
const KEY: usize = 80;

/// A token that is wrapped has at least so many characters.
const TOKEN: usize = 15;

const fn is_break(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

/// The text with its lines joined, and in it the ranges around breaks that something may go on over, in order and without
/// overlaps, given what was found in the text. What stands around a break on either side moves together. `only`: the
/// breaks outside of these ranges are left alone.
pub(in crate::sanitize) fn joined(
    bytes: &[u8],
    found: &[Finding],
    only: Option<&[Range<usize>]>,
) -> (View, Vec<Range<usize>>) {
    let mut view = View::with_capacity(bytes.len());
    let mut breaks = Vec::new();
    let mut i = 0;
    while let Some(rest) = bytes.get(i..).filter(|rest| !rest.is_empty()) {
        let line = rest.iter().position(|b| is_break(*b)).unwrap_or(rest.len());
        view.push_plain(rest.get(..line).unwrap_or_default(), i);
        i += line;
        if line == rest.len() {
            break;
        }
        // A quoted-printable or shell continuation before the break, and what the next line starts with.
        let continued = matches!(view.bytes.last(), Some(b'=' | b'\\'));
        if continued {
            view.pop();
        }
        let end_of_line = i;
        i = next_line(bytes, i);
        let is_in = |only: &[Range<usize>]| {
            let next = only.partition_point(|range| range.end <= end_of_line);
            only.get(next).is_some_and(|range| range.start <= end_of_line)
        };
        if only.is_none_or(is_in) {
            breaks.push((view.bytes.len(), end_of_line, continued));
        }
    }
    let mut ends: Vec<(usize, usize)> = found.iter().map(|finding| (finding.end, finding.start)).collect();
    ends.sort_unstable();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, end_of_line, continued) in breaks {
        let first = ends.partition_point(|(end, _)| *end + 3 < end_of_line);
        let open =
            ends.iter().skip(first).take_while(|(end, _)| *end <= end_of_line).map(|(_, start)| *start);
        let open = open.min().map(|start| end_of_line - start);
        if let Some(range) = around_break(&view, at, open, continued) {
            let done = ranges.last().map_or(0, |last| last.end);
            ranges.push(range.start.max(done)..range.end.max(done));
        }
    }
    (view, ranges)
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
    if behind.is_empty() || (is_date(behind) && !continued) {
        return None;
    }
    // A line that ends in a space may still be one group of a number.
    let spaces = usize::from(before.last() == Some(&b' '));
    let word_end = before.len() - spaces;
    let last = before.iter().rev().skip(spaces).take_while(|b| **b > b' ').count();
    let next = behind.iter().take_while(|b| **b > b' ').count();
    let last_word = before.get(word_end - last..word_end).unwrap_or_default();
    let next_word = behind.get(..next).unwrap_or_default();
    // A number goes on over groups, a value stands some words behind its key.
    let digits =
        last_word.last().is_some_and(u8::is_ascii_digit) && next_word.first().is_some_and(u8::is_ascii_digit);
    let reach = |words: &mut dyn Iterator<Item = &u8>| {
        let is_part =
            |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'+' | b'(' | b')' | b'.' | b'/');
        let near = words.take(WORD).take_while(|b| !is_break(**b));
        if digits {
            near.take_while(|b| is_part(b)).count()
        } else {
            near.take(KEY_NEAR).enumerate().filter(|(_, b)| is_sign(**b)).last().map_or(0, |(n, _)| n + 1)
        }
    };
    let (back, ahead) = (reach(&mut before.iter().rev()), reach(&mut behind.iter()));
    if open.is_none() && !continued && back <= spaces + last && ahead <= next && is_over(last_word, next_word)
    {
        return None;
    }
    let before = (spaces + last).max(back).max(open.map_or(0, |open| open + KEY));
    Some(at.saturating_sub(before)..at + next.max(ahead))
}

/// How far from a break the sign between a key and its value may stand.
const KEY_NEAR: usize = 32;

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
