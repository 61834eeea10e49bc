//! Own words: which bytes of a text the program's authors wrote.
//!
//! A text in a report has two kinds of bytes: words from the program's own read-only data, which every user of the
//! program has, and data. A search for secrets is never complete, because names in a sentence and secrets of one word
//! have no form. So this module does the opposite: the program's own words stay, and everything else is replaced by its
//! kind.
//!
//! This module reads no file: a [`WordSource`] provides the words. A text becomes safe in three steps:
//!
//! 1. [`OwnWords::mark`] marks the raw texts of one report, in one pass over the words.
//! 2. The search of the [`Sanitizer`](crate::Sanitizer) finds what has a form. Inside of a run it ignores finds that
//!    only look suspicious.
//! 3. [`narrow`] writes the text: runs stay unchanged; finds and everything else become placeholders.
//!
//! Own words do not make a report anonymous: which of its sentences a program printed is itself a fact about a run.
//!
//! ```
//! use crawl4ai_telemetry_core::own_words::{
//!     Block, Edges, Look, OwnWords, Unreadable, Visitor, WordSource, narrow,
//! };
//!
//! /// The messages of an embedder in another language, NUL-separated.
//! struct Catalogue(&'static str);
//!
//! impl WordSource for Catalogue {
//!     fn name(&self) -> &str {
//!         "catalogue"
//!     }
//!     fn bytes(&self) -> u64 {
//!         self.0.len() as u64
//!     }
//!     fn visit(&self, _: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
//!         let _ = visitor(&Block::new(self.0.as_bytes(), 0..self.0.len(), &Edges::default(), 0));
//!         Ok(())
//!     }
//! }
//!
//! let own = OwnWords::new(vec![Box::new(Catalogue("\0no account for %s\0wrong password for %s\0"))]);
//! let raw = "no account for Ada Lovelace";
//! let marked = own.mark(&[raw], &[])?;
//! assert_eq!(narrow(raw, &marked.runs[0], &[]), "no account for [text]");
//! # Ok::<(), Unreadable>(())
//! ```

mod besides;
mod bytes;
mod edges;
mod filter;
mod found;
mod judge;
mod names;
mod narrow;
mod numbers;
mod public;
mod rows;
mod runs;
mod scan;
mod siblings;
mod source;
mod template;
mod texts;

pub use edges::{Edge, Edges, Pairs};
pub use narrow::{Data, narrow, signature};
pub(crate) use numbers::is_label;
pub use runs::{Rule, Run, Runs};
pub use source::{Block, Look, Unreadable, Visitor, WordSource, Writing};

use std::ops::ControlFlow;

use found::Found;
use judge::Whose;
use texts::{Grams, Texts};

/// Most bytes of declared words in one report: the names of its frames, and the words that the program calls safe.
const MOST_DECLARED: usize = 64 * 1024;

/// The words of a program, and of the files shipped with it.
pub struct OwnWords {
    sources: Vec<Box<dyn WordSource>>,
    public: Vec<u8>,
}

impl std::fmt::Debug for OwnWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.sources.iter().map(|source| source.name()).collect();
        f.debug_struct("OwnWords").field("sources", &names).finish_non_exhaustive()
    }
}

/// The parts of some texts that are the program's own words.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Marked {
    /// The runs of each text, in the order of the texts given to [`OwnWords::mark`].
    pub runs: Vec<Runs>,
    /// The sources that could not be read, by index; their words do not count.
    pub unread: Vec<(usize, Unreadable)>,
}

impl OwnWords {
    /// Own words from these sources; the program itself comes first.
    #[must_use]
    pub fn new(sources: Vec<Box<dyn WordSource>>) -> Self {
        Self { sources, public: separated(public::REASONS.iter().copied(), usize::MAX) }
    }

