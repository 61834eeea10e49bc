//! Registers by their DWARF numbers.

/// Number of registers that are followed: all general ones of both architectures.
pub const REGISTERS: usize = 33;

/// The architecture of the registers. It is a value and not a `cfg`, so that both architectures are tested and fuzzed
/// on either machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// System V psABI for x86-64, figure 3.36.
    X86_64,
    /// DWARF for the Arm 64-bit architecture, section 4.1.
    Aarch64,
}

impl Arch {
    /// The architecture of this build; `None` if its stack cannot be walked.
    pub const HERE: Option<Self> = if cfg!(target_arch = "x86_64") {
        Some(Self::X86_64)
    } else if cfg!(target_arch = "aarch64") {
        Some(Self::Aarch64)
    } else {
        None
    };

    /// The column of the return address, which on aarch64 is the link register.
    pub(crate) const fn return_address(self) -> usize {
        match self {
            Self::X86_64 => 16,
            Self::Aarch64 => 30,
        }
    }

    /// The stack pointer's number.
    #[must_use]
    pub const fn stack_pointer(self) -> usize {
        match self {
            Self::X86_64 => 7,
            Self::Aarch64 => 31,
        }
    }

    pub(crate) const fn frame_pointer(self) -> usize {
        match self {
            Self::X86_64 => 6,
            Self::Aarch64 => 29,
        }
    }

    /// A return address without its signature. Pointer authentication stores the signature in the bits that no address
    /// of a program uses (addresses have 48 bits; 52 only if a program asks for them).
    pub(crate) const fn plain(self, address: u64) -> u64 {
        match self {
            Self::X86_64 => address,
            Self::Aarch64 => address & 0x0000_ffff_ffff_ffff,
        }
    }
}

/// The registers of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    /// The registers by DWARF number.
    pub general: [u64; REGISTERS],
    /// The address of the instruction.
    pub pc: u64,
}

impl Registers {
    pub(crate) fn of(&self, number: usize) -> u64 {
        self.general.get(number).copied().unwrap_or(0)
    }

    pub(crate) fn set(&mut self, number: usize, value: u64) {
        if let Some(register) = self.general.get_mut(number) {
            *register = value;
        }
    }
}
