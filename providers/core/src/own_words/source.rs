//! The contract of sources of words. Only a source may read files; the code that marks texts reads none.

use std::ops::{ControlFlow, Range};

use super::edges::{Edge, Edges};

/// Provides the words of one file, or of anything else that a program's authors wrote.
///
/// The library's own sources are executables. A program that embeds the library in another language adds sources for
/// that language: the constants of compiled modules, a catalogue of messages. The words of a source **may leave** in a
/// report, so they must not depend on who runs the program.
pub trait WordSource: Send + Sync {
    /// The source's name for people: a file's name without its folder.
    fn name(&self) -> &str;

    /// The size of the source's words, in bytes.
    fn bytes(&self) -> u64;

    /// Passes every block to `visitor` until it stops the visit. The blocks have the same order and sizes each time.
    ///
    /// # Errors
    /// When the words cannot all be read, or are no longer those of the running program. Blocks before the error do not
    /// count.
    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable>;

    /// Reads what a visit with this look needs, before the visit. It may do nothing.
    fn prepare(&self, _: Look) {}

    /// Would [`Look::Closer`] find edges that are not known yet?
    fn has_closer_look(&self) -> bool {
        false
    }
}

/// Takes the blocks of a source, and returns whether it wants more.
pub type Visitor<'a> = dyn FnMut(&Block<'_>) -> ControlFlow<()> + 'a;

/// How closely a source looks for the edges of its literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Edges from tables, and edges that are known already.
    Known,
    /// Edges from the program's code too. The code is read once per process, because that takes a millisecond per
    /// megabyte.
    Closer,
}

/// A part of a source's words, with some of the bytes around it.
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
    /// Number of new bytes that a block should have.
    pub const SIZE: usize = 64 * 1024;

    /// Number of neighbouring bytes that a block should show on either side. A literal that is longer counts in pieces.
    pub const AROUND: usize = 4 * 1024;

    /// A block of `bytes`, which begin at the offset `base` of `edges`. The range `new` of the bytes was in no earlier
    /// block.
    #[must_use]
    pub fn new(bytes: &'a [u8], new: Range<usize>, edges: &'a Edges, base: usize) -> Self {
        let new_to = new.end.min(bytes.len());
        Self { bytes, new_from: new.start.min(new_to), new_to, edges, base, writing: Writing::Machine }
    }

    /// Sets how literals are written in these bytes.
    #[must_use]
    pub fn written_as(mut self, writing: Writing) -> Self {
        self.writing = writing;
        self
    }

    /// All bytes, including those around the new ones.
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

/// How literals are written, and whether their length is stored before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Writing {
    /// Read-only data of machine code. In templates of rustc since 1.93, the length is before each piece; formats of C
    /// end at a NUL.
    Machine,
    /// Compiled Python modules. The kind and length of a constant are before it.
    Python,
    /// Texts separated by a NUL, with nothing else between them.
    Plain,
}

/// The reason why a program's words cannot be read. The program's texts are then left out of its reports.
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
    /// The system refuses access.
    #[error("it may not be read")]
    Denied,
    /// The file cannot be read for another reason.
    #[error("it cannot be read")]
    Failed,
    /// The file has more words than the library ever reads.
    #[error("it has too many words to read")]
    TooLarge,
    /// The file is neither ELF nor Mach-O nor PE.
    #[error("it is no executable that is known here")]
    Unknown,
    /// No section holds read-only data.
    #[error("it has no readable words: packed, or without a table of sections")]
    NoWords,
    /// The file's tables contradict each other.
    #[error("its tables contradict themselves")]
    Contradictory,
    /// The file has changed since it was opened.
    #[error("it changed while it was read")]
    Changed,
    /// The file is another build than the one that runs.
    #[error("it is another build than the one that runs")]
    AnotherBuild,
}
