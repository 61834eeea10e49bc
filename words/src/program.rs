//! The words of one executable.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::ops::{ControlFlow, Range};
use std::path::Path;

use once_cell::race::OnceBox;

use crawl4ai_telemetry_core::own_words::{Block, Edge, Edges, Look, Unreadable, Visitor, WordSource};

use crate::file::{Opened, why};
use crate::layout::Layout;
use crate::offsets::{Offsets, Window};
use crate::{code, functions, tables};

/// Takes the parts of the words, and returns whether it wants more.
type PartVisitor<'a> = dyn FnMut(&[u8], Range<usize>, usize) -> ControlFlow<()> + 'a;

/// An executable or a shared library: ELF, Mach-O or PE.
///
/// Marking texts reads the file in blocks, never as a whole. Only the edges of its literals are kept, at most 1.25 MiB.
/// Visits read the disk, so make them on a thread that may wait.
#[derive(Debug)]
pub struct Program {
    name: String,
    file: Opened,
    layout: Layout,
    offsets: Offsets,
    /// The edges from tables. They are learned without a lock, because in a forked child the thread that holds the lock
    /// may not exist.
    known: OnceBox<Edges>,
    /// The edges from tables and from code.
    closer: OnceBox<Edges>,
}

impl Program {
    /// Opens the running program. On Linux this is the file that is mapped, so that an upgrade on disk does not change
    /// its words.
    ///
    /// # Errors
    /// When the program cannot be opened, or has no readable words.
    pub fn running() -> Result<Self, Unreadable> {
        // A link to the mapped file, even if the file was deleted or replaced (proc_pid_exe(5)).
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let path = Path::new("/proc/self/exe");
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let path = &std::env::current_exe().map_err(|error| why(&error))?;
        let name = std::env::current_exe().map_or_else(|_| "program".to_owned(), |path| name_of(&path));
        Self::from_file(name, File::open(path).map_err(|error| why(&error))?)
    }

