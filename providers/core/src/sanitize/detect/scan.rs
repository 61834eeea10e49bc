//! Makes one pass over the bytes. A table marks the bytes that matter, and detectors look at their places.
//!
//! The pass takes a block of eight bytes at a time and combines their marks from the table into one number: one bit for
//! each byte that is a digit, a token character or a trigger. A block is looked at again only if it has a trigger, has
//! eight token characters in a row, or has, together with the block before it, four digits. Then only its triggers are
//! looked at one by one. A run of 15 token characters covers a whole block, wherever the run starts.

use std::ops::Range;

use super::cursor::{Cursor, last_block};
use super::{Evidence, Finding, Redaction, dispatch};
use crate::sanitize::key_class::KeyClassifier;

// The marks of a byte in the table. The marks of the eight bytes of a block are adjacent bits; the lowest bit is that
// of the first byte.
const DIGIT: u32 = 1;
const TOKEN: u32 = 1 << 8;
const TRIGGER: u32 = 1 << 16;

pub(super) const BLOCK: usize = 8;

/// The marks of a block that has only token characters.
const ALL_TOKEN: u32 = 0xff * TOKEN;

/// A block of spaces.
const SPACES: u64 = u64::from_le_bytes([b' '; BLOCK]);

/// Number of digits in two neighbouring blocks from which a number is searched for.
const DIGITS: u8 = 4;

/// Longest extension or file name that is kept after a path, in bytes.
const KEPT: usize = 192;

/// Bytes at which a detector may find something.
const TRIGGERS: &[u8] = b":=@/\\%.<?&+-\"'`\n\x1bBbA([";

/// The table for each place in a block. Its marks are shifted to that place.
static TABLES: [[u32; 256]; BLOCK] = tables();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn tables() -> [[u32; 256]; BLOCK] {
    let mut tables = [table(); BLOCK];
    let mut place = 0;
    while place < BLOCK {
        let mut i = 0;
        while i < 256 {
            tables[place][i] <<= place;
            i += 1;
        }
        place += 1;
    }
    tables
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        if b.is_ascii_digit() {
            table[i] += DIGIT;
        }
        if is_token(b) {
            table[i] += TOKEN;
        }
        // These bytes start a character beyond ASCII that may be folded or be a symbol. Only the letters of western and
        // central Europe start with other bytes.
        if matches!(b, 0xc2 | 0xc9..=0xf4) || b == 0 {
            table[i] += TRIGGER;
        }
        i += 1;
    }
    let mut t = 0;
    while t < TRIGGERS.len() {
        table[TRIGGERS[t] as usize] += TRIGGER;
        t += 1;
    }
    table
}

/// The number of set bits in each byte. A table is used because not every supported processor has an instruction for
/// it.
static ONES: [u8; 256] = ones();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn ones() -> [u8; 256] {
    let mut ones = [0; 256];
    let mut i = 0;
    while i < 256 {
        ones[i] = i.count_ones() as u8;
        i += 1;
    }
    ones
}

/// Can this byte be in a token, in any of the encodings of tokens?
const fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'~')
}

/// Like [`is_token`], but looked up in the table.
pub(super) fn is_run(b: u8) -> bool {
    let [first, ..] = &TABLES;
    first.get(usize::from(b)).is_some_and(|says| says & TOKEN != 0)
}

/// One pass over a text.
pub(in crate::sanitize) struct Scan<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) keys: &'a KeyClassifier,
    /// The finds, in the order of the pass.
    pub(super) found: &'a mut Vec<Finding>,
    /// The end of the last find. The bytes before it are not looked at again.
    pub(super) done: usize,
    /// In a text with literals of the program, the end of the last suspicious find. The bytes before it are still
    /// searched for finds with [`Evidence::Form`].
    pub(super) suspected: usize,
    /// Does the text have literals of the program? Suspicion removes nothing from a literal.
    pub(super) has_literals: bool,
    /// The end of the last run of token characters that was looked at.
    pub(super) run_done: usize,
    /// The end of the last number that was looked at.
    pub(super) number_done: usize,
    /// The next `</`, if it was searched for already; `usize::MAX` if there is none.
    pub(super) next_end_tag: usize,
    /// Are these joined lines, without their breaks?
    pub(super) is_joined: bool,
    /// The decoded views that differ from the text.
    pub(super) views: Views,
}

/// The decoded views of a text that must be searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sanitize) struct Views {
    /// The view that decodes percent encoding, HTML's references, quoted-printable and colours.
    pub(in crate::sanitize) encoded: bool,
    /// The view that folds characters beyond ASCII and removes zeros.
    pub(in crate::sanitize) wide: bool,
    /// The view that decodes escapes with a backslash.
    pub(in crate::sanitize) escaped: bool,
    /// The view that joins lines.
    pub(in crate::sanitize) joined: bool,
}

