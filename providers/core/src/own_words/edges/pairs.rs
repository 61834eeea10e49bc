//! Reads tables of texts, which show the edges of literals, and lists of words that are not messages.

use std::collections::VecDeque;
use std::ops::Range;

use super::super::bytes::{at, is_word};
use super::{Edge, Edges};

/// Number of short texts at equal distances from which a table is a list of words. A `match` over the kinds of an error
/// seldom has as many, and a table of names seldom has fewer.
const LIST: usize = 16;

/// Longest short text, in bytes. Names of people, cities and time zones fit.
const SHORT: usize = 40;

/// Most columns of texts in a table, so that a phone book with a name, a number and a city in each row is found.
const COLUMNS: usize = 3;

/// Largest distance between the rows of a table, in bytes.
const ROW: u64 = 256;

/// Notes edges and lists of words from the texts of a table, which are added in the table's order.
///
/// ```
/// use crawl4ai_telemetry_core::own_words::{Edge, Edges, Pairs};
///
/// let words = "no route to that cache".as_bytes();
/// let mut edges = Edges::default();
/// let mut read = |range: std::ops::Range<usize>| words.get(range).map(<[u8]>::to_vec);
/// let mut pairs = Pairs::new(&mut edges, &mut read);
/// pairs.add(0x1000, 3, Some(5)); // a pointer to the fourth byte, and a length
/// assert_eq!(edges.at(8), Edge::Sure);
/// ```
pub struct Pairs<'a> {
    edges: &'a mut Edges,
    read: &'a mut dyn FnMut(Range<usize>) -> Option<Vec<u8>>,
    last: VecDeque<Item>,
}

impl std::fmt::Debug for Pairs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pairs").field("edges", &self.edges).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Item {
    place: u64,
    start: usize,
    /// The text's length, if the table holds lengths.
    len: Option<usize>,
    chains: [Chain; COLUMNS],
}

/// The column of a table that ends at an item: its number of items, and the distance between two of them.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    distance: u64,
    items: usize,
    is_list: bool,
}

impl<'a> Pairs<'a> {
    /// `read` returns the words at a range of offsets, or `None` if there are none.
    pub fn new(edges: &'a mut Edges, read: &'a mut dyn FnMut(Range<usize>) -> Option<Vec<u8>>) -> Self {
        Self { edges, read, last: VecDeque::with_capacity(LIST * COLUMNS + 1) }
    }

    /// Adds one text: the address of its entry in the table, the offset of its first byte, and its length in bytes if
    /// the table holds lengths. A text without a length is a text of C, which ends at a NUL.
    pub fn add(&mut self, place: u64, start: usize, len: Option<usize>) {
        self.edges.note(start, Edge::Sure);
        if let Some(len) = len {
            self.edges.note(start.saturating_add(len), Edge::Sure);
        }
        let mut item = Item { place, start, len, chains: [Chain::default(); COLUMNS] };
        if len.is_none_or(|len| (1..=SHORT).contains(&len)) {
            for columns in 1..=COLUMNS {
                self.go_on(&mut item, columns);
            }
        }
        if self.last.len() == LIST * COLUMNS {
            self.last.pop_front();
        }
        self.last.push_back(item);
    }

    /// Joins `item` to the column whose last item was added `columns` texts before it.
    fn go_on(&mut self, item: &mut Item, columns: usize) {
        let before = self.last.len().checked_sub(columns).and_then(|i| self.last.get(i)).copied();
        let Some(before) = before.filter(|b| b.len.is_some() == item.len.is_some()) else { return };
        let distance = item.place.wrapping_sub(before.place);
        if distance == 0 || distance > ROW || before.len.is_some_and(|len| !(1..=SHORT).contains(&len)) {
            return;
        }
        let (Some(old), Some(chain)) = (before.chains.get(columns - 1), item.chains.get_mut(columns - 1))
        else {
            return;
        };
        let goes_on = old.items > 0 && old.distance == distance;
        let (items, mut is_list) = if goes_on { (old.items + 1, old.is_list) } else { (2, false) };
        if items % LIST == 0 {
            let column = self.last.iter().rev().skip(columns - 1).step_by(columns).take(LIST - 1);
            let column: Vec<(usize, Option<usize>)> =
                column.map(|i| (i.start, i.len)).chain([(item.start, item.len)]).collect();
            let texts: Vec<Vec<u8>> = column.iter().map(|(start, len)| self.text(*start, *len)).collect();
            is_list = is_list_of_words(&column, &texts, item.len.is_some());
            if is_list {
                for ((start, _), text) in column.iter().zip(&texts) {
                    self.edges.note_list(*start..start.saturating_add(text.len()));
                }
            }
        } else if is_list {
            let text = self.text(item.start, item.len);
            self.edges.note_list(item.start..item.start.saturating_add(text.len()));
        }
        *chain = Chain { distance, items, is_list };
    }

