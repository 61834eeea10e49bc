//! Converts addresses of words to offsets. All sections of words are numbered one after the other, and edges are noted
//! by these offsets.

use std::ops::Range;

use crawl4ai_telemetry_core::own_words::Unreadable;

use crate::file::Opened;
use crate::layout::Section;

/// The distance between two sections' offsets, in bytes, so that the end of one is not the start of the next.
const APART: usize = 16;

/// Size of a read that looks up single texts, in bytes.
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

    /// The offset of the byte at `address`, if it is one of the words.
    pub(crate) fn of(&self, address: u64) -> Option<usize> {
        let next = self.sections.partition_point(|(section, _)| section.address <= address);
        let (section, base) = self.sections.get(next.checked_sub(1)?)?;
        let inside = address.checked_sub(section.address).filter(|inside| *inside < section.len)?;
        Some(base + usize::try_from(inside).ok()?)
    }

    /// Where the words at `range` are in the file: their offset and their length. They end at the latest with their
    /// section.
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

/// Reads single texts through a window of the file, because the texts of a table are close together.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    file: &'a Opened,
    bytes: Vec<u8>,
    start: u64,
    /// The number of windows that may still be read. It bounds the time for a table whose texts are in random order.
    left: usize,
}

impl<'a> Window<'a> {
    pub(crate) fn new(file: &'a Opened, most: usize) -> Self {
        Self { file, bytes: Vec::new(), start: 0, left: most }
    }

    /// The `len` bytes of the file at `offset`.
    pub(crate) fn at(&mut self, offset: u64, len: usize) -> Result<Option<&[u8]>, Unreadable> {
        let end = offset.saturating_add(len as u64);
        if offset < self.start || end > self.start + self.bytes.len() as u64 {
            if self.left == 0 || end > self.file.len() || len > WINDOW {
                return Ok(None);
            }
            self.left -= 1;
            // Texts of a table may be looked up backwards, so that more of them are before this one.
            let half = offset.saturating_sub(WINDOW as u64 / 2).max(end.saturating_sub(WINDOW as u64));
            let start = if offset < self.start { half } else { offset };
            let room = self.file.len() - start;
            let size = usize::try_from(room).unwrap_or(WINDOW).min(WINDOW);
            self.file.read(start, size, &mut self.bytes)?;
            self.start = start;
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.bytes.get(from..from.saturating_add(len)))
    }
}
