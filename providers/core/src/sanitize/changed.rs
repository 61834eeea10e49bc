//! Finds the lines that must be searched again after a replacement: the changed lines, and the lines around them whose
//! search may look at the changed ones.

use std::ops::Range;

use super::detect::Span;
use super::detect::cursor::work;

/// Largest distance over line breaks that a detector looks without claiming the bytes, in bytes: 160 for a field beside
/// a value, 96 for the name of a hash.
pub(super) const REACH: usize = 256;

/// Does replacing this span change the search only on the lines around it? A line break, a `<` or triple quotes in the
/// span may be the end of something that begins far before it. Then the search may change elsewhere too.
pub(super) fn is_local(text: &[u8], span: &Span) -> bool {
    let gone = text.get(span.start..span.end).unwrap_or_default();
    !gone.iter().any(|b| matches!(b, b'\n' | b'\r' | b'<'))
        && !gone.windows(3).any(|three| matches!(three, b"\"\"\"" | b"'''"))
}

/// The lines around some places, with overlapping ranges merged.
pub(super) fn lines(text: &str, places: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        add(&mut all, text.as_bytes(), place);
    }
    all
}

/// Adds the range from `start` to the end of the text, and removes the ranges after `start`.
pub(super) fn add_end(ranges: &mut Vec<Range<usize>>, text: &str, start: usize) {
    ranges.retain_mut(|range| {
        range.end = range.end.min(text.len());
        range.start < start
    });
    if start < text.len() {
        add(ranges, text.as_bytes(), &(start..text.len()));
    }
}

/// Adds the lines that a place touches, and those within [`REACH`] of it. Places come in the order of the text. So no
/// byte is looked at twice: the search for a line's start stops at the last range, and the search for a line's end
/// starts after that range.
fn add(ranges: &mut Vec<Range<usize>>, text: &[u8], place: &Range<usize>) {
    let start = place.start.saturating_sub(REACH);
    let end = (place.end + REACH).min(text.len());
    let known = ranges.last().map_or(0, |last| last.end);
    if let Some(last) = ranges.last_mut().filter(|last| start <= last.end) {
        if end > last.end {
            last.end = line_end(text, end);
        }
        // Only the end of a text may be a place before the last range. It adds the rest of its line.
        if start < last.start {
            last.start = line_start(text, 0, start);
        }
        return;
    }
    match line_start(text, known, start) {
        // The place's line starts where the last range ends, so the range is extended.
        start if start == known && known > 0 => {
            if let Some(last) = ranges.last_mut() {
                last.end = line_end(text, end);
            }
        }
        start => ranges.push(start..line_end(text, end)),
    }
}

/// The start of the line that holds `at`, but not before `least`.
fn line_start(text: &[u8], least: usize, at: usize) -> usize {
    let before = text.get(least..at).unwrap_or_default();
    let found = before.iter().rposition(|b| *b == b'\n');
    work::count(before.len() - found.unwrap_or_default());
    found.map_or(least, |n| least + n + 1)
}

/// The end of the line that holds `at`, after its line break.
fn line_end(text: &[u8], at: usize) -> usize {
    let behind = text.get(at..).unwrap_or_default();
    let found = behind.iter().position(|b| *b == b'\n');
    work::count(found.unwrap_or(behind.len()));
    found.map_or(text.len(), |n| at + n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanitize::Redaction;

    #[test]
    fn lines_within_reach_are_searched_again() {
        let text = "0123456789\n".repeat(100);
        let near = |place: Range<usize>| lines(&text, std::slice::from_ref(&place));
        let one = |range: Range<usize>| std::iter::once(range).collect::<Vec<_>>();
        assert_eq!(near(0..5), one(0..264));
        assert_eq!(near(550..555), one(286..814));
        assert_eq!(lines(&text, &[0..5, 100..105, 900..905]), [0..363, 638..1100]);
        let mut ranges = vec![0..264, 800..1100];
        add_end(&mut ranges, text.get(..900).unwrap_or_default(), 880);
        assert_eq!(ranges, [0..264, 616..900]);
    }

    #[test]
    fn what_ends_something_far_away_is_not_local() {
        let local =
            |text: &str| is_local(text.as_bytes(), &Span { start: 0, end: text.len(), kind: Redaction::Url });
        assert!(local("https://a.example/x") && local("a \"b\" 'c'"));
        assert!(!local("a\nb") && !local("</p>") && !local("'''"));
    }
}
