//! The mappings of a process, from the text of `/proc/self/maps` (proc_pid_maps(5)).
//!
//! The text is read at the crash, so that modules which were loaded after the start are included. Only the last
//! component of a path is used. In it, every byte that compilers do not use in file names becomes `_`.

mod line;

use line::{Line, parse};

/// Most executable mappings that are kept. A browser has some hundreds.
pub(crate) const MAPPINGS: usize = 768;

/// Longest part of a line that is read, in bytes: the numbers and the longest path, which has 4,096 bytes.
const LINE_BYTES: usize = 4224;

/// Longest name of a module that is kept, in bytes. Files with longer names are data.
const NAME: usize = 64;

/// Largest distance below a stack's mapping at which the kernel or a thread library keeps a guard, in bytes: 1 MiB on
/// Linux.
const GUARD: u64 = 1 << 20;

/// Largest distance from the stack pointer at which a function touches the stack before it moves the pointer, in bytes.
/// Functions touch their frame, or a page of it.
const PROBE: u64 = 1 << 16;

/// The content of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Code that the program made at run time, or a special mapping of the kernel.
    Unnamed,
    /// A file, or the kernel's `[vdso]`, which looks like a file.
    Module,
}

/// One executable mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mapping {
    pub(crate) start: u64,
    end: u64,
    /// The offset of the mapping in its file.
    pub(crate) offset: u64,
    /// The address at which the beginning of the same file is mapped. The file's headers are there.
    pub(crate) header: u64,
    pub(crate) content: Content,
    name: [u8; NAME],
    name_length: usize,
}

impl Mapping {
    const NONE: Self = Self {
        start: 0,
        end: 0,
        offset: 0,
        header: 0,
        content: Content::Unnamed,
        name: [0; NAME],
        name_length: 0,
    };

    /// The name, which consists of `A-Z a-z 0-9 . _ + -`. It is in brackets if it is the kernel's.
    pub(crate) fn name(&self) -> &[u8] {
        self.name.get(..self.name_length).unwrap_or_default()
    }
}

/// The address of the failed access, and the stack pointer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Probe {
    /// The address of the failed access; 0 if the crash was no failed access.
    pub address: u64,
    /// The stack pointer at the crash.
    pub stack_pointer: u64,
    /// Did the kernel say that nothing is mapped at the address (`SEGV_MAPERR`)?
    pub is_unmapped: bool,
}

/// The executable mappings of a process. A new value is all zeros.
#[derive(Debug)]
pub struct Maps {
    list: [Mapping; MAPPINGS],
    count: usize,
    line: [u8; LINE_BYTES],
    line_length: usize,
    probe: Probe,
    is_stack_overflow: bool,
    /// Device and inode of the file on the line before.
    file: (u64, u64),
    header: u64,
}

impl Default for Maps {
    fn default() -> Self {
        Self::new()
    }
}

impl Maps {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            list: [Mapping::NONE; MAPPINGS],
            count: 0,
            line: [0; LINE_BYTES],
            line_length: 0,
            probe: Probe { address: 0, stack_pointer: 0, is_unmapped: false },
            is_stack_overflow: false,
            file: (0, 0),
            header: 0,
        }
    }

    /// Forgets all mappings. Text that is fed from now on is checked for a stack overflow at `probe`.
    pub fn begin(&mut self, probe: Probe) {
        self.count = 0;
        self.line_length = 0;
        self.probe = probe;
        self.is_stack_overflow = false;
        self.file = (0, 0);
        self.header = 0;
    }

    /// Takes the next bytes of the text, however it is split.
    ///
    /// ```
    /// use crawl4ai_telemetry_native_walk::{Maps, Probe};
    ///
    /// let mut maps = Maps::new();
    /// maps.begin(Probe { address: 0x7ffc_0000_0ff8, stack_pointer: 0x7ffc_0000_1008, is_unmapped: true });
    /// maps.feed(b"00400000-00500000 r-xp 00000000 08:01 77    /usr/bin/tool\n7ffc00001000-7ffc00");
    /// maps.feed(b"022000 rw-p 00000000 00:00 0   [stack]\n");
    /// assert!(maps.is_stack_overflow());
    /// assert!(maps.is_code(0x40_1000) && !maps.is_code(0x7ffc_0000_2000));
    /// ```
    pub fn feed(&mut self, text: &[u8]) {
        for byte in text {
            if *byte != b'\n' {
                // Only the end of a path can exceed the line. The mapping then has no name.
                if let Some(slot) = self.line.get_mut(self.line_length) {
                    *slot = *byte;
                }
                self.line_length = self.line_length.saturating_add(1);
                continue;
            }
            let length = core::mem::take(&mut self.line_length);
            let whole = length <= LINE_BYTES;
            let parsed = self.line.get(..length.min(LINE_BYTES)).and_then(|line| parse(line, whole));
            if let Some(line) = parsed {
                self.add(&line);
            }
        }
    }

    fn add(&mut self, line: &Line) {
        self.look_at(line);
        if line.is_file && line.file != self.file {
            self.file = line.file;
            self.header = line.start;
        }
        if !line.is_executable {
            return;
        }
        let header = if line.is_file { self.header } else { line.start };
        let content =
            if line.is_file || line.name() == b"[vdso]" { Content::Module } else { Content::Unnamed };
        if let Some(slot) = self.list.get_mut(self.count) {
            *slot = Mapping {
                start: line.start,
                end: line.end,
                offset: line.offset,
                header,
                content,
                name: line.name,
                name_length: line.name_length,
            };
            self.count = self.count.saturating_add(1);
        }
    }

    fn look_at(&mut self, line: &Line) {
        let Probe { address, stack_pointer, is_unmapped } = self.probe;
        if address == 0 {
            return;
        }
        let near = address.abs_diff(stack_pointer) <= PROBE;
        let inside = address >= line.start && address < line.end;
        if inside && line.is_readable {
            // Since version 2.42 glibc makes a stack's guard with MADV_GUARD_INSTALL. Such a guard has no line of its
            // own: its addresses are in the stack's line, but an access fails as if nothing were mapped. Any other
            // readable mapping is no guard.
            self.is_stack_overflow = line.is_writable && near && is_unmapped;
            self.probe.address = 0;
            return;
        }
        let above = line.start > address && line.start.wrapping_sub(address) <= GUARD;
        self.is_stack_overflow |= line.is_writable && above && near;
    }

    /// Did the failed access hit a stack's guard, or the place where the stack would have grown?
    #[must_use]
    pub fn is_stack_overflow(&self) -> bool {
        self.is_stack_overflow
    }

    /// Is there no executable mapping?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Is `address` in an executable mapping?
    #[must_use]
    pub fn is_code(&self, address: u64) -> bool {
        self.find(address).is_some()
    }

    /// The index of the executable mapping that contains an address. The kernel lists mappings in ascending order.
    pub(crate) fn find(&self, address: u64) -> Option<usize> {
        let list = self.list.get(..self.count)?;
        let at = list.partition_point(|mapping| mapping.start <= address).checked_sub(1)?;
        list.get(at).filter(|mapping| address < mapping.end).map(|_| at)
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Mapping> {
        self.list.get(..self.count)?.get(at)
    }
}

#[cfg(test)]
mod tests;
