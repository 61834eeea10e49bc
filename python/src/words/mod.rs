//! The own words of a Python program: the text constants of its compiled modules and of those of its dependencies.
//!
//! Python reports which packages belong to the program or are installed, but never the user's own files. Their compiled
//! modules are read here, on a thread of the library, when a text has to be reduced to own words for the first time.

mod constants;
mod marshal;
mod package;

use std::path::PathBuf;
use std::sync::Arc;

use crawl4ai_telemetry::own_words::{Block, Edges, Look, Unreadable, Visitor, WordSource, Writing};
use once_cell::race::OnceBox;

pub use constants::texts;
pub use package::Version;

/// The most bytes of words kept for all packages together. The program's own packages come first.
const MOST: usize = 8 * 1024 * 1024;

/// The packages whose texts count as own words. The list has no lock, because a child of a fork reads it too. Packages
/// are never removed.
#[derive(Debug)]
pub struct Modules {
    name: String,
    version: Version,
    first: Next,
}

type Next = OnceBox<Root>;

/// A package or a module, with its words once they are read.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    is_package: bool,
    is_own: bool,
    words: OnceBox<Vec<u8>>,
    next: Next,
}

impl Modules {
    /// An empty list. `name` distinguishes this build of the program from others.
    #[must_use]
    pub fn new(name: String, version: Version) -> Arc<Self> {
        Arc::new(Self { name, version, first: Next::new() })
    }

    /// Adds the folder of a package or the file of a module. `is_own` tells whether it is the program's own.
    pub fn add(&self, path: PathBuf, is_package: bool, is_own: bool) {
        let mut root = Box::new(Root { path, is_package, is_own, words: OnceBox::new(), next: Next::new() });
        let mut last = &self.first;
        loop {
            while let Some(known) = last.get() {
                last = &known.next;
            }
            match last.set(root) {
                Ok(()) => return,
                // Another thread was faster, so this entry goes after that thread's.
                Err(back) => root = back,
            }
        }
    }

    /// The source of these words, for the builder of the library.
    #[must_use]
    pub fn source(self: &Arc<Self>) -> Source {
        Source(Arc::clone(self))
    }

    fn roots(&self) -> impl Iterator<Item = &Root> {
        std::iter::successors(self.first.get(), |root| root.next.get())
    }

    /// The words that are kept, the program's own first.
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        let own = self.roots().filter(|root| root.is_own);
        let others = self.roots().filter(|root| !root.is_own);
        let mut room = MOST;
        own.chain(others).map_while(move |root| {
            let words = root.words(&self.version, room);
            room = room.checked_sub(words.len())?;
            Some(words)
        })
    }
}

impl Root {
    fn words(&self, version: &Version, most: usize) -> &[u8] {
        self.words.get_or_init(|| Box::new(package::words(&self.path, self.is_package, version, most)))
    }
}

/// The words of [`Modules`].
#[derive(Debug)]
pub struct Source(Arc<Modules>);

impl WordSource for Source {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn bytes(&self) -> u64 {
        self.0.words().map(|words| words.len() as u64).sum()
    }

    fn visit(&self, _: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        let edges = Edges::default();
        for words in self.0.words() {
            let mut from = 0;
            while from < words.len() {
                let to = words.len().min(from + Block::SIZE);
                let (start, end) = (from.saturating_sub(Block::AROUND), words.len().min(to + Block::AROUND));
                let bytes = words.get(start..end).unwrap_or_default();
                let block = Block::new(bytes, from - start..to - start, &edges, start);
                if visitor(&block.written_as(Writing::Plain)).is_break() {
                    return Ok(());
                }
                from = to;
            }
        }
        Ok(())
    }

    /// Reads all words. The thread that stores reports does not run this, and does not wait for it when the program
    /// ends.
    fn prepare(&self, _: Look) {
        self.0.words().for_each(drop);
    }
}

#[cfg(test)]
mod tests;
