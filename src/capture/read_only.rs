//! Finds the texts that the compiler wrote: their bytes lie in the read-only data of a loaded module.
//!
//! The type `&'static str` proves nothing, because `Box::leak` and `OnceLock<String>` make one of a computed text.
//!
//! On Linux `/proc/self/maps`, the table of mappings, is read in pieces, into memory on the stack. This takes no lock,
//! so that the panic hook may do it, and needs no preparation. The table includes modules that `dlopen` has loaded
//! since the start. On other systems every list of modules takes a lock, so that in the hook no text counts as the
//! compiler's.

use std::ops::{ControlFlow, Range};

/// Maximum number of segments of a module that are examined. Linkers make three or four that are read-only.
const SEGMENTS: usize = 8;

/// A module that is loaded: the program or a shared library.
pub(crate) struct Module {
    /// The addresses from its first byte to its last.
    pub(crate) span: Range<usize>,
    read_only: [Range<usize>; SEGMENTS],
    has_code: bool,
}

impl Module {
    /// Do all bytes of this text lie in its read-only data?
    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = text.as_bytes().as_ptr_range();
        let (start, end) = (text.start as usize, text.end as usize);
        self.read_only.iter().any(|segment| segment.start <= start && end <= segment.end)
    }
}

/// Calls `visit` with each module until told to stop. Takes no lock and allocates nothing, so that the panic hook can
/// call it. Visits no module if the table of mappings cannot be read.
#[cfg(target_os = "linux")]
pub(crate) fn each_module(visit: impl FnMut(&Module) -> ControlFlow<()>) {
    if let Ok(maps) = std::fs::File::open("/proc/self/maps") {
        maps::read(maps, visit);
    }
}

/// Visits none, because no module can be looked at without a lock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn each_module(_: impl FnMut(&Module) -> ControlFlow<()>) {}

/// Says for each text whether the compiler wrote it. To be called only by threads that may wait for the loader's lock.
pub(crate) fn are_literals(texts: &[&str]) -> Vec<bool> {
    let mut known: Vec<bool> = texts.iter().map(|text| text.is_empty()).collect();
    let mut visit = |module: &Module| {
        for (known, text) in known.iter_mut().zip(texts) {
            *known |= module.holds(text);
        }
        if known.contains(&false) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    if cfg!(target_os = "linux") {
        each_module(visit);
    } else {
        // The request to stop is ignored, because there are few modules.
        each_loaded(|module| {
            let _ = visit(module);
        });
    }
    known
}

/// Asks the loader, which takes its lock. Windows does not say which segments are writable, so that all segments count
/// as read-only.
fn each_loaded(mut visit: impl FnMut(&Module)) {
    use findshlibs::{Segment, SharedLibrary, TargetSharedLibrary};
    TargetSharedLibrary::each(|library| {
        let mut module = Module::new(library.actual_load_addr().0);
        module.span.end = module.span.start.saturating_add(library.len());
        for segment in library.segments().filter(|segment| segment.is_code() || cfg!(windows)) {
            let start = segment.actual_virtual_memory_address(library).0;
            module.add_read_only(start..start.saturating_add(segment.len()));
        }
        visit(&module);
    });
}

impl Module {
    fn new(start: usize) -> Self {
        Self { span: start..start, read_only: [const { 0..0 }; SEGMENTS], has_code: false }
    }

    fn add_read_only(&mut self, segment: Range<usize>) {
        if let Some(free) = self.read_only.iter_mut().find(|known| known.start == known.end) {
            *free = segment;
        }
    }
}

#[cfg(any(target_os = "linux", test))]
mod maps {
    //! The format of `/proc/PID/maps`, proc_pid_maps(5).

    use std::io::Read;
    use std::ops::{ControlFlow, Range};

    use super::Module;

    /// Number of bytes of a line that are kept. The part before the path is shorter: two addresses, rights, offset,
    /// device and inode of 64 bits.
    const HEAD: usize = 96;

    /// Bytes that are read at once.
    const BLOCK: usize = 4096;

    /// Maximum number of blocks that are read: 20,000 mappings, or 20 ms. A program with more mappings is not searched
    /// further, because it is in the middle of its panic.
    const BLOCKS: usize = 512;

    /// The file that is mapped: a device and an inode.
    type Mapped = (u64, u64);

    struct Mapping {
        span: Range<usize>,
        readable: bool,
        writable: bool,
        code: bool,
        private: bool,
        file: Mapped,
    }

    /// Finds the modules. The mappings of one module are adjacent. A file without a mapping of code is data, and is
    /// skipped.
    pub(super) fn read(mut maps: impl Read, mut visit: impl FnMut(&Module) -> ControlFlow<()>) {
        let mut module: Option<(Mapped, Module)> = None;
        let mut each = |mapping: Option<Mapping>| {
            let same = |(file, _): &(Mapped, Module)| mapping.as_ref().is_some_and(|m| m.file == *file);
            if !module.as_ref().is_some_and(same)
                && let Some((_, module)) = module.take().filter(|(_, module)| module.has_code)
            {
                visit(&module)?;
            }
            if let Some(mapping) = mapping.filter(|mapping| mapping.file != (0, 0)) {
                let (_, module) =
                    module.get_or_insert_with(|| (mapping.file, Module::new(mapping.span.start)));
                module.span.end = mapping.span.end;
                module.has_code |= mapping.code;
                if mapping.readable && mapping.private && !mapping.writable {
                    module.add_read_only(mapping.span);
                }
            }
            ControlFlow::Continue(())
        };
        let (mut block, mut head, mut length) = ([0; BLOCK], [0; HEAD], 0);
        for _ in 0..BLOCKS {
            let Ok(read @ 1..) = maps.read(&mut block) else { break };
            for byte in block.iter().take(read) {
                if *byte != b'\n' {
                    if let Some(place) = head.get_mut(length) {
                        *place = *byte;
                        length += 1;
                    }
                    continue;
                }
                let line = head.get(..length).unwrap_or_default();
                length = 0;
                if each(mapping(line)).is_break() {
                    return;
                }
            }
        }
        // A stop makes no difference at the end of the file.
        let _ = each(None);
    }

    /// Parses a line such as `55d0c0a00000-55d0c0a2f000 r-xp 00000000 fe:00 131 /usr/bin/tool`.
    fn mapping(line: &[u8]) -> Option<Mapping> {
        let mut fields = line.split(|byte| *byte == b' ');
        let (start, end) = halves(fields.next()?, b'-')?;
        let rights = fields.next()?;
        let _offset = fields.next()?;
        let (major, minor) = halves(fields.next()?, b':')?;
        let inode = number(fields.next()?, 10)?;
        Some(Mapping {
            span: usize::try_from(start).ok()?..usize::try_from(end).ok()?,
            readable: rights.contains(&b'r'),
            writable: rights.contains(&b'w'),
            code: rights.contains(&b'x'),
            private: rights.contains(&b'p'),
            file: (if inode == 0 { 0 } else { major << 32 | minor }, inode),
        })
    }

    fn halves(field: &[u8], between: u8) -> Option<(u64, u64)> {
        let mut halves = field.splitn(2, |byte| *byte == between);
        Some((number(halves.next()?, 16)?, number(halves.next()?, 16)?))
    }

    fn number(digits: &[u8], radix: u32) -> Option<u64> {
        u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
    }
}

#[cfg(test)]
mod tests;
