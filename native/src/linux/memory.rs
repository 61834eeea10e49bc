//! This process's memory, read through the kernel, so that unmapped memory gives an error and not a second crash.

use crawl4ai_telemetry_native_walk::Memory;
use crawl4ai_telemetry_sys::linux::kernel::{self, Descriptor, ZeroTerminated};

/// This process's folder in `/proc`. `Process` belongs to the process's first thread, and is empty after that thread
/// has ended. `Thread` belongs to the calling thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proc {
    Process,
    Thread,
}

impl Proc {
    pub(super) fn maps(self) -> ZeroTerminated<'static> {
        ZeroTerminated::from(match self {
            Self::Process => c"/proc/self/maps",
            Self::Thread => c"/proc/thread-self/maps",
        })
    }

    fn memory(self) -> ZeroTerminated<'static> {
        ZeroTerminated::from(match self {
            Self::Process => c"/proc/self/mem",
            Self::Thread => c"/proc/thread-self/mem",
        })
    }
}

/// How this process's memory is read.
pub(super) enum OwnMemory {
    /// `/proc/self/mem`. It is a file, so it can be read in every sandbox that allows reading files.
    File(Descriptor),
    /// `process_vm_readv`, if `/proc/self/mem` cannot be opened because the process is not dumpable.
    Call,
    /// The memory cannot be read.
    None,
}

impl OwnMemory {
    /// Opens the memory. `buffer` is for reading the process's status.
    pub(super) fn open(proc: Proc, buffer: &mut [u8]) -> Self {
        match Descriptor::read_only(proc.memory()) {
            Ok(file) => Self::File(file),
            // `process_vm_readv` is not tried, because a filter of system calls may end the process for a call that the
            // filter does not know.
            Err(_) if is_filtered(buffer) => Self::None,
            Err(_) => Self::Call,
        }
    }
}

impl Memory for OwnMemory {
    fn read(&mut self, address: u64, into: &mut [u8]) -> usize {
        match self {
            Self::File(file) => file.read_at(into, address).unwrap_or(0),
            Self::Call => kernel::copy_own_memory(address, into).unwrap_or(0),
            Self::None => 0,
        }
    }
}

/// Is there a filter of system calls (seccomp)? The answer is yes if this cannot be found out.
fn is_filtered(buffer: &mut [u8]) -> bool {
    const NONE: &[u8] = b"\nSeccomp:\t0";
    let Ok(file) = Descriptor::read_only(ZeroTerminated::from(c"/proc/self/status")) else { return true };
    let Ok(length) = file.read(buffer) else { return true };
    let status = buffer.get(..length).unwrap_or_default();
    !status.windows(NONE.len()).any(|window| window == NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_an_answer() {
        let there = *b"sixteen bytes ok";
        let address = (&raw const there) as u64;
        let mut memory = OwnMemory::open(Proc::Thread, &mut [0; 4096]);
        assert!(matches!(memory, OwnMemory::File(_)));
        let mut copy = [0; 16];
        assert_eq!((memory.read(address, &mut copy), copy), (16, there));
        for nowhere in [0, 8, 0x7000_0000_0000, 0x5555_aaaa_5555_aaaa, u64::MAX - 15] {
            assert_eq!(memory.read(nowhere, &mut copy), 0, "{nowhere:#x}");
            assert_eq!(OwnMemory::Call.read(nowhere, &mut copy), 0, "{nowhere:#x}");
        }
        assert_eq!(OwnMemory::None.read(address, &mut copy), 0);
    }
}
