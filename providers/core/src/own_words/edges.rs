//! The starts and ends of literals that are known from tables and code, besides those that the literals' bytes show.

mod lists;
mod pairs;

use std::ops::Range;

pub use pairs::Pairs;
pub(super) use pairs::is_name;

use lists::Lists;

/// The certainty that a literal begins or ends at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// Nothing is known.
    No,
    /// Code loads this address, which may be in the middle of a literal. Such an edge makes an end of a run exact, but
    /// never cuts a run.
    Perhaps,
    /// A pointer leads to this place, or a literal of known length ends here.
    Sure,
}

/// Size of a page in bytes of words. The edges of a page share one allocation.
const PAGE: usize = 64 * 1024;

/// Numbers of 64 bits that hold the edges of a page, at two bits for each byte.
const PAGE_WORDS: usize = PAGE / 32;

/// Most pages with edges: they cover 4 MiB of words that something points to, and take at most 1 MiB of memory. No
/// edges are noted on further pages, so fewer of the words there count.
const MOST_PAGES: usize = 64;

/// The edges of one source's literals, by their offset in the source's words.
///
/// ```
/// use crawl4ai_telemetry_core::own_words::{Edge, Edges};
///
/// let mut edges = Edges::default();
/// edges.note(10, Edge::Perhaps);
/// edges.note(10, Edge::Sure);
/// assert_eq!((edges.at(10), edges.at(11)), (Edge::Sure, Edge::No));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Edges {
    pages: Vec<Option<Box<[u64]>>>,
    noted_pages: usize,
    lists: Lists,
}

impl Edges {
    /// Notes an edge at `offset`. If a surer edge is noted there already, that one stays.
    pub fn note(&mut self, offset: usize, edge: Edge) {
        let (page, slot, shift) = place(offset);
        if page >= self.pages.len() {
            if self.noted_pages >= MOST_PAGES {
                return;
            }
            self.pages.resize(page.saturating_add(1), None);
        }
        let Some(page) = self.pages.get_mut(page) else { return };
        if page.is_none() && self.noted_pages < MOST_PAGES {
            self.noted_pages += 1;
            *page = Some(vec![0; PAGE_WORDS].into_boxed_slice());
        }
        if let Some(word) = page.as_mut().and_then(|page| page.get_mut(slot)) {
            let bits: u64 = match edge {
                Edge::No => 0,
                Edge::Perhaps => 1,
                Edge::Sure => 2,
            };
            *word |= bits << shift;
        }
    }

    /// The certainty of an edge at `offset`.
    #[must_use]
    pub fn at(&self, offset: usize) -> Edge {
        let (page, slot, shift) = place(offset);
        let word = self.pages.get(page).and_then(Option::as_deref).and_then(|page| page.get(slot));
        match word.map_or(0, |word| (word >> shift) & 3) {
            0 => Edge::No,
            1 => Edge::Perhaps,
            _ => Edge::Sure,
        }
    }

    /// Is there a sure edge inside of `range`? The loop takes one 64-bit number of a page at a time, which covers 32
    /// bytes.
    pub(super) fn has_sure(&self, range: Range<usize>) -> bool {
        let mut offset = range.start;
        while offset < range.end {
            let (page, slot, shift) = place(offset);
            let in_word = (32 - shift / 2).min(range.end - offset);
            let word = self.pages.get(page).and_then(Option::as_deref).and_then(|page| page.get(slot));
            let seen = word.map_or(0, |word| word >> shift & 0xaaaa_aaaa_aaaa_aaaa);
            if seen & (u64::MAX >> (64 - 2 * in_word)) != 0 {
                return true;
            }
            offset += in_word;
        }
        false
    }

    /// Notes that these bytes belong to a list of words, such as names, cities or time zones. No run in a list counts.
    pub fn note_list(&mut self, range: Range<usize>) {
        self.lists.add(range);
    }

    /// Is any of these bytes part of a list?
    #[must_use]
    pub fn is_listed(&self, range: Range<usize>) -> bool {
        self.lists.touches(&range)
    }

    /// The ranges that belong to lists, in order.
    pub fn lists(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.lists.ranges()
    }

    /// Memory of the edges, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.noted_pages * PAGE_WORDS * size_of::<u64>()
            + self.pages.len() * size_of::<Option<Box<[u64]>>>()
            + self.lists.memory()
    }
}

/// The page of an offset, the 64-bit number in that page, and the shift of the offset's two bits in that number.
fn place(offset: usize) -> (usize, usize, usize) {
    (offset / PAGE, offset % PAGE / 32, offset % 32 * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_has_an_end() {
        let mut edges = Edges::default();
        for page in 0..10 * MOST_PAGES {
            edges.note(page * PAGE + 7, Edge::Sure);
        }
        assert_eq!(edges.at(7), Edge::Sure);
        assert_eq!(edges.at(5 * MOST_PAGES * PAGE + 7), Edge::No);
        assert!(edges.memory() <= (1 << 20) + (1 << 16), "{}", edges.memory());
        edges.note(usize::MAX, Edge::Sure);
        assert_eq!(edges.at(usize::MAX), Edge::No);
    }

    #[test]
    fn what_is_surer_stays() {
        let mut edges = Edges::default();
        edges.note(63, Edge::Sure);
        edges.note(63, Edge::Perhaps);
        edges.note(64, Edge::Perhaps);
        for (range, has) in [(0..63, false), (0..64, true), (63..64, true), (64..200, false), (10..10, false)]
        {
            assert_eq!(edges.has_sure(range.clone()), has, "{range:?}");
        }
        assert_eq!([62, 63, 64, 65].map(|o| edges.at(o)), [Edge::No, Edge::Sure, Edge::Perhaps, Edge::No]);
    }
}
