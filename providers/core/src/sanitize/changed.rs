//! Which lines have to be searched again once something was replaced: those that changed and those around them that may
//! look at them.

use std::ops::Range;

use super::detect::Span;

/// No detector looks further over breaks of lines for what it does not claim, in bytes: a field beside a value looks 160
/// far, a hash 96 for its name.
pub(super) const REACH: usize = 256;

/// Does nothing outside of the lines around a span depend on it? What spans lines, markup and texts in triple quotes may
/// be an end that something far before looks for.
pub(super) fn is_local(text: &[u8], span: &Span) -> bool {
    let gone = text.get(span.start..span.end).unwrap_or_default();
    !gone.iter().any(|b| matches!(b, b'\n' | b'\r' | b'<'))
        && !gone.windows(3).any(|three| matches!(three, b"\"\"\"" | b"'''"))
}

/// The lines around some places, merged.
pub(super) fn lines(text: &str, places: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        add(&mut all, around(text.as_bytes(), place));
    }
    all
}

/// Adds the end of a text from `start` on, and takes away what is behind it.
pub(super) fn add_end(ranges: &mut Vec<Range<usize>>, text: &str, start: usize) {
    ranges.retain_mut(|range| {
        range.end = range.end.min(text.len());
        range.start < start
    });
    if start < text.len() {
        add(ranges, around(text.as_bytes(), &(start..text.len())));
    }
}

fn add(ranges: &mut Vec<Range<usize>>, next: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if next.start <= last.end => {
            last.start = last.start.min(next.start);
            last.end = last.end.max(next.end);
        }
        _ => ranges.push(next),
    }
}

/// The lines that a place touches or that are within reach of it.
fn around(text: &[u8], place: &Range<usize>) -> Range<usize> {
    let start = place.start.saturating_sub(REACH);
    let end = (place.end + REACH).min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let behind = text.get(end..).unwrap_or_default();
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    line_start..behind.iter().position(|b| *b == b'\n').map_or(text.len(), |at| end + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanitize::Redaction;

    #[test]
    fn lines_within_reach_are_searched_again() {
        let text = "0123456789\n".repeat(100);
        let near = |place: Range<usize>| lines(&text, std::slice::from_ref(&place));
        assert_eq!(near(0..5).first(), Some(&(0..264)));
        assert_eq!(near(550..555).first(), Some(&(286..814)));
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
