//! A text while it is cleaned: finds are replaced by placeholders, and long text is cut with a mark.

use std::ops::Range;

use super::detect::{Span, placeholder};
use super::{Counts, changed, literals};

/// Space for `[cut 18446744073709551615 bytes]` and a space before it, in bytes.
const MARKER: usize = 34;

/// Length below which a text is searched again as a whole, in bytes, because that costs less than finding what changed.
const SHORT: usize = 256;

/// The result of a search.
pub(super) struct Found {
    pub(super) spans: Vec<Span>,
    /// Can the finds be replaced without a change to the meaning of other lines?
    pub(super) is_local: bool,
}

/// A text while it is cleaned, and the amount that was cut.
pub(super) struct Draft {
    pub(super) body: String,
    /// The ranges of `body` that are the program's own literals.
    pub(super) literals: Vec<Range<usize>>,
    pub(super) lost: usize,
    pub(super) most: usize,
}

impl Draft {
    /// Makes `text` the body, with a placeholder for each span. Returns the ranges that must be searched again; `None`
    /// means the whole text.
    pub(super) fn write(
        &mut self,
        text: &str,
        found: Found,
        counts: &mut Counts,
    ) -> Option<Vec<Range<usize>>> {
        if !self.literals.is_empty() {
            self.literals = literals::after_write(&self.literals, &found.spans);
        }
        let (body, places) = write(text, found.spans, text.len() > SHORT, counts);
        self.body = body;
        (found.is_local && text.len() > SHORT).then(|| changed::lines(&self.body, &places))
    }

    /// Takes the text as it would leave, cut between words and with a note of the length that was cut. Also returns the
    /// length of the text without the note.
    pub(super) fn cut(&mut self) -> (String, usize) {
        if self.lost == 0 && self.body.len() <= self.most {
            let len = self.body.len();
            return (std::mem::take(&mut self.body), len);
        }
        let room = self.most.saturating_sub(MARKER);
        if self.body.len() > room {
            let short = head(&self.body, room);
            // A placeholder or a word is kept whole or not at all, unless it is very long.
            let brim = short.len().saturating_sub(64);
            let whole = short.rfind(|c: char| c.is_whitespace() || c == '[').filter(|at| *at >= brim);
            let len = whole.unwrap_or(short.len());
            self.lost = self.lost.saturating_add(self.body.len() - len);
            self.body.truncate(len);
        }
        self.body.truncate(self.body.trim_end().len());
        literals::clip(&mut self.literals, self.body.len());
        (format!("{} {}", self.body, placeholder::cut(self.lost, "bytes")), self.body.len())
    }
}

/// Replaces each span of the text by its placeholder, and returns the text and, if `placed`, the places of the
/// placeholders. Spans beyond the end of the text are left out.
fn write(text: &str, found: Vec<Span>, placed: bool, counts: &mut Counts) -> (String, Vec<Range<usize>>) {
    let mut out = String::with_capacity(text.len());
    let mut places = Vec::new();
    let mut at = 0;
    for span in found {
        if span.start >= text.len() {
            break;
        }
        out.push_str(text.get(at..span.start).unwrap_or_default());
        let start = out.len();
        out.push_str(span.kind.placeholder());
        if placed {
            places.push(start..out.len());
        }
        counts.add(span.kind);
        at = span.end.min(text.len());
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, places)
}

/// The first `most` bytes of a text, cut at the end of a character.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
