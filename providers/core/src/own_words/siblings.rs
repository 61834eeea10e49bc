//! The other pieces of a message's template: a piece that is strong enough brings them along, in their order.

use std::ops::Range;

use super::Rule;
use super::bytes::{is_apart, letters};
use super::found::{Candidate, Found};
use super::narrow::placeholder_at;
use super::template::{self, Piece};
use super::texts::Texts;

/// Letters that the pieces of a template need together which begins a text, when each of them is weak.
const WEAK: usize = 8;

/// Digits that a hole may have where only numbers make a weak template count.
const DIGITS: usize = 6;

/// How many placeholders of a text are tried for what a piece may have lost.
const PLACEHOLDERS: usize = 16;

/// Looks around the piece `piece` of the data, which stands at `at` in the texts, for its siblings.
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

    let mut spans = vec![here.clone()];
    let mut seen = 1;
    let mut from = here.end;
    for piece in behind.iter().skip(1) {
        let Some(next) = first(texts.bytes(), from..text.end, text_of(piece)) else { break };
        from = next.last().map_or(from, |span| span.end);
        spans.extend(next);
        seen += 1;
    }
    let mut to = here.start;
    for piece in before.iter().rev() {
        let Some(next) = last(texts.bytes(), text.start..to, text_of(piece)) else { break };
        to = next.first().map_or(to, |span| span.start);
        spans.splice(0..0, next);
        seen += 1;
    }

    let counts = is_strong || {
        let letters_of = |span: &Range<usize>| letters(texts.bytes().get(span.clone()).unwrap_or_default());
        let told = spans.iter().filter(|span| letters_of(span) > 0).count();
        let all = seen == pieces.len() && told >= 2;
        let begins = index == 0 && at == text.start && spans.iter().map(letters_of).sum::<usize>() >= WEAK;
        all && (begins || only_numbers(texts.bytes(), &spans))
    };
    if counts {
        for span in spans {
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

/// Where a piece stands in the text: whole, or in the two parts that the search left of it.
fn first(text: &[u8], range: Range<usize>, piece: &[u8]) -> Option<Vec<Range<usize>>> {
    let whole = occurrences(text, &range, piece).next().map(|span| vec![span]);
    whole.or_else(|| searched(text, &range, piece).next())
}

fn last(text: &[u8], range: Range<usize>, piece: &[u8]) -> Option<Vec<Range<usize>>> {
    let whole = occurrences(text, &range, piece).last().map(|span| vec![span]);
    whole.or_else(|| searched(text, &range, piece).last())
}

/// A piece may hold what goes even from a literal, an address or a URL: in a text that was searched before it is narrowed, a
/// placeholder stands there. What the piece has on either side of that one word.
fn searched<'a>(
    text: &'a [u8],
    range: &Range<usize>,
    piece: &'a [u8],
) -> impl Iterator<Item = Vec<Range<usize>>> + 'a {
    let Range { start, end } = *range;
    let placeholders = (start..end).filter_map(move |i| Some(i..placeholder_at(text, i)?));
    placeholders.take(PLACEHOLDERS).filter_map(move |Range { start: from, end: to }| {
        let (left, right) = (text.get(start..from)?, text.get(to..end)?);
        let head = (0..=left.len().min(piece.len()))
            .rev()
            .find(|n| piece.get(..*n).is_some_and(|head| left.ends_with(head)))?;
        let rest = piece.get(head..)?;
        let tail = (0..=right.len().min(rest.len()))
            .rev()
            .find(|n| rest.get(rest.len() - n..).is_some_and(|tail| right.starts_with(tail)))?;
        let gone = rest.get(..rest.len() - tail)?;
        let is_one_word = !gone.is_empty() && !gone.iter().any(u8::is_ascii_whitespace);
        let spans = [from - head..from, to..to + tail].into_iter().filter(|span| !span.is_empty());
        let spans: Vec<_> =
            spans.filter(|span| is_apart(text, span.start) && is_apart(text, span.end)).collect();
        (is_one_word && !spans.is_empty()).then_some(spans)
    })
}

/// Where `piece` stands in the text between whole words, or beside a number: a piece such as `s` must not be found in a name.
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
