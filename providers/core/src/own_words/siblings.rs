//! Finds the other pieces of a message's template. If one piece is strong enough, the others stay too, in the
//! template's order.

use std::ops::Range;

use once_cell::race::OnceBox;

use super::Rule;
use super::bytes::{is_apart, letters};
use super::found::{Candidate, Found};
use super::narrow::placeholder_at;
use super::template::{self, Piece};
use super::texts::Texts;
use crate::Sanitizer;

/// Fewest letters in all pieces of a weak template that counts because it begins a text.
const WEAK: usize = 8;

/// Most digits in a hole of a weak template that counts because all its holes are numbers.
const DIGITS: usize = 6;

/// Work that is counted for each byte of a piece that the search cleans, in bytes looked at.
const SEARCHED: usize = 16;

/// The search for data with a form of its own. It knows no values of this machine.
static SEARCH: OnceBox<Sanitizer> = OnceBox::new();

/// Looks for the siblings of `piece`, which is a range of the data and is at `at` in the texts.
pub(super) fn find(
    data: &[u8],
    piece: &Range<usize>,
    texts: &Texts,
    at: usize,
    is_strong: bool,
    found: &mut Found,
) {
    let Some(pieces) = template::around(data, piece.start, piece.end) else { return };
    let own = Piece { start: piece.start, end: piece.end };
    let Some(index) = pieces.iter().position(|p| *p == own) else { return };
    let text = texts.around(at);
    let here = at..at + piece.len();
    let (before, behind) = pieces.split_at(index);
    let text_of = |p: &Piece| data.get(p.start..p.end).unwrap_or_default();

    // The pieces after this one are searched from left to right, then the pieces before it from right to left.
    let mut seen = vec![vec![here.clone()]];
    let mut from = here.end;
    for piece in behind.iter().skip(1) {
        let Some(parts) = first(texts.bytes(), from..text.end, text_of(piece), found) else { break };
        from = parts.last().map_or(from, |part| part.end);
        seen.push(parts);
    }
    let mut to = here.start;
    for piece in before.iter().rev() {
        let Some(parts) = last(texts.bytes(), text.start..to, text_of(piece), found) else { break };
        to = parts.first().map_or(to, |part| part.start);
        seen.insert(0, parts);
    }

    let counts = is_strong || {
        let letters_of = |span: &Range<usize>| letters(texts.bytes().get(span.clone()).unwrap_or_default());
        let told = seen.iter().filter(|parts| parts.iter().any(|part| letters_of(part) > 0)).count();
        let all = seen.len() == pieces.len() && told >= 2;
        let spans: Vec<_> = seen.iter().flatten().cloned().collect();
        let begins = index == 0 && at == text.start && spans.iter().map(letters_of).sum::<usize>() >= WEAK;
        all && (begins || only_numbers(texts.bytes(), &spans))
    };
    if counts {
        for span in seen.into_iter().flatten() {
            found.add(Candidate { exact: true, len: span.len(), at: span.start, rule: Rule::Template });
        }
    }
}

fn only_numbers(text: &[u8], spans: &[Range<usize>]) -> bool {
    spans.windows(2).all(|two| match two {
        [left, right] => {
            let hole = text.get(left.end..right.start).unwrap_or_default();
            (1..=DIGITS).contains(&hole.len()) && hole.iter().all(u8::is_ascii_digit)
        }
        _ => true,
    })
}

/// The first place of a piece in the text. In a text that was searched before it is narrowed, the place is the parts
/// that the search left of the piece.
fn first(text: &[u8], range: Range<usize>, piece: &[u8], found: &mut Found) -> Option<Vec<Range<usize>>> {
    found.looked_at += range.len();
    let whole = occurrences(text, &range, piece).next();
    whole.map(|span| vec![span]).or_else(|| {
        let left = Searched::of(text, &range, piece, found)?;
        let span = occurrences(text, &range, left.0.as_bytes()).next()?;
        Some(left.parts(span.start))
    })
}

/// The last place of a piece in the text, like [`first`].
fn last(text: &[u8], range: Range<usize>, piece: &[u8], found: &mut Found) -> Option<Vec<Range<usize>>> {
    found.looked_at += range.len();
    let whole = occurrences(text, &range, piece).last();
    whole.map(|span| vec![span]).or_else(|| {
        let left = Searched::of(text, &range, piece, found)?;
        let span = occurrences(text, &range, left.0.as_bytes()).last()?;
        Some(left.parts(span.start))
    })
}

/// A piece as the search leaves it. The search removes addresses and URLs even from a literal.
struct Searched(String);

impl Searched {
    /// `None` if the text has no placeholder, or the search removes nothing from the piece.
    fn of(text: &[u8], range: &Range<usize>, piece: &[u8], found: &mut Found) -> Option<Self> {
        let has_placeholder = range.clone().any(|i| placeholder_at(text, i).is_some());
        if !has_placeholder || !piece.iter().any(|b| b"@:/.=-_\\".contains(b) || b.is_ascii_digit()) {
            return None;
        }
        found.looked_at += range.len() + SEARCHED * piece.len();
        let piece = std::str::from_utf8(piece).ok()?;
        let search = SEARCH.get_or_init(|| Box::new(Sanitizer::new()));
        let left = search.text(piece).as_str().to_owned();
        (left != piece).then_some(Self(left))
    }

    /// The parts between the placeholders, if the searched piece is at `at` of the texts.
    fn parts(&self, at: usize) -> Vec<Range<usize>> {
        let (bytes, mut parts, mut from, mut i) = (self.0.as_bytes(), Vec::new(), 0, 0);
        while i < bytes.len() {
            match placeholder_at(bytes, i) {
                Some(end) => {
                    parts.push(at + from..at + i);
                    (from, i) = (end, end);
                }
                None => i += 1,
            }
        }
        parts.push(at + from..at + bytes.len());
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// The places of `piece` in the text that are between whole words or beside a number, so that a piece such as `s` is
/// not found in a name.
fn occurrences<'a>(
    text: &'a [u8],
    range: &Range<usize>,
    piece: &'a [u8],
) -> impl Iterator<Item = Range<usize>> + 'a {
    let start = range.start;
    let windows = text.get(range.clone()).unwrap_or_default().windows(piece.len().max(1));
    let spans = windows.enumerate().filter(move |(_, window)| *window == piece);
    let spans = spans.map(move |(offset, _)| start + offset..start + offset + piece.len());
    spans.filter(move |span| is_apart(text, span.start) && is_apart(text, span.end))
}
