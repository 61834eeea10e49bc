//! One pass over the bytes: a table decides which of them deserve a look, detectors look there.
//!
//! The pass takes eight bytes at a time and makes one number of what the table says of them: a bit for each byte
//! that is a digit, a token character, a trigger. Only a block with a trigger, with eight token characters in a
//! row, or with four digits together with the block before it, is looked at again, and only its triggers are. A
//! run of 15 token characters covers such a block wherever it starts.

use std::ops::Range;

use super::cursor::{Cursor, last_block};
use super::{Evidence, Finding, Redaction, dispatch};
use crate::sanitize::key_class::KeyClassifier;

// What the table says of a byte. The marks of a block's eight bytes stand side by side, the first one's lowest.
const DIGIT: u32 = 1;
const TOKEN: u32 = 1 << 8;
const TRIGGER: u32 = 1 << 16;

pub(super) const BLOCK: usize = 8;

/// The marks of a block of which every byte is one of a token.
const ALL_TOKEN: u32 = 0xff * TOKEN;

/// So many digits within two blocks may belong to a number that is looked for.
const DIGITS: u8 = 4;

/// No more of a path stays, in bytes.
const KEPT: usize = 192;

/// Bytes at which a detector may find something.
const TRIGGERS: &[u8] = b":=@/\\%.<?&+-\"'`\n\x1bBbA(";

/// One table for each place in a block, with its marks where that place has them.
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
        // The first byte of every character beyond ASCII that may be folded or be a symbol: all but the letters of
        // western and central Europe.
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

/// How many bits of a byte are set: not every supported processor has an instruction for it.
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

/// What tokens are made of, in any of their encodings.
const fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'~')
}

/// The same as [`is_token`], by the table.
pub(super) fn is_run(b: u8) -> bool {
    let [first, ..] = &TABLES;
    first.get(usize::from(b)).is_some_and(|says| says & TOKEN != 0)
}

/// One pass over a text.
pub(in crate::sanitize) struct Scan<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) keys: &'a KeyClassifier,
    /// What was found, in the order in which it was met.
    pub(super) found: &'a mut Vec<Finding>,
    /// Behind everything that was found: what lies before is not looked at again.
    pub(super) done: usize,
    /// Behind everything that only looks suspicious, in a text with literals of the program: what lies before is still
    /// searched for what has a form.
    pub(super) suspected: usize,
    /// Does the text have literals of the program, which suspicion does not touch?
    pub(super) has_literals: bool,
    /// Behind the last run of token characters that was looked at.
    pub(super) run_done: usize,
    /// Behind the last number that was looked at.
    pub(super) number_done: usize,
    /// The next `</`, once it was looked for; `usize::MAX` when there is none.
    pub(super) next_end_tag: usize,
    /// What would make a decoded view differ.
    pub(super) views: Views,
}

/// Which decoded views of a text are worth a look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sanitize) struct Views {
    /// Percent encoding, references of HTML, quoted-printable, colours.
    pub(in crate::sanitize) encoded: bool,
    /// Characters beyond ASCII, and zeros.
    pub(in crate::sanitize) wide: bool,
    /// Escapes with a backslash.
    pub(in crate::sanitize) escaped: bool,
    /// More than one line.
    pub(in crate::sanitize) joined: bool,
}

impl Views {
    /// Takes down what a byte says of the views.
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
            // `=41=42`
            b'=' => {
                self.encoded |= cursor.at(i + 3) == b'='
                    && [i + 1, i + 2, i + 4, i + 5].iter().all(|i| cursor.at(*i).is_ascii_hexdigit());
            }
            0x1b => self.encoded = true,
            // The last block is filled up with zeros.
            0 => self.wide |= i < cursor.len(),
            0x80.. => self.wide = true,
            _ => {}
        }
    }

    /// Does the text say what it says, but for its breaks?
    pub(in crate::sanitize) const fn are_lines(self) -> bool {
        !(self.encoded || self.wide || self.escaped)
    }

    /// Is there no view worth a look?
    pub(in crate::sanitize) const fn is_empty(self) -> bool {
        !(self.encoded || self.wide || self.escaped || self.joined)
    }
}

impl<'a> Scan<'a> {
    /// Appends what `bytes` hold; returns which views of them are worth a look.
    pub(in crate::sanitize) fn of(
        bytes: &'a [u8],
        keys: &'a KeyClassifier,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Views {
        let mut scan = Self::new(bytes, keys, has_literals, found);
        scan.run(0, bytes.len());
        scan.views
    }

    /// The same for what triggers within some ranges, which are in order and do not overlap.
    pub(in crate::sanitize) fn of_ranges(
        bytes: &'a [u8],
        ranges: &[Range<usize>],
        keys: &'a KeyClassifier,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Views {
        let mut scan = Self::new(bytes, keys, has_literals, found);
        for range in ranges {
            // What stands before the range was searched before: a run of token characters starts here at the earliest.
            scan.run_done = scan.run_done.max(range.start);
            scan.run(range.start, range.end);
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
            views: Views::default(),
        }
    }

    /// Looks at the blocks from `start` to `end`, and at what is left of the last one.
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
            self.block(at, &last_block(bytes, tail), digits);
        }
    }

    /// Looks at a block when its marks say so; returns how many digits it has.
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
        // What was found needs no second name.
        let end = at + BLOCK;
        if marks & ALL_TOKEN == ALL_TOKEN && at >= self.run_done && end > self.done {
            dispatch::run(self, at);
        }
        if digits >= DIGITS && end > self.number_done && end > self.done {
            dispatch::number(self, at);
        }
    }

    /// From where on suspicion may look.
    pub(super) fn suspicion_floor(&self) -> usize {
        self.done.max(self.suspected)
    }

    /// Takes a finding down.
    pub(super) fn take(&mut self, finding: Option<Finding>) -> bool {
        let Some(finding) = finding.filter(|finding| finding.start < finding.end) else { return false };
        if self.has_literals && finding.evidence == Evidence::Suspicion {
            self.suspected = self.suspected.max(finding.end);
        } else {
            self.done = self.done.max(finding.end);
        }
        // The extension or the file that stays behind a path is no token, nor the start of one.
        if finding.kind == Redaction::Path {
            let behind = self.cursor.ahead_at_most(finding.end, KEPT, is_run);
            self.run_done = self.run_done.max(behind);
        }
        self.found.push(finding);
        true
    }
}
