//! Decoded views of a text, so that no encoding hides anything. Each view is made once, and searched like the text.
//!
//! A view remembers where its bytes came from, so that what is found in the view is removed from the text itself. A
//! view may be decoded again, because text that is encoded twice has two layers.

mod eight;
mod escapes;
mod fold;
mod lines;

use super::detect::Finding;
use escapes::{colour, entity, escape, percent, quoted_printable};
pub(super) use fold::{fold, is_symbol, look_alike};
pub(super) use lines::{NEAR, joined};

/// Most layers of encodings, not counting percent signs. JSON in JSON in a URL has three layers.
pub(super) const LAYERS: usize = 4;

/// Length of a usual line, in bytes.
const LINE: usize = 64;

/// A decoded text, with the place of each byte in the original.
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    runs: Vec<Run>,
    /// Was a character put together from the escapes of its single bytes? Then the next layer folds the character.
    pub(super) has_parts: bool,
}

/// A part of a view, from its start to the start of the next run.
#[derive(Clone, Copy)]
struct Run {
    /// The run's start in the view.
    at: u32,
    /// The run's start in the original.
    start: u32,
    /// The end of the run's escape in the original, or `PLAIN` if the bytes are unchanged.
    end: u32,
}

const PLAIN: u32 = u32::MAX;

impl View {
    /// An empty view, with room for `n` bytes in runs of the length of a line.
    fn with_capacity(n: usize) -> Self {
        Self { bytes: Vec::with_capacity(n), runs: Vec::with_capacity(n / LINE), has_parts: false }
    }

    /// Appends bytes that are unchanged from the original, where they start at `start`.
    fn push_plain(&mut self, bytes: &[u8], start: usize) {
        if let (Some(first), at) = (bytes.first(), self.bytes.len()) {
            let follows = matches!(self.runs.last(), Some(run) if run.end == PLAIN
                && run.start as usize + (at - run.at as usize) == start);
            if !follows {
                self.runs.push(Run { at: at as u32, start: start as u32, end: PLAIN });
            }
            match bytes {
                [_] => self.bytes.push(*first),
                _ => self.bytes.extend_from_slice(bytes),
            }
        }
    }

    /// Appends `bytes`, to which the original decodes from `start` to `end`.
    fn push_decoded(&mut self, bytes: &[u8], start: usize, end: usize) {
        if !bytes.is_empty() {
            self.runs.push(Run { at: self.bytes.len() as u32, start: start as u32, end: end as u32 });
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Removes the last byte.
    fn pop(&mut self) {
        self.bytes.pop();
        if self.runs.last().is_some_and(|run| run.at as usize >= self.bytes.len()) {
            self.runs.pop();
        }
    }

    /// Translates a finding in the view to the original.
    pub(super) fn back(&self, finding: Finding) -> Option<Finding> {
        let (start, _) = self.source(finding.start)?;
        let (_, end) = self.source(finding.end.checked_sub(1)?)?;
        Some(Finding { start, end, ..finding })
    }

    /// The range of the original that the byte at `i` comes from.
    fn source(&self, i: usize) -> Option<(usize, usize)> {
        if i >= self.bytes.len() {
            return None;
        }
        let n = self.runs.partition_point(|run| run.at as usize <= i);
        let run = self.runs.get(n.checked_sub(1)?)?;
        let start = run.start as usize;
        Some(match run.end {
            PLAIN => (start + (i - run.at as usize), start + (i - run.at as usize) + 1),
            end => (start, end as usize),
        })
    }
}

/// Decodes percent encoding and references of HTML, removes colours and invisible characters, and makes wide characters
/// narrow. With `escapes`, escapes with a backslash are decoded too. That needs a view of its own, because
/// `\\server\new` may be a path with a backslash and an `n`.
///
/// Places in a view are 32 bits wide. The caller makes sure that the text is not longer.
pub(super) fn decoded(text: &[u8], escapes: bool) -> View {
    let mut view = View::with_capacity(text.len());
    let is_special = |b: &u8| matches!(b, b'%' | b'&' | b'=' | 0x1b | 0 | 0x80..) || (escapes && *b == b'\\');
    let mut i = 0;
    while let Some(rest) = text.get(i..).filter(|rest| !rest.is_empty()) {
        let plain = rest.iter().position(is_special).unwrap_or(rest.len());
        view.push_plain(rest.get(..plain).unwrap_or_default(), i);
        i += plain;
        let rest = rest.get(plain..).unwrap_or_default();
        let Some(first) = rest.first() else { break };
        let (piece, taken) = match first {
            b'%' => percent(rest),
            b'&' => entity(rest),
            b'=' => quoted_printable(rest, text.get(..i).unwrap_or_default()),
            b'\\' => escape(rest),
            0x1b => (Piece::Nothing, colour(rest)),
            0 => (Piece::Nothing, 1),
            _ => character(rest),
        };
        let mut buffer = [0; 4];
        match piece {
            Piece::Same => view.push_plain(rest.get(..taken).unwrap_or_default(), i),
            Piece::Byte(0) | Piece::Nothing => {}
            Piece::Byte(byte) => {
                view.has_parts |= byte >= 0x80;
                view.push_decoded(&[byte], i, i + taken);
            }
            Piece::Char(c) => {
                if let Some(c) = fold(c) {
                    view.push_decoded(c.encode_utf8(&mut buffer).as_bytes(), i, i + taken);
                }
            }
        }
        i += taken;
    }
    view
}

/// The meaning of one escape.
enum Piece {
    /// No escape: the bytes are unchanged.
    Same,
    Nothing,
    Byte(u8),
    Char(char),
}

/// The character beyond ASCII at the start of `rest`, folded, and its length in bytes.
fn character(rest: &[u8]) -> (Piece, usize) {
    match first_char(rest) {
        Some(c) if fold(c) == Some(c) => (Piece::Same, c.len_utf8()),
        Some(c) => (Piece::Char(c), c.len_utf8()),
        None => (Piece::Same, 1),
    }
}

/// The first character of `bytes`, if it is valid UTF-8.
pub(super) fn first_char(bytes: &[u8]) -> Option<char> {
    let len = match bytes.first()? {
        0..0x80 => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    std::str::from_utf8(bytes.get(..len)?).ok()?.chars().next()
}

#[cfg(test)]
mod tests;