    /// Adds texts that no program holds but every user has: the system's error texts.
    #[must_use]
    pub fn with_public_texts<S: AsRef<str>>(mut self, texts: impl IntoIterator<Item = S>) -> Self {
        for text in texts {
            self.public.extend_from_slice(text.as_ref().as_bytes());
            self.public.push(0);
        }
        self
    }

    /// Lets the sources read their words before the first text is marked. [`mark`](Self::mark) returns the sources that
    /// could not be read.
    pub fn prepare(&self) {
        // In an unoptimized program the code is ten times larger than the words and takes the longest to read, so it is
        // read now, while another thread looks up names. In an optimized program it is read when a text needs it.
        let look = if cfg!(debug_assertions) { Look::Closer } else { Look::Known };
        for source in &self.sources {
            source.prepare(look);
        }
    }

    /// The sources of the words.
    pub fn sources(&self) -> impl Iterator<Item = &dyn WordSource> {
        self.sources.iter().map(|source| &**source)
    }

    /// Marks the texts of one report in one pass over all words.
    ///
    /// `declared` are words that stay wherever they occur whole: names of types and functions of this report, versions
    /// of the program, words that the program calls safe. The first 32 KiB of each text are looked at, and 128 KiB of
    /// all texts together; the rest counts as data.
    ///
    /// The work grows with the words, not with the content of the texts. The same texts always give the same runs,
    /// whatever was marked before.
    ///
    /// # Errors
    /// When no source can be read, because then no part of the texts is known to be the program's own.
    pub fn mark(&self, texts: &[&str], declared: &[&str]) -> Result<Marked, Unreadable> {
        let texts = Texts::join(texts);
        let grams = Grams::of(&texts);
        let mut found = Found::default();
        let mut unread = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            match search(&**source, &texts, &grams) {
                Ok(more) => found.join(more),
                Err(error) => unread.push((index, error)),
            }
        }
        if let Some((_, error)) = unread.first().filter(|_| unread.len() == self.sources.len()) {
            return Err(*error);
        }
        if self.sources.is_empty() {
            return Err(Unreadable::NoWords);
        }
        plain(&self.public, &texts, &grams, Whose::Public, &mut found);
        let declared = separated(declared.iter().copied(), MOST_DECLARED);
        plain(&declared, &texts, &grams, Whose::Declared, &mut found);

        let mut kept = found.settle(&texts);
        besides::mark(&texts, &found, &mut kept);
        let of = |text: &std::ops::Range<usize>| Runs::of(kept.get(text.clone()).unwrap_or_default());
        Ok(Marked { runs: texts.each().iter().map(of).collect(), unread })
    }
}

/// Searches a source in one pass. If edges from code could change the result, a second pass looks at all edges.
fn search(source: &dyn WordSource, texts: &Texts, grams: &Grams) -> Result<Found, Unreadable> {
    let pass = |look: Look, is_last: bool| {
        let mut found = Found::default();
        source.visit(look, &mut |block| {
            scan::block(block, texts, grams, Whose::Program, &mut found);
            if found.is_undecided && !is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(found)
    };
    let may_look_closer = source.has_closer_look();
    let found = pass(Look::Known, !may_look_closer)?;
    if found.is_undecided && may_look_closer { pass(Look::Closer, true) } else { Ok(found) }
}

fn plain(words: &[u8], texts: &Texts, grams: &Grams, whose: Whose, found: &mut Found) {
    let edges = Edges::default();
    let block = Block::new(words, 0..words.len(), &edges, 0).written_as(Writing::Plain);
    scan::block(&block, texts, grams, whose, found);
}

/// Joins texts with a NUL before and after each, up to `most` bytes in all.
fn separated<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> Vec<u8> {
    let mut out = vec![0];
    for text in texts.filter(|text| !text.contains('\0')) {
        if out.len().saturating_add(text.len()) < most {
            out.extend_from_slice(text.as_bytes());
            out.push(0);
        }
    }
    out
}

#[cfg(test)]
mod tests;
