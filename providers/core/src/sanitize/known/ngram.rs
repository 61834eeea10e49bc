//! Finds the places in a text where a known value may be, without looking at most of the text.
//!
//! A gram is `GRAM` neighbouring bytes. Of the text, only the gram at every `stride`th place is looked up. Of each
//! value, as many neighbouring grams are kept, so that one of them is at a place that is looked up, wherever the value
//! is in the text. The kept grams are those that are rarest in messages. The longer the values are, the fewer places
//! are looked up.

use super::{Evidence, Finding, Known, Redaction, Span, is_whole_name};
use crate::sanitize::detect::last_block;

/// Number of places in the table. The values that a machine knows of itself have some two hundred grams, which fill a
/// twentieth of it.
const PLACES: usize = 1 << 12;

/// Finds values in upper and lower case.
#[derive(Debug)]
pub(super) struct NgramPrefilter<const GRAM: usize> {
    /// Distance between two grams of the text that are looked up, in bytes: `GRAM`, or twice as much.
    stride: usize,
    /// For each hash, is there a gram with this hash? An entry takes a byte, because a bit would take twice as long to
    /// look up.
    table: Box<[bool; PLACES]>,
    /// For each hash, the first of its grams: an index into `grams`, counted from 1.
    first: Box<[u32; PLACES]>,
    grams: Vec<Gram>,
}

/// A gram of a value, its place in the value, and the next gram with the same hash, counted from 1.
#[derive(Clone, Copy, Debug)]
struct Gram {
    gram: u32,
    value: usize,
    offset: usize,
    next: u32,
}

/// Makes letters lower-case. Some other bytes change too, but equally in values and texts.
const FOLD: u64 = 0x2020_2020_2020_2020;

impl<const GRAM: usize> NgramPrefilter<GRAM> {
    const MASK: u32 = u32::MAX >> (32 - 8 * GRAM);

    pub(super) fn new() -> Self {
        Self {
            stride: 2 * GRAM,
            table: Box::new([false; PLACES]),
            first: Box::new([0; PLACES]),
            grams: Vec::new(),
        }
    }

    /// Adds a value, unless it is too short.
    pub(super) fn add(&mut self, value: usize, bytes: &[u8]) -> bool {
        let fits = |stride: &usize| bytes.len() >= stride + GRAM - 1;
        let Some(stride) = [2 * GRAM, GRAM].into_iter().find(fits) else { return false };
        self.stride = self.stride.min(stride);
        let weights = bytes.windows(stride + GRAM - 1).map(|window| window.iter().map(weight).sum::<u32>());
        let rarest = weights.enumerate().min_by_key(|(_, weight)| *weight).map_or(0, |(at, _)| at);
        for (offset, window) in bytes.windows(GRAM).enumerate().skip(rarest).take(stride) {
            let gram = window.iter().rev().fold(0, |gram, b| gram << 8 | u32::from(*b)) | FOLD as u32;
            let gram = gram & Self::MASK;
            // The number fits, because there are at most 16,384 values with eight grams each.
            let new = u32::try_from(self.grams.len() + 1).unwrap_or(0);
            if let (Some(is_known), Some(first)) =
                (self.table.get_mut(hash(gram)), self.first.get_mut(hash(gram)))
            {
                *is_known = true;
                self.grams.push(Gram { gram, value, offset, next: std::mem::replace(first, new) });
            }
        }
        true
    }

    /// Appends the known values in `text`.
    #[inline]
    pub(super) fn find(&self, text: &[u8], known: &Known, found: &mut Vec<Finding>) {
        if !self.grams.is_empty() {
            self.search(text, known, found);
        }
    }

    fn search(&self, text: &[u8], known: &Known, found: &mut Vec<Finding>) {
        match self.stride {
            8 => self.pass::<8>(text, known, found),
            4 => self.pass::<4>(text, known, found),
            _ => self.pass::<2>(text, known, found),
        }
    }

    fn pass<const STRIDE: usize>(&self, text: &[u8], known: &Known, found: &mut Vec<Finding>) {
        let (blocks, tail) = text.as_chunks::<8>();
        for (n, block) in blocks.iter().enumerate() {
            self.block::<STRIDE>(text, n * 8, *block, known, found);
        }
        if !tail.is_empty() {
            self.block::<STRIDE>(text, blocks.len() * 8, last_block(text, tail), known, found);
        }
    }

    #[inline]
    fn block<const STRIDE: usize>(
        &self,
        text: &[u8],
        at: usize,
        block: [u8; 8],
        known: &Known,
        found: &mut Vec<Finding>,
    ) {
        let block = u64::from_le_bytes(block) | FOLD;
        for offset in (0..8).step_by(STRIDE) {
            let gram = (block >> (8 * offset)) as u32 & Self::MASK;
            if self.table.get(hash(gram)) == Some(&true) {
                self.compare(text, at + offset, gram, known, found);
            }
        }
    }

    /// Looks for the values that have the gram at `at`. Values that share this gram overlap, so they are appended as
    /// one find, with the kind of the longest.
    #[cold]
    #[inline(never)]
    fn compare(&self, text: &[u8], at: usize, gram: u32, known: &Known, found: &mut Vec<Finding>) {
        let at_chain = |n: u32| self.grams.get((n as usize).checked_sub(1)?);
        let first = self.first.get(hash(gram)).copied().and_then(at_chain);
        let chain = std::iter::successors(first, |last| at_chain(last.next));
        let same = chain.filter(|known| known.gram == gram);
        let spans = same.filter_map(|Gram { value, offset, .. }| {
            let (kind, value) = known.values.get(*value)?;
            let start = at.checked_sub(*offset)?;
            let span = Span { start, end: start.checked_add(value.len())?, kind: *kind };
            let found = text.get(span.start..span.end)?.eq_ignore_ascii_case(value.as_bytes());
            let named = matches!(kind, Redaction::User | Redaction::Host);
            (found && (!named || is_whole_name(text, &span))).then_some(span)
        });
        let whole = spans.reduce(|one, other| {
            let longest = if other.end - other.start > one.end - one.start { other } else { one };
            Span { start: one.start.min(other.start), end: one.end.max(other.end), kind: longest.kind }
        });
        // If a shorter value has shortened the stride, a long value is found at two of its grams.
        let whole = whole.map(|whole| Finding::new(whole, Evidence::Form));
        found.extend(whole.filter(|whole| found.last() != Some(whole)));
    }
}

/// Fibonacci hashing: the multiplier is 2^32 over the golden ratio.
#[inline]
const fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - PLACES.ilog2())) as usize
}

/// The frequency of a byte in messages. Digits and signs are rarer than letters.
fn weight(b: &u8) -> u32 {
    match b.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 4,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'h' => 3,
        b'a'..=b'z' | b'/' | b'.' => 2,
        b'0'..=b'9' | b'-' | b'_' | b':' => 1,
        _ => 0,
    }
}
