//! Addresses of words as offsets among all words: what edges are noted by.

use std::ops::Range;

use crawl4ai_telemetry_core::own_words::Unreadable;

use crate::file::Opened;
use crate::layout::Section;

/// Between two sections, so that the end of one is not the beginning of the next, in bytes.
const APART: usize = 16;

/// What is read at once where single texts are looked up, in bytes.
const WINDOW: usize = 16 * 1024;

/// The sections of words, each with the offset of its first byte.
#[derive(Clone, Debug)]
pub(crate) struct Offsets {
    sections: Vec<(Section, usize)>,
}

impl Offsets {
    pub(crate) fn new(sections: &[Section]) -> Self {
        let mut next = 0_usize;
        let sections = sections.iter().map(|section| {
            let base = next;
            next = next.saturating_add(len(section)).saturating_add(APART);
            (*section, base)
        });
        Self { sections: sections.collect() }
    }

    pub(crate) fn sections(&self) -> &[(Section, usize)] {
        &self.sections
    }

    /// The offset of the byte at `address`, when that is among the words.
    pub(crate) fn of(&self, address: u64) -> Option<usize> {
        let next = self.sections.partition_point(|(section, _)| section.address <= address);
        let (section, base) = self.sections.get(next.checked_sub(1)?)?;
        let inside = address.checked_sub(section.address).filter(|inside| *inside < section.len)?;
        Some(base + usize::try_from(inside).ok()?)
    }

    /// Where in the file the words at `range` stand, as far as they lie in one section.
    pub(crate) fn in_file(&self, range: &Range<usize>) -> Option<(u64, usize)> {
        let next = self.sections.partition_point(|(_, base)| *base <= range.start);
        let (section, base) = self.sections.get(next.checked_sub(1)?)?;
        let inside = range.start - base;
        let room = len(section).checked_sub(inside)?;
        Some((section.offset + inside as u64, range.len().min(room)))
    }
}

fn len(section: &Section) -> usize {
    usize::try_from(section.len).unwrap_or(usize::MAX)
}

/// Reads here and there, a window at a time: what a table leads to lies close together.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    file: &'a Opened,
    bytes: Vec<u8>,
    start: u64,
    /// How many windows may still be read, so that a table that leads to and fro takes no longer than one that does not.
    left: usize,
}

impl<'a> Window<'a> {
    pub(crate) fn new(file: &'a Opened, most: usize) -> Self {
        Self { file, bytes: Vec::new(), start: 0, left: most }
    }

    /// The bytes of the file at `offset`, `len` of them.
    pub(crate) fn at(&mut self, offset: u64, len: usize) -> Result<Option<&[u8]>, Unreadable> {
        let end = offset.saturating_add(len as u64);
        if offset < self.start || end > self.start + self.bytes.len() as u64 {
            if self.left == 0 || end > self.file.len() || len > WINDOW {
                return Ok(None);
            }
            self.left -= 1;
            let room = self.file.len() - offset;
            let size = usize::try_from(room).unwrap_or(WINDOW).min(WINDOW);
            self.file.read(offset, size, &mut self.bytes)?;
            self.start = offset;
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.bytes.get(from..from.saturating_add(len)))
    }
}
