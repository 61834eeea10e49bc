//! The texts of one report, joined, with a table of their groups of four bytes, so that one pass over the words is
//! enough.

use std::ops::Range;

use super::bytes::END;
use super::filter::{Filter, GRAM, as_number};

/// Longest part of one text that is looked at, in bytes. It is longer than a report keeps of any text. The rest counts
/// as data.
const LONGEST: usize = 32 * 1024;

/// Longest part of all texts of a report that is looked at, in bytes. It is half of the largest stored report, so that
/// the tables of the texts take at most 1.5 MiB.
const ALL: usize = 128 * 1024;

/// Most places that are looked up for one group. If a group occurs more often (a line of dashes), its first places
/// count.
const PLACES: usize = 256;

const NONE: u32 = u32::MAX;

/// Texts with [`END`] before, between and after them.
#[derive(Debug)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    each: Vec<Range<usize>>,
}

impl Texts {
    pub(super) fn join(texts: &[&str]) -> Self {
        let mut bytes = vec![END];
        let mut each = Vec::with_capacity(texts.len());
        for text in texts {
            let room = ALL.saturating_sub(bytes.len()).min(LONGEST);
            let start = bytes.len();
            bytes.extend_from_slice(head(text, room).as_bytes());
            each.push(start..bytes.len());
            bytes.push(END);
        }
        Self { bytes, each }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn each(&self) -> &[Range<usize>] {
        &self.each
    }

    /// The text that contains the byte at `i`.
    pub(super) fn around(&self, i: usize) -> Range<usize> {
        let next = self.each.partition_point(|text| text.end < i);
        self.each.get(next).cloned().unwrap_or_default()
    }
}

/// The longest beginning of `text` that has at most `most` bytes and ends between two characters.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|i| text.is_char_boundary(*i));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// The places of each group of four bytes in the texts.
#[derive(Debug)]
pub(super) struct Grams {
    filter: Filter,
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Grams {
    pub(super) fn of(texts: &Texts) -> Self {
        let bytes = texts.bytes();
        let filter = Filter::for_texts(bytes.len());
        let mut grams =
            Self { heads: vec![NONE; filter.hashes() / 8], next: vec![NONE; bytes.len()], filter };
        for (i, gram) in bytes.windows(GRAM).enumerate().rev() {
            if gram.contains(&END) {
                continue;
            }
            let gram = as_number(gram);
            grams.filter.add(gram);
            let head = grams.filter.hash(gram) / 8;
            if let (Some(head), Some(next), Ok(i)) =
                (grams.heads.get_mut(head), grams.next.get_mut(i), u32::try_from(i))
            {
                *next = std::mem::replace(head, i);
            }
        }
        grams
    }

    /// The first place in `data`, from `from` on, whose group may be in the texts.
    pub(super) fn next_in(&self, data: &[u8], from: usize) -> Option<usize> {
        self.filter.next_in(data, from)
    }

    /// The places in the texts that may have this group.
    pub(super) fn places(&self, gram: u32) -> Places<'_> {
        let head = self.heads.get(self.filter.hash(gram) / 8).copied().unwrap_or(NONE);
        Places { next: &self.next, at: head, left: PLACES }
    }
}

pub(super) struct Places<'a> {
    next: &'a [u32],
    at: u32,
    left: usize,
}

impl Iterator for Places<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.at == NONE || self.left == 0 {
            return None;
        }
        let place = self.at as usize;
        self.at = self.next.get(place).copied().unwrap_or(NONE);
        self.left -= 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_is_found_where_it_stands() {
        let texts = Texts::join(&["no such file", "", "such a file", "é"]);
        let grams = Grams::of(&texts);
        for (i, gram) in texts.bytes().windows(GRAM).enumerate() {
            let is_next = grams.next_in(texts.bytes(), i) == Some(i);
            let found = is_next && grams.places(as_number(gram)).any(|place| place == i);
            assert_eq!(found, !gram.contains(&END), "{i}");
        }
        assert_eq!(grams.next_in(b"~~~~~~no such", 0), Some(6));
        assert_eq!(grams.next_in(b"~~~~~~no such", 10), None);
        assert_eq!((grams.next_in(b"no ", 0), grams.next_in(b"no", 9)), (None, None));
        assert_eq!(texts.each().len(), 4);
        assert_eq!(texts.around(texts.each()[2].start), texts.each()[2]);
    }

    #[test]
    fn much_text_is_cut_between_characters() {
        let long = "é".repeat(1 << 20);
        let many = vec![long.as_str(); 20];
        let texts = Texts::join(&many);
        assert!(texts.bytes().len() <= ALL + 2 * many.len());
        assert!(texts.each().iter().all(|r| std::str::from_utf8(&texts.bytes()[r.clone()]).is_ok()));
        let same = Grams::of(&texts);
        let most = texts.bytes().windows(GRAM).map(|g| same.places(as_number(g)).count()).max();
        assert_eq!(most, Some(PLACES));
    }
}
