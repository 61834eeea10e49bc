//! The cause of a crash, in words without addresses: `SIGSEGV: stack overflow`.

use crate::walk::Crossed;

/// Below this address nothing is ever mapped (`vm.mmap_min_addr`). An access there is by a null pointer plus the offset
/// of a field.
const NULL: u64 = 1 << 16;

/// Largest distance between the stack pointer and the failed access of a stack overflow, in bytes.
const NEAR: u64 = 1 << 16;

/// `SI_KERNEL` of a SIGSEGV, or of a SIGBUS if the access was by the stack's registers: the access was to an address that
/// no page can have; the kernel does not tell the address.
const SI_KERNEL: i32 = 0x80;

const SIGILL: i32 = 4;
const SIGTRAP: i32 = 5;
const SIGABRT: i32 = 6;
const SIGBUS: i32 = 7;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;

/// The facts about a signal (`sigaction(2)`).
#[derive(Clone, Copy, Debug)]
pub struct Death {
    /// The signal's number on Linux with x86-64 and aarch64.
    pub signal: i32,
    /// `si_code`.
    pub code: i32,
    /// Did an instruction cause the signal, and not a call of `raise` or `kill`?
    pub by_instruction: bool,
    /// `si_addr`, or 0. It is used for the class, and never stored.
    pub address: u64,
    /// The address of the instruction.
    pub pc: u64,
    /// Was the access to a stack's guard?
    pub is_stack_overflow: bool,
    /// An earlier signal whose frame the walk crossed.
    pub crossed: Option<Crossed>,
}

impl Death {
    /// The signal's name, `SIGSEGV`.
    #[must_use]
    pub fn signal(&self) -> &'static str {
        match self.signal {
            SIGILL => "SIGILL",
            SIGTRAP => "SIGTRAP",
            SIGABRT => "SIGABRT",
            SIGBUS => "SIGBUS",
            SIGFPE => "SIGFPE",
            SIGSEGV => "SIGSEGV",
            _ => "signal",
        }
    }

    /// The class of the cause, `stack overflow`.
    ///
    /// ```
    /// use crawl4ai_telemetry_native_walk::Death;
    ///
    /// let death = Death {
    ///     signal: 11,
    ///     code: 1,
    ///     by_instruction: true,
    ///     address: 0x18,
    ///     pc: 0x55d0_c0a1_0000,
    ///     is_stack_overflow: false,
    ///     crossed: None,
    /// };
    /// assert_eq!((death.signal(), death.class()), ("SIGSEGV", "null pointer"));
    /// ```
    #[must_use]
    pub fn class(&self) -> &'static str {
        match (self.signal, self.by_instruction) {
            (SIGABRT, _) => "abort",
            (_, false) => self.crossed_class().unwrap_or("raised"),
            (SIGSEGV | SIGBUS, _) if self.code == SI_KERNEL => "no canonical address",
            (SIGSEGV | SIGBUS, _) if self.is_stack_overflow => "stack overflow",
            // The processor does not tell the address of an access that is not aligned (BUS_ADRALN).
            (SIGBUS, _) if self.code == 1 => "bus error",
            (SIGSEGV | SIGBUS, _) if self.address < NULL => "null pointer",
            (SIGSEGV, _) if self.address == self.pc => "not executable",
            // SEGV_MAPERR
            (SIGSEGV, _) if self.code == 1 => "not mapped",
            (SIGSEGV, _) => "not allowed",
            (SIGBUS, _) => "bus error",
            // FPE_INTDIV
            (SIGFPE, _) if self.code == 1 => "integer division by zero",
            (SIGFPE, _) => "arithmetic",
            (SIGILL, _) => "illegal instruction",
            (SIGTRAP, _) => "trap",
            _ => "raised",
        }
    }

    /// The class of a signal that another handler raised again, from the number of the processor's trap (Intel SDM,
    /// volume 3, table 6-1). `None` if the trap belongs to another signal.
    fn crossed_class(&self) -> Option<&'static str> {
        let crossed = self.crossed?;
        Some(match (self.signal, crossed.trap) {
            (SIGFPE, 0) => "integer division by zero",
            (SIGFPE, 16 | 19) => "arithmetic",
            (SIGTRAP, 1 | 3) => "trap",
            (SIGILL, 6) => "illegal instruction",
            (SIGSEGV, 13) => "no canonical address",
            (SIGSEGV | SIGBUS, 14) if crossed.address < NULL => "null pointer",
            (SIGSEGV | SIGBUS, 14) if crossed.address.abs_diff(crossed.stack_pointer) <= NEAR => {
                "stack overflow"
            }
            (SIGSEGV, 14) => "not mapped",
            (SIGBUS, 14) => "bus error",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Death = Death {
        signal: SIGSEGV,
        code: 1,
        by_instruction: true,
        address: 0x7000_0000_0000,
        pc: 0x55d0_c0a1_0000,
        is_stack_overflow: false,
        crossed: None,
    };

    #[test]
    fn every_kind_has_its_class() {
        for (death, class) in [
            (PLAIN, "not mapped"),
            (Death { code: 2, ..PLAIN }, "not allowed"),
            (Death { address: 8, ..PLAIN }, "null pointer"),
            (Death { is_stack_overflow: true, ..PLAIN }, "stack overflow"),
            (Death { pc: PLAIN.address, code: 2, ..PLAIN }, "not executable"),
            (Death { code: 0x80, address: 0, ..PLAIN }, "no canonical address"),
            (Death { signal: SIGBUS, code: 0x80, address: 0, ..PLAIN }, "no canonical address"),
            (Death { signal: SIGBUS, code: 1, address: 0, ..PLAIN }, "bus error"),
            (Death { signal: SIGBUS, code: 2, ..PLAIN }, "bus error"),
            (Death { signal: SIGFPE, ..PLAIN }, "integer division by zero"),
            (Death { signal: SIGFPE, code: 3, ..PLAIN }, "arithmetic"),
            (Death { signal: SIGILL, code: 2, ..PLAIN }, "illegal instruction"),
            (Death { signal: SIGTRAP, ..PLAIN }, "trap"),
            (Death { signal: SIGABRT, by_instruction: false, code: -6, ..PLAIN }, "abort"),
            (Death { by_instruction: false, code: -6, ..PLAIN }, "raised"),
        ] {
            assert_eq!(death.class(), class, "{death:?}");
        }
    }

    #[test]
    fn a_signal_that_was_raised_anew_has_the_class_of_the_first() {
        let raised = |signal, trap, address| Death {
            signal,
            by_instruction: false,
            crossed: Some(Crossed { trap, address, stack_pointer: 0x7ffc_0000_1000 }),
            ..PLAIN
        };
        for (death, class) in [
            (raised(SIGSEGV, 14, 8), "null pointer"),
            (raised(SIGSEGV, 14, 0x7ffc_0000_0ff8), "stack overflow"),
            (raised(SIGSEGV, 14, 0x7000_0000_0000), "not mapped"),
            (raised(SIGFPE, 0, 0), "integer division by zero"),
            (raised(SIGABRT, 14, 8), "abort"),
            // The trap belongs to an earlier fault, and not to a SIGFPE.
            (raised(SIGFPE, 14, 8), "raised"),
        ] {
            assert_eq!(death.class(), class, "{death:?}");
        }
    }
}
