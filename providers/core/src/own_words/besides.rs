//! Marks the bytes between runs that stay: numbers with a label, kinds of values, names where names are expected, and
//! this crate's own placeholders.

use std::ops::Range;

use super::Rule;
use super::bytes::is_word;
use super::found::Found;
use super::narrow::placeholder_at;
use super::texts::Texts;
use super::{names, numbers};

/// Longest sequence of punctuation and spaces between two runs that stays, in bytes: `", "`, `'`, ` (`.
pub(super) const SIGNS: usize = 3;

/// Largest distance at which a label or a unit is searched for, in bytes. The longest label or unit has 16 bytes, and a
/// sign may be beside it.
const LOOK: usize = 32;

/// Longest gap that may hold a single number or name, in bytes.
const LONGEST: usize = 4 * 1024;

/// Marks the bytes in the gaps of each text that stay.
pub(super) fn mark(texts: &Texts, found: &Found, kept: &mut [Option<Rule>]) {
    for text in texts.each() {
        let own = texts.bytes().get(text.clone()).unwrap_or_default();
        placeholders(own, kept.get_mut(text.clone()).unwrap_or_default());
    }
    gaps(texts, found, kept);
    // Compound names that are literals of their own in the program, as `derive` prints them, stay.
    let mut has_names = false;
    for (at, len) in found.names() {
        let is_free = kept.get(at..at + len).is_some_and(|bytes| bytes.iter().all(Option::is_none));
        if is_free && names::is_compound(texts.bytes().get(at..at + len).unwrap_or_default()) {
            fill(kept, at..at + len, Rule::Name);
            has_names = true;
        }
    }
    if has_names {
        gaps(texts, found, kept);
    }
}

fn gaps(texts: &Texts, found: &Found, kept: &mut [Option<Rule>]) {
    for text in texts.each() {
        let own = texts.bytes().get(text.clone()).unwrap_or_default();
        let Some(kept) = kept.get_mut(text.clone()) else { continue };
        let mut from = 0;
        while let Some(gap) = next_gap(kept, from) {
            from = gap.end;
            if let Some((len, rule)) = rule_of(own, kept, &gap, text.start, found) {
                fill(kept, gap.start..gap.start + len, rule);
                from = gap.start + len;
            }
        }
    }
}

fn rule_of(
    text: &[u8],
    kept: &[Option<Rule>],
    gap: &Range<usize>,
    base: usize,
    found: &Found,
) -> Option<(usize, Rule)> {
    let bytes = text.get(gap.clone())?;
    if is_sign(bytes) {
        return Some((bytes.len(), Rule::Sign));
    }
    if bytes.len() > LONGEST {
        return None;
    }
    let is_kept =
        |i: &usize| kept.get(*i).is_some_and(|rule| rule.is_some_and(|rule| rule != Rule::Placeholder));
    let start =
        (gap.start.saturating_sub(LOOK)..gap.start).rev().take_while(is_kept).last().unwrap_or(gap.start);
    let end = (gap.end..gap.end + LOOK).take_while(is_kept).last().map_or(gap.end, |last| last + 1);
    let before = text.get(start..gap.start).unwrap_or_default();
    let behind = text.get(gap.end..end).unwrap_or_default();
    let at = base + gap.start;
    if let Some(len) = names::kind(bytes, before) {
        return Some((len, Rule::Kind));
    }
    if names::is_expected(bytes, before, at, found) {
        return Some((bytes.len(), Rule::Name));
    }
    numbers::stays(bytes, before, behind).then_some((bytes.len(), Rule::Number))
}

/// Are these at most [`SIGNS`] bytes, none of which can be part of a word?
pub(super) fn is_sign(bytes: &[u8]) -> bool {
    bytes.len() <= SIGNS && !bytes.iter().any(|b| is_word(*b))
}

fn placeholders(text: &[u8], kept: &mut [Option<Rule>]) {
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.iter().position(|b| *b == b'[')) {
        from += open;
        match placeholder_at(text, from) {
            Some(end) => {
                fill(kept, from..end, Rule::Placeholder);
                from = end;
            }
            None => from += 1,
        }
    }
}

fn fill(kept: &mut [Option<Rule>], range: Range<usize>, rule: Rule) {
    let bytes = kept.get_mut(range).unwrap_or_default();
    bytes.iter_mut().filter(|byte| byte.is_none()).for_each(|byte| *byte = Some(rule));
}

/// The next gap from `from` on: bytes that no rule keeps.
fn next_gap(kept: &[Option<Rule>], from: usize) -> Option<Range<usize>> {
    let start = from + kept.get(from..)?.iter().position(Option::is_none)?;
    let len = kept.get(start..)?.iter().take_while(|rule| rule.is_none()).count();
    Some(start..start + len)
}
