//! Where words come from: the contract between the rule, which reads no file, and whoever does.

use std::ops::{ControlFlow, Range};

use super::edges::{Edge, Edges};

/// Hands out the words of one file, or of whatever else a program's authors wrote.
///
/// The library's own sources are executables. Whoever embeds it in another language brings that language's: the constants
/// of compiled modules, a catalogue of messages. What a source hands out **may leave** in a report, so it must hold nothing
/// that depends on who runs the program.
pub trait WordSource: Send + Sync {
    /// What it is, for people: a file's name without its folder.
    fn name(&self) -> &str;

    /// How many bytes of words there are.
    fn bytes(&self) -> u64;

    /// Hands every block to `visitor`, in the same order and of the same sizes each time, until it breaks off.
    ///
    /// # Errors
    /// When the words cannot be read as a whole, or are no longer those of the program that runs. What was handed out
    /// until then does not count.
    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable>;

    /// Learns what a look needs, ahead of the visit. Nothing has to be done here.
    fn prepare(&self, _: Look) {}

    /// Would [`Look::Closer`] find edges that are not known yet?
    fn has_closer_look(&self) -> bool {
        false
    }
}

/// Takes the blocks of a source, and says whether it wants more.
pub type Visitor<'a> = dyn FnMut(&Block<'_>) -> ControlFlow<()> + 'a;

/// How closely a source looks for the edges of its literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What tables say, and what was learned before.
    Known,
    /// What the program's code says as well: read once a process, because it takes a millisecond for a megabyte.
    Closer,
}

/// A part of the words, with what lies around it.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    bytes: &'a [u8],
    new_from: usize,
    new_to: usize,
    edges: &'a Edges,
    base: usize,
    writing: Writing,
}

impl<'a> Block<'a> {
    /// How many new bytes a block should have.
    pub const SIZE: usize = 64 * 1024;

    /// How many bytes of its neighbours a block should show on either side. A literal that is longer counts in pieces.
    pub const AROUND: usize = 4 * 1024;

    /// `bytes` begin at the offset `base` of `edges`. Of them, `new` were in no block before.
    #[must_use]
    pub fn new(bytes: &'a [u8], new: Range<usize>, edges: &'a Edges, base: usize) -> Self {
        let new_to = new.end.min(bytes.len());
        Self { bytes, new_from: new.start.min(new_to), new_to, edges, base, writing: Writing::Machine }
    }

    /// How literals are written in these bytes.
    #[must_use]
    pub fn written_as(mut self, writing: Writing) -> Self {
        self.writing = writing;
        self
    }

    /// All bytes, those around the new ones too.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn new_bytes(&self) -> Range<usize> {
        self.new_from..self.new_to
    }

    pub(super) fn edge(&self, offset: usize) -> Edge {
        self.edges.at(self.base.saturating_add(offset))
    }

    /// Does a literal surely begin or end inside of `range`?
    pub(super) fn has_sure_edge(&self, range: &Range<usize>) -> bool {
        self.edges.has_sure(self.base.saturating_add(range.start)..self.base.saturating_add(range.end))
    }

    /// Does any of these bytes belong to a list of words?
    pub(super) fn is_listed(&self, range: &Range<usize>) -> bool {
        self.edges.is_listed(self.base.saturating_add(range.start)..self.base.saturating_add(range.end))
    }

    pub(super) fn writing(&self) -> Writing {
        self.writing
    }
}

/// How literals are written, where something before them tells their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Writing {
    /// Machine code's read-only data: the templates of rustc since 1.93, and the formats of C.
    Machine,
    /// Compiled Python modules: a constant's kind and length stand before it.
    Python,
    /// Texts that a NUL separates, with nothing else between them.
    Plain,
}

/// Why a program's words cannot be had. Its texts are left out then.
///
/// ```
/// use crawl4ai_telemetry_core::own_words::Unreadable;
///
/// assert_eq!(Unreadable::NoWords.to_string(), "it has no readable words: packed, or without a table of sections");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There is no such file.
    #[error("it is not there")]
    Missing,
    /// The system says no.
    #[error("it may not be read")]
    Denied,
    /// The file cannot be read for another reason.
    #[error("it cannot be read")]
    Failed,
    /// More words than are ever read.
    #[error("it has too many words to read")]
    TooLarge,
    /// Neither ELF nor Mach-O nor PE.
    #[error("it is no executable that is known here")]
    Unknown,
    /// No section holds read-only data.
    #[error("it has no readable words: packed, or without a table of sections")]
    NoWords,
    /// What its tables say cannot be.
    #[error("its tables contradict themselves")]
    Contradictory,
    /// It is not what it was when it was opened.
    #[error("it changed while it was read")]
    Changed,
    /// It is not the build that runs.
    #[error("it is another build than the one that runs")]
    AnotherBuild,
}
