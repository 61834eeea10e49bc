//! Walks from the registers of a crash to the addresses of its callers.

use crate::cfi::{Cfi, Step};
use crate::elf::{self, Elf};
use crate::maps::{Content, MAPPINGS, Maps};
use crate::memory::{Memory, Reader};
use crate::registers::{Arch, Registers};

/// Number of frames that are kept at each end of the stack. Both ends are needed to tell what happened, and together
/// they fill a report.
pub(crate) const END: usize = 64;

/// Most modules that are kept. Only modules with a frame are kept. Frames in further modules have no address in the
/// report.
pub(crate) const MODULES: usize = 32;

/// Most frames that are walked. The deepest recursion of a stack of 8 MiB has half as many.
const FRAMES: usize = 1 << 20;

/// Frames between two checks of the time: a power of two.
const PER_LOOK: usize = 16;

/// Largest distance to a caller's frame that is found by the frame pointer only, in bytes.
const FRAME: u64 = 1 << 20;

/// Marks of a mapping: [`UNKNOWN`] if its module was not looked up yet, [`NO_MODULE`] if it is in no module.
const UNKNOWN: u8 = 0;
const NO_MODULE: u8 = u8::MAX;

/// One address of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) pc: u64,
    /// The index of the frame's module.
    pub(crate) module: Option<usize>,
}

impl Frame {
    const NONE: Self = Self { pc: 0, module: None };
}

/// A module that contains a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Module {
    pub(crate) elf: Elf,
    /// The index of the mapping with the module's name.
    pub(crate) mapping: usize,
}

/// What the kernel noted in a signal's frame that the walk crossed. There is such a frame if another handler ran and
/// raised the signal again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossed {
    /// The number of the processor's trap.
    pub trap: u64,
    /// The address of a failed access.
    pub address: u64,
    /// The stack pointer at the signal.
    pub stack_pointer: u64,
}

/// A walk with its working memory. A new value is all zeros.
#[derive(Debug)]
pub struct Walk {
    cfi: Cfi,
    modules: [Module; MODULES],
    module_count: usize,
    /// For each mapping: [`UNKNOWN`], [`NO_MODULE`], or the index of its module plus one.
    of_mapping: [u8; MAPPINGS],
    inner: [Frame; END],
    /// The last frames, as a ring.
    outer: [Frame; END],
    total: usize,
    crossed: Option<Crossed>,
}

impl Default for Walk {
    fn default() -> Self {
        Self::new()
    }
}