    /// Opens an executable or a shared library.
    ///
    /// # Errors
    /// When the file cannot be opened, is no executable, or has no readable words.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        // Checked before opening, because opening a pipe waits for a writer.
        let seen = std::fs::metadata(path).map_err(|error| why(&error))?;
        if !seen.is_file() {
            return Err(Unreadable::Unknown);
        }
        Self::from_file(name_of(path), File::open(path).map_err(|error| why(&error))?)
    }

    fn from_file(name: String, file: File) -> Result<Self, Unreadable> {
        let file = Opened::new(file)?;
        let layout = Layout::read(&file)?;
        let offsets = Offsets::new(&layout.words);
        Ok(Self { name, file, layout, offsets, known: OnceBox::new(), closer: OnceBox::new() })
    }

    /// The identity of this build. This is its build id in lower-case hexadecimal digits, as the system's tools show
    /// it. Without a build id, it is `words-` and a hash of its words.
    ///
    /// # Errors
    /// When the words cannot be read.
    pub fn build_id(&self) -> Result<String, Unreadable> {
        if let Some(id) = &self.layout.build_id {
            return Ok(id.clone());
        }
        let mut hash = DefaultHasher::new();
        self.each_block(&Edges::default(), &mut |block| {
            hash.write(block.bytes());
            ControlFlow::Continue(())
        })?;
        Ok(format!("words-{:016x}", hash.finish()))
    }

    /// The names of the functions at `addresses`, from the file's symbol table, as mangled by the compiler. An address
    /// is relative to the start of the loaded module. A name is `None` if no symbol covers its address: the program was
    /// stripped or is not 64-bit ELF, or the address is in no function.
    ///
    /// # Errors
    /// When the file cannot be read, or has changed in the meantime.
    pub fn functions(&self, addresses: &[u64]) -> Result<Vec<Option<String>>, Unreadable> {
        functions::at(&self.file, &self.layout, addresses)
    }

    /// Bytes of code that a closer look reads.
    #[must_use]
    pub fn code_bytes(&self) -> u64 {
        self.layout.code.iter().map(|section| section.len).sum()
    }

    /// The memory that the known edges take, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        [&self.known, &self.closer].into_iter().filter_map(OnceBox::get).map(Edges::memory).sum()
    }

    /// The lists of words in the program: the start of each, and its size in bytes.
    pub(crate) fn lists(&self) -> Result<Vec<(String, usize)>, Unreadable> {
        let known = self.learn(Look::Known)?;
        let mut words = Window::new(&self.file, known.lists().count());
        let sample = |range: Range<usize>| {
            let len = range.len();
            let head =
                tables::text(&self.offsets, &mut words, &(range.start..range.end.min(range.start + 60)));
            (String::from_utf8_lossy(&head.unwrap_or_default()).into_owned(), len)
        };
        Ok(known.lists().map(sample).collect())
    }

    /// Passes every text between two bytes that no text holds to `visitor`, with the places in it at which a literal may
    /// begin or end.
    pub(crate) fn texts(&self, visitor: &mut dyn FnMut(&[u8], &[usize])) -> Result<(), Unreadable> {
        let edges = self.learn(Look::Closer)?;
        let mut seams = Vec::new();
        self.each_part(&mut |bytes, _, base| {
            let mut at = 0;
            for text in bytes.split(|byte| *byte < 0x20 || matches!(byte, 0x7f | 0xc0 | 0xc1 | 0xf5..)) {
                seams.clear();
                seams.extend((1..text.len()).filter(|i| edges.at(base + at + i) != Edge::No));
                visitor(text, &seams);
                at += text.len() + 1;
            }
            ControlFlow::Continue(())
        })
    }

    /// Learns the edges that a look needs. Each kind is learned once. If a table cannot be read, nothing is learned,
    /// because with the edges of half a table two reports of the same text could keep different words.
    fn learn(&self, look: Look) -> Result<&Edges, Unreadable> {
        if let Some(edges) = self.closer.get() {
            return Ok(edges);
        }
        match look {
            Look::Closer => self.closer.get_or_try_init(|| {
                let mut edges = self.learn(Look::Known)?.clone();
                code::note(&self.file, &self.layout, &self.offsets, &mut edges)?;
                Ok(Box::new(edges))
            }),
            Look::Known => self.known.get_or_try_init(|| Ok(Box::new(self.tables()?))),
        }
    }

    fn tables(&self) -> Result<Edges, Unreadable> {
        let mut edges = Edges::default();
        tables::note(&self.file, &self.layout, &self.offsets, &mut edges)?;
        Ok(edges)
    }

    fn each_block(&self, edges: &Edges, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        self.each_part(&mut |bytes, new, base| visitor(&Block::new(bytes, new, edges, base)))
    }

    /// Reads the words part by part. `visitor` gets the bytes of a part, the range of them that was in no earlier part,
    /// and the offset of the first byte.
    fn each_part(&self, visitor: &mut PartVisitor<'_>) -> Result<(), Unreadable> {
        let mut bytes = Vec::with_capacity(Block::SIZE + 2 * Block::AROUND);
        for (section, base) in self.offsets.sections() {
            let mut at = 0;
            while at < section.len {
                let from = at.saturating_sub(Block::AROUND as u64);
                let to = section.len.min(at + (Block::SIZE + Block::AROUND) as u64);
                let len = usize::try_from(to - from).unwrap_or_default();
                self.file.read(section.offset + from, len, &mut bytes)?;
                let first = usize::try_from(at - from).unwrap_or_default();
                let base = base + usize::try_from(from).unwrap_or(usize::MAX);
                if visitor(&bytes, first..first + Block::SIZE, base).is_break() {
                    return Ok(());
                }
                at += Block::SIZE as u64;
            }
        }
        if self.file.is_unchanged() { Ok(()) } else { Err(Unreadable::Changed) }
    }
}

impl WordSource for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> u64 {
        self.layout.words.iter().map(|section| section.len).sum()
    }

    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        let known = self.learn(look)?;
        self.each_block(known, visitor)
    }

    fn prepare(&self, look: Look) {
        // An error is returned again by the visit.
        let _ = self.learn(look);
    }

    fn has_closer_look(&self) -> bool {
        code::is_known(self.layout.machine) && !self.layout.code.is_empty() && self.closer.get().is_none()
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.trim_end_matches(" (deleted)").to_owned()
}