    /// The `len` bytes at `start`. Without a length: the bytes before the NUL, at most `SHORT + 1` of them.
    fn text(&mut self, start: usize, len: Option<usize>) -> Vec<u8> {
        let mut text = (self.read)(start..start.saturating_add(len.unwrap_or(SHORT + 1))).unwrap_or_default();
        if len.is_none() {
            let end = text.iter().position(|b| *b == 0).unwrap_or(text.len());
            text.truncate(end);
        }
        text
    }
}

/// Is this column a list of words? A table of panic locations, which repeats one file's name, is not. Nor is a table of
/// the pieces of format strings, which rustc wrote before 1.93.
fn is_list_of_words(column: &[(usize, Option<usize>)], texts: &[Vec<u8>], sized: bool) -> bool {
    let mut starts: Vec<usize> = column.iter().map(|(start, _)| *start).collect();
    starts.sort_unstable();
    starts.dedup();
    if starts.len() < LIST / 2 {
        return false;
    }
    let piece = |text: &&Vec<u8>| {
        let (first, last) = (at(text, 0), at(text, text.len().saturating_sub(1)));
        !text.is_empty()
            && (!is_word(first) || matches!(last, b' ' | b':' | b'`' | b'\'' | b'"' | b'(' | b'='))
    };
    if texts.iter().filter(piece).count() >= LIST / 4 {
        return false;
    }
    // C programs keep their messages in such tables too ("database is locked"); messages are recognized by words that
    // begin with a lower-case letter.
    sized || texts.iter().filter(|text| is_name(text)).count() >= LIST * 3 / 4
}

/// Is this one word, or are these words that all begin with a capital, a digit or a character beyond ASCII?
pub(in crate::own_words) fn is_name(text: &[u8]) -> bool {
    let mut words = text.split(|b| matches!(b, b' ' | b'\t' | b',')).filter(|word| !word.is_empty());
    let high = |word: &[u8]| word.first().is_some_and(|b| !b.is_ascii_lowercase());
    !text.is_empty() && text.len() <= SHORT && (words.clone().count() == 1 || words.all(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes texts one after the other, and a table of them with `row` bytes from each entry to the next; it holds
    /// lengths if `sized`.
    fn table(texts: &[&str], row: u64, sized: bool) -> Edges {
        let separator = if sized { "" } else { "\0" };
        let words: Vec<u8> =
            texts.iter().flat_map(|t| [t.as_bytes(), separator.as_bytes()].concat()).collect();
        let mut edges = Edges::default();
        let mut read = |range: Range<usize>| Some(words[range.start..range.end.min(words.len())].to_vec());
        let mut pairs = Pairs::new(&mut edges, &mut read);
        let mut start = 0;
        for (i, text) in texts.iter().enumerate() {
            pairs.add(0x4000 + i as u64 * row, start, sized.then_some(text.len()));
            start += text.len() + separator.len();
        }
        edges
    }

    fn people(count: usize) -> Vec<String> {
        (0..count).map(|i| format!("Ada{i} Lovelace{i}")).collect()
    }

    #[test]
    fn sixteen_short_texts_are_a_list() {
        for (count, listed) in [(15, false), (16, true), (17, true), (40, true)] {
            let people = people(count);
            let texts: Vec<&str> = people.iter().map(String::as_str).collect();
            for sized in [true, false] {
                let edges = table(&texts, 16, sized);
                assert_eq!(edges.is_listed(0..3), listed, "{count} {sized}");
                let last = texts[..count - 1].iter().map(|t| t.len() + usize::from(!sized)).sum::<usize>();
                assert_eq!(edges.is_listed(last + 1..last + 4), listed, "{count} {sized}");
            }
        }
    }

    #[test]
    fn a_column_of_a_table_is_one_too() {
        let long = "lives in a house with a garden and many more words than a name has";
        let people = people(20);
        let texts: Vec<&str> = people.iter().flat_map(|p| [p.as_str(), long]).collect();
        let edges = table(&texts, 16, true);
        assert!(edges.is_listed(0..4));
        let first = people[0].len();
        assert!(!edges.is_listed(first..first + long.len()));
    }

    #[test]
    fn pieces_of_formats_and_places_of_panics_are_none() {
        let pieces = ["cannot read ", ": ", "line ", " of ", "no ", " here"].repeat(6);
        assert_eq!(table(&pieces, 16, true).lists().count(), 0);

        let mut edges = Edges::default();
        let mut read = |_: Range<usize>| Some(b"src/main.rs".to_vec());
        let mut pairs = Pairs::new(&mut edges, &mut read);
        (0..50).for_each(|i| pairs.add(0x1000 + 24 * i, 0, Some(11)));
        assert_eq!(edges.lists().count(), 0);
    }

    #[test]
    fn messages_in_a_table_of_c_are_none() {
        let messages: Vec<String> = (0..30).map(|i| format!("the database of kind {i} is locked")).collect();
        let texts: Vec<&str> = messages.iter().map(String::as_str).collect();
        assert_eq!(table(&texts, 8, false).lists().count(), 0);
        assert!(table(&texts, 16, true).lists().count() > 0, "with lengths the rule knows no difference");
    }
}
