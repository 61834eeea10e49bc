//! Ranges of a text that the program itself wrote: literals, and pieces of format strings.
//!
//! The ranges are sorted and do not overlap. A find with [`Evidence::Form`] is removed even inside of a range. A find
//! with [`Evidence::Suspicion`] is removed only outside of the ranges.

use std::ops::Range;

use super::detect::{Evidence, Finding, Span};

/// The parts of the findings that must be removed, given the ranges that the program wrote.
pub(super) fn around(text: &[u8], found: Vec<Finding>, literals: &[Range<usize>]) -> Vec<Span> {
    if literals.is_empty() {
        return found.into_iter().map(|finding| finding.span()).collect();
    }
    let mut out = Vec::with_capacity(found.len());
    for finding in found {
        match finding.evidence {
            Evidence::Form => out.push(finding.span()),
            Evidence::Suspicion => cut(text, finding, literals, &mut out),
        }
    }
    out
}

/// Appends the parts of a finding outside of literals.
fn cut(text: &[u8], finding: Finding, literals: &[Range<usize>], out: &mut Vec<Span>) {
    let Span { start, end, kind } = finding.span();
    let mut at = start;
    let first = literals.partition_point(|literal| literal.end <= start);
    let overlapping = literals.iter().skip(first).take_while(|literal| literal.start < end);
    for literal in overlapping {
        out.extend(part(text, Span { start: at, end: literal.start, kind }));
        at = at.max(literal.end);
    }
    out.extend(part(text, Span { start: at, end, kind }));
}

/// The part of a finding between two literals, without the signs and spaces around it. `None` if nothing is left.
fn part(text: &[u8], Span { start, end, kind }: Span) -> Option<Span> {
    let inner = text.get(start..end)?;
    let is_sign = |b: &u8| b.is_ascii_whitespace() || (b.is_ascii_punctuation() && !matches!(b, b'[' | b']'));
    let first = inner.iter().position(|b| !is_sign(b))?;
    let last = inner.iter().rposition(|b| !is_sign(b))?;
    inner.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80).then_some(Span {
        start: start + first,
        end: start + last + 1,
        kind,
    })
}

/// The ranges after each span was replaced by its placeholder. The parts of a range that are inside of a span are lost.
pub(super) fn after_write(literals: &[Range<usize>], spans: &[Span]) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(literals.len());
    let mut spans = spans.iter().peekable();
    // Numbers of bytes by which the placeholders so far made the text longer and shorter.
    let (mut grown, mut shrunk) = (0_usize, 0_usize);
    for literal in literals {
        let mut at = literal.start;
        while let Some(span) = spans.peek().filter(|span| span.start < literal.end) {
            push(&mut out, at..span.start.min(literal.end), grown, shrunk);
            at = at.max(span.end);
            if span.end > literal.end {
                break;
            }
            grown += span.kind.placeholder().len();
            shrunk += span.end - span.start;
            spans.next();
        }
        push(&mut out, at..literal.end, grown, shrunk);
    }
    out
}

fn push(out: &mut Vec<Range<usize>>, range: Range<usize>, grown: usize, shrunk: usize) {
    if range.start < range.end {
        out.push((range.start + grown).saturating_sub(shrunk)..(range.end + grown).saturating_sub(shrunk));
    }
}

/// Cuts the ranges to a text that was cut to its first `len` bytes.
pub(super) fn clip(literals: &mut Vec<Range<usize>>, len: usize) {
    literals.retain_mut(|literal| {
        literal.end = literal.end.min(len);
        literal.start < literal.end
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanitize::Redaction;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end, kind: Redaction::Secret }
    }

    fn left(text: &str, finding: Span, evidence: Evidence, literals: &[Range<usize>]) -> Vec<Span> {
        around(text.as_bytes(), vec![Finding::new(finding, evidence)], literals)
    }

    #[test]
    fn suspicion_takes_what_is_outside_of_literals_and_form_takes_all() {
        let text = "token: ab12 is wrong, see cd34";
        let literals = [0..7, 11..26];
        assert_eq!(left(text, span(0, 30), Evidence::Form, &literals), [span(0, 30)]);
        assert_eq!(left(text, span(0, 30), Evidence::Suspicion, &literals), [span(7, 11), span(26, 30)]);
        assert_eq!(left(text, span(12, 20), Evidence::Suspicion, &literals), []);
        assert_eq!(left(text, span(7, 11), Evidence::Suspicion, &literals), [span(7, 11)]);
        assert_eq!(left(text, span(0, 30), Evidence::Suspicion, &[]), [span(0, 30)]);
        // Signs without letters or digits are not a secret.
        assert_eq!(left("a: (-) b", span(0, 8), Evidence::Suspicion, &[0..2, 7..8]), []);
    }

    #[test]
    fn ranges_move_with_the_text_that_is_written() {
        // `[secret]` is eight bytes.
        assert_eq!(after_write(&[0..4, 10..14], &[span(5, 9)]), [0..4, 14..18]);
        assert_eq!(after_write(std::slice::from_ref(&(0..10)), &[span(2, 4)]), [0..2, 10..16]);
        assert_eq!(after_write(&[0..4, 6..9], &[span(2, 7)]), [0..2, 10..12]);
        assert!(after_write(std::slice::from_ref(&(3..5)), &[span(0, 9)]).is_empty());
        let mut ranges = vec![0..4, 6..9, 9..12];
        clip(&mut ranges, 8);
        assert_eq!(ranges, [0..4, 6..8]);
    }
}