impl Walk {
    /// A walk without frames.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cfi: Cfi::new(),
            modules: [Module { elf: Elf::NONE, mapping: 0 }; MODULES],
            module_count: 0,
            of_mapping: [UNKNOWN; MAPPINGS],
            inner: [Frame::NONE; END],
            outer: [Frame::NONE; END],
            total: 0,
            crossed: None,
        }
    }

    /// Walks from `registers` outwards, until there is no caller, the caller cannot be found, or `is_over` returns
    /// true.
    pub fn run<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        arch: Arch,
        maps: &Maps,
        registers: Registers,
        mut is_over: impl FnMut() -> bool,
    ) {
        self.cfi.clear();
        self.module_count = 0;
        self.of_mapping = [UNKNOWN; MAPPINGS];
        self.total = 0;
        self.crossed = None;

        let mut registers = registers;
        // The first address is that of the instruction itself, not a return address.
        let mut exact = true;
        loop {
            let address = registers.pc.wrapping_sub(u64::from(!exact));
            let module = maps.find(address).and_then(|mapping| self.module(reader, maps, mapping));
            self.push(Frame { pc: registers.pc, module });
            if self.total >= FRAMES || self.total & (PER_LOOK - 1) == 0 && is_over() {
                return;
            }
            let before = registers;
            let header =
                module.and_then(|at| self.modules.get(at)).map_or(0, |module| module.elf.eh_frame_header);
            let step =
                if header == 0 { None } else { self.cfi.step(reader, arch, header, address, &mut registers) };
            let interrupted = match step {
                Some(Step::Outermost) => return,
                Some(Step::Caller { interrupted }) => interrupted,
                None => {
                    registers = before;
                    let found = exact && self.return_of_lost_call(reader, arch, maps, &mut registers)
                        || by_frame_pointer(reader, arch, maps, &mut registers);
                    if !found {
                        return;
                    }
                    false
                }
            };
            if interrupted {
                let at = before.of(arch.stack_pointer());
                let stack_pointer = registers.of(arch.stack_pointer());
                self.crossed = self.crossed.or_else(|| crossed(reader, arch, at, stack_pointer));
            } else if !is_outward(arch, exact, &before, &registers)
                || maps.find(registers.pc.wrapping_sub(1)).is_none()
            {
                return;
            }
            exact = interrupted;
        }
    }

    /// Undoes a call to an address that is no code. On x86-64 the return address is on top of the stack, on aarch64 it
    /// is in the link register.
    fn return_of_lost_call<M: Memory>(
        &self,
        reader: &mut Reader<'_, M>,
        arch: Arch,
        maps: &Maps,
        registers: &mut Registers,
    ) -> bool {
        if maps.is_code(registers.pc) {
            return false;
        }
        let stack_pointer = registers.of(arch.stack_pointer());
        let back = match arch {
            Arch::X86_64 => reader.u64(stack_pointer),
            Arch::Aarch64 => Some(arch.plain(registers.of(arch.return_address()))),
        };
        let Some(back) = back.filter(|back| maps.is_code(back.wrapping_sub(1))) else { return false };
        registers.pc = back;
        if arch == Arch::X86_64 {
            registers.set(arch.stack_pointer(), stack_pointer.wrapping_add(8));
        }
        true
    }

    /// The index of a mapping's module.
    fn module<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        maps: &Maps,
        mapping: usize,
    ) -> Option<usize> {
        match *self.of_mapping.get(mapping)? {
            NO_MODULE => return None,
            UNKNOWN => {}
            known => return Some(usize::from(known.wrapping_sub(1))),
        }
        let found = self.new_module(reader, maps, mapping);
        let known = found.and_then(|at| u8::try_from(at).ok()).map_or(NO_MODULE, |at| at.wrapping_add(1));
        *self.of_mapping.get_mut(mapping)? = known;
        found
    }

    fn new_module<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        maps: &Maps,
        mapping: usize,
    ) -> Option<usize> {
        let mapped = maps.get(mapping).filter(|mapped| mapped.content == Content::Module)?;
        let elf = elf::read(reader, mapped.header, mapped.start, mapped.offset)?;
        let same = self.modules().iter().position(|module| module.elf.base == elf.base);
        same.or_else(|| {
            let at = self.module_count;
            *self.modules.get_mut(at)? = Module { elf, mapping };
            self.module_count = at.wrapping_add(1);
            Some(at)
        })
    }

    fn push(&mut self, frame: Frame) {
        let slot = match self.inner.get_mut(self.total) {
            Some(slot) => Some(slot),
            None => self.outer.get_mut(self.total % END),
        };
        if let Some(slot) = slot {
            *slot = frame;
        }
        self.total = self.total.saturating_add(1);
    }

    /// The frames that are kept, innermost first, and the number of frames left out between both ends.
    pub(crate) fn frames(&self) -> (&[Frame], impl Iterator<Item = &Frame>, usize) {
        let inner = self.inner.get(..self.total.min(END)).unwrap_or_default();
        let beyond = self.total.saturating_sub(END);
        let kept = beyond.min(END);
        let from = self.total.saturating_sub(kept);
        let outer = (from..self.total).filter_map(|at| self.outer.get(at % END));
        (inner, outer, beyond.saturating_sub(kept))
    }

    pub(crate) fn modules(&self) -> &[Module] {
        self.modules.get(..self.module_count).unwrap_or_default()
    }

    /// The number of frames that were walked.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.total
    }

    /// What the kernel noted about the innermost signal whose frame the walk crossed.
    #[must_use]
    pub fn crossed(&self) -> Option<Crossed> {
        self.crossed
    }
}

/// Is the caller's frame at a higher address? On aarch64 a function without a frame does not move the stack pointer, so
/// both may be equal.
fn is_outward(arch: Arch, exact: bool, before: &Registers, after: &Registers) -> bool {
    let (from, to) = (before.of(arch.stack_pointer()), after.of(arch.stack_pointer()));
    to > from || to == from && exact && arch == Arch::Aarch64
}

/// Finds the caller by the saved frame pointer and the return address after it in memory, as both architectures'
/// conventions require.
fn by_frame_pointer<M: Memory>(
    reader: &mut Reader<'_, M>,
    arch: Arch,
    maps: &Maps,
    registers: &mut Registers,
) -> bool {
    let at = registers.of(arch.frame_pointer());
    let stack_pointer = registers.of(arch.stack_pointer());
    if at < stack_pointer || at.wrapping_sub(stack_pointer) >= FRAME || at & 7 != 0 {
        return false;
    }
    let (Some(next), Some(back)) = (reader.u64(at), reader.u64(at.wrapping_add(8))) else { return false };
    let back = arch.plain(back);
    if !maps.is_code(back.wrapping_sub(1)) {
        return false;
    }
    registers.pc = back;
    registers.set(arch.stack_pointer(), at.wrapping_add(16));
    registers.set(arch.frame_pointer(), next);
    true
}

/// Reads `uc_mcontext.gregs[REG_TRAPNO]` and `[REG_CR2]` in the frame of a signal. The frame of every handler has them,
/// while `siginfo` exists only for handlers that ask for it. On aarch64 the frame does not tell the trap.
fn crossed<M: Memory>(
    reader: &mut Reader<'_, M>,
    arch: Arch,
    at: u64,
    stack_pointer: u64,
) -> Option<Crossed> {
    if arch != Arch::X86_64 {
        return None;
    }
    let trap = reader.u64(at.wrapping_add(200))?;
    let address = reader.u64(at.wrapping_add(216))?;
    Some(Crossed { trap, address, stack_pointer })
}

#[cfg(test)]
mod tests;
