//! Decoded views of a text, so that an encoding hides nothing: each is made once and searched like the text.
//!
//! A view remembers where its bytes came from, and what is found in it is taken out of the text itself. A view may be
//! decoded again: what is encoded twice has two layers.

mod escapes;
mod fold;
mod lines;

use super::detect::Finding;
use escapes::{colour, entity, escape, percent, quoted_printable};
pub(super) use fold::{fold, is_symbol, look_alike};
pub(super) use lines::{NEAR, joined};

/// How often a text may be encoded over, other than by percent signs: JSON in JSON in a URL has three layers.
pub(super) const LAYERS: usize = 4;

/// A decoded text and the places its bytes came from.
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    runs: Vec<Run>,
    /// Was a character put together of escapes for its bytes? It is folded in the next layer.
    pub(super) has_parts: bool,
}

/// A stretch of a view, up to the next one.
#[derive(Clone, Copy)]
struct Run {
    /// Where it starts in the view.
    at: u32,
    /// What it comes from.
    start: u32,
    /// The end of the escape that it stands for; `PLAIN` when it is the text's own bytes, one for one.
    end: u32,
}

const PLAIN: u32 = u32::MAX;

impl View {
    fn with_capacity(n: usize) -> Self {
        Self { bytes: Vec::with_capacity(n), runs: Vec::new(), has_parts: false }
    }

    /// Appends bytes of the text unchanged. `start` is the place of the first one in the text.
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

    /// Appends what the bytes from `start` to `end` stand for.
    fn push_decoded(&mut self, bytes: &[u8], start: usize, end: usize) {
        if !bytes.is_empty() {
            self.runs.push(Run { at: self.bytes.len() as u32, start: start as u32, end: end as u32 });
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Takes the last byte away.
    fn pop(&mut self) {
        self.bytes.pop();
        if self.runs.last().is_some_and(|run| run.at as usize >= self.bytes.len()) {
            self.runs.pop();
        }
    }

    /// A finding in the view as one in what it was made of.
    pub(super) fn back(&self, finding: Finding) -> Option<Finding> {
        let (start, _) = self.source(finding.start)?;
        let (_, end) = self.source(finding.end.checked_sub(1)?)?;
        Some(Finding { start, end, ..finding })
    }

    /// Where the byte at `i` comes from.
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

/// The text without percent encoding, references of HTML, colours and invisible characters, and with wide forms narrow;
/// also without escapes when asked to, which is a view of its own: `\\server\new` is a path with a backslash and an `n`.
///
/// The places of a view are 32 bits wide; whoever asks makes sure that the text is no longer.
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

/// What an escape stands for.
enum Piece {
    /// No escape: the bytes are what they are.
    Same,
    Nothing,
    Byte(u8),
    Char(char),
}

/// A character beyond ASCII, folded, and how many bytes it takes.
fn character(rest: &[u8]) -> (Piece, usize) {
    match first_char(rest) {
        Some(c) if fold(c) == Some(c) => (Piece::Same, c.len_utf8()),
        Some(c) => (Piece::Char(c), c.len_utf8()),
        None => (Piece::Same, 1),
    }
}

/// The character that bytes start with, when they are UTF-8.
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