impl Views {
    /// Notes the views that the byte at `i` shows to be needed.
    #[inline]
    pub(super) fn see(&mut self, cursor: Cursor<'_>, i: usize, b: u8) {
        let next = cursor.at(i + 1);
        match b {
            b'%' => {
                let is_hex = next.is_ascii_hexdigit() && cursor.at(i + 2).is_ascii_hexdigit();
                self.encoded |= is_hex || (next == b'u' && cursor.at(i + 2).is_ascii_hexdigit());
            }
            b'\\' => {
                self.escaped |= matches!(
                    next,
                    b'u' | b'U' | b'x' | b'"' | b'\'' | b'/' | b'\\' | b'n' | b'r' | b't' | b'0'..=b'3'
                );
            }
            b'\n' => self.joined = true,
            b'&' => {
                self.encoded |= matches!(next, b'#' | b'a'..=b'z')
                    && cursor.at(cursor.ahead_at_most(i, 11, |b| b != b';')) == b';';
            }
            // Quoted-printable has two codes in a row: `=41=42`.
            b'=' => {
                self.encoded |= cursor.at(i + 3) == b'='
                    && [i + 1, i + 2, i + 4, i + 5].iter().all(|i| cursor.at(*i).is_ascii_hexdigit());
            }
            0x1b => self.encoded = true,
            0 | 0x80.. => self.wide = true,
            _ => {}
        }
    }

    /// Is the view of joined lines the only one that may differ from the text?
    pub(in crate::sanitize) const fn are_lines(self) -> bool {
        !(self.encoded || self.wide || self.escaped)
    }

    /// Is there no view to search?
    pub(in crate::sanitize) const fn is_empty(self) -> bool {
        !(self.encoded || self.wide || self.escaped || self.joined)
    }
}

impl<'a> Scan<'a> {
    /// Appends the finds in `bytes`, and returns the views that must be searched.
    pub(in crate::sanitize) fn of(
        bytes: &'a [u8],
        keys: &'a KeyClassifier,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Views {
        let mut scan = Self::new(bytes, keys, has_literals, found);
        dispatch::line_start(&mut scan, 0);
        scan.run(0, bytes.len());
        dispatch::line_end(&mut scan, bytes.len());
        scan.views
    }

    /// Like [`of`](Self::of), for triggers within `ranges`, which are in order and do not overlap.
    pub(in crate::sanitize) fn of_ranges(
        bytes: &'a [u8],
        ranges: &[Range<usize>],
        is_joined: bool,
        keys: &'a KeyClassifier,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Views {
        let mut scan = Self { is_joined, ..Self::new(bytes, keys, has_literals, found) };
        for range in ranges {
            // The bytes before the range were searched before. So a run of token characters starts in the range or
            // after it.
            scan.run_done = scan.run_done.max(range.start);
            scan.run(range.start, range.end);
            if range.end == bytes.len() {
                dispatch::line_end(&mut scan, bytes.len());
            }
        }
        scan.views
    }

    fn new(
        bytes: &'a [u8],
        keys: &'a KeyClassifier,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            cursor: Cursor::new(bytes),
            keys,
            found,
            done: 0,
            suspected: 0,
            has_literals,
            run_done: 0,
            number_done: 0,
            next_end_tag: 0,
            is_joined: false,
            views: Views::default(),
        }
    }

    /// Scans the blocks from `start` to `end`, and the rest after the last block.
    fn run(&mut self, start: usize, end: usize) {
        let bytes = self.cursor.all().get(start..end).unwrap_or_default();
        let (blocks, tail) = bytes.as_chunks::<BLOCK>();
        let mut at = start;
        let mut digits = 0;
        for block in blocks {
            digits = self.block(at, block, digits);
            at += BLOCK;
        }
        if !tail.is_empty() {
            // The rest of the block is filled with spaces, because a zero is a trigger.
            let spaces = SPACES << (8 * tail.len());
            let block = u64::from_le_bytes(last_block(bytes, tail)) | spaces;
            self.block(at, &block.to_le_bytes(), digits);
        }
    }

    /// Looks at a block if its marks require it, and returns its number of digits.
    #[inline]
    fn block(&mut self, at: usize, block: &[u8; BLOCK], digits_before: u8) -> u8 {
        let mut marks = 0;
        for (b, table) in block.iter().zip(&TABLES) {
            marks |= table.get(usize::from(*b)).copied().unwrap_or(0);
        }
        let digits = ONES.get((marks & 0xff) as usize).copied().unwrap_or(0);
        if marks >= ALL_TOKEN || digits + digits_before >= DIGITS {
            self.look(at, marks, digits + digits_before);
        }
        digits
    }

    #[inline(never)]
    fn look(&mut self, at: usize, marks: u32, digits: u8) {
        let mut triggers = marks / TRIGGER;
        while triggers != 0 {
            dispatch::trigger(self, at + triggers.trailing_zeros() as usize);
            triggers &= triggers - 1;
        }
        // A run or a number inside of a find is not searched again.
        let end = at + BLOCK;
        if marks & ALL_TOKEN == ALL_TOKEN && at >= self.run_done && end > self.done {
            dispatch::run(self, at);
        }
        if digits >= DIGITS && end > self.number_done && end > self.done {
            dispatch::number(self, at);
        }
    }

    /// The first byte at which a suspicious find may begin.
    pub(super) fn suspicion_floor(&self) -> usize {
        self.done.max(self.suspected)
    }

    /// Stores a finding.
    pub(super) fn take(&mut self, finding: Option<Finding>) -> bool {
        let Some(finding) = finding.filter(|finding| finding.start < finding.end) else { return false };
        if self.has_literals && finding.evidence == Evidence::Suspicion {
            self.suspected = self.suspected.max(finding.end);
        } else {
            self.done = self.done.max(finding.end);
        }
        // The extension or file name that stays after a path is no token and does not start one.
        if finding.kind == Redaction::Path {
            let behind = self.cursor.ahead_at_most(finding.end, KEPT, is_run);
            self.run_done = self.run_done.max(behind);
        }
        self.found.push(finding);
        true
    }
}
