//! The places of words, tables and code in an executable.

mod elf;
mod macho;
mod pe;

use crawl4ai_telemetry_core::own_words::Unreadable;

use crate::file::Opened;
use crate::functions::Symbols;

/// Most sections of a kind. Linkers write some ten of the needed kinds.
const MOST_SECTIONS: usize = 64;

/// Most words that are read, in bytes: a scan of this many takes a third of a second.
const MOST_WORDS: u64 = 256 * 1024 * 1024;

/// A part of the file, with its address in the running program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) address: u64,
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

/// The processor that the code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    X86_64,
    Aarch64,
    /// Another processor. Its code is not read, so that fewer edges are known and less text stays in reports.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) words: Vec<Section>,
    /// Sections that may hold pointers to words.
    pub(crate) tables: Vec<Section>,
    /// Relocations with an addend (ELF's `.rela.dyn`, 64 bits).
    pub(crate) relocations: Vec<Section>,
    pub(crate) code: Vec<Section>,
    pub(crate) machine: Machine,
    /// Are addresses 64 bits wide?
    pub(crate) is_wide: bool,
    pub(crate) is_little: bool,
    /// Is the program linked for fixed addresses, so that its code and tables may hold them as plain numbers?
    pub(crate) is_fixed: bool,
    /// Are some pointers stored in place although there are relocations with an addend?
    pub(crate) has_pointers_in_place: bool,
    /// The program's base address, if stored pointers may be offsets from it (Mach-O).
    pub(crate) base: Option<u64>,
    /// The names of functions (ELF, 64 bits), unless the program was stripped.
    pub(crate) symbols: Option<Symbols>,
    /// The build's identity in hexadecimal digits: a GNU build id, or the UUID of Mach-O.
    pub(crate) build_id: Option<String>,
}

impl Layout {
    pub(crate) fn read(file: &Opened) -> Result<Self, Unreadable> {
        let mut magic = Vec::new();
        if file.len() < 4 {
            return Err(Unreadable::Unknown);
        }
        file.read(0, 4, &mut magic)?;
        let layout = match *magic.as_slice() {
            [0x7f, b'E', b'L', b'F'] => elf::read(file),
            [0xcf | 0xce, 0xfa, 0xed, 0xfe] | [0xca, 0xfe, 0xba, 0xbe | 0xbf] => macho::read(file),
            [b'M', b'Z', ..] => pe::read(file),
            _ => Err(Unreadable::Unknown),
        }?;
        layout.checked(file)
    }

    fn new(machine: Machine, is_wide: bool, is_little: bool) -> Self {
        Self {
            words: Vec::new(),
            tables: Vec::new(),
            relocations: Vec::new(),
            code: Vec::new(),
            machine,
            is_wide,
            is_little,
            is_fixed: false,
            has_pointers_in_place: false,
            base: None,
            symbols: None,
            build_id: None,
        }
    }

    /// Checks that every section is inside the file, that sections do not overlap, and the bounds, because the file's
    /// tables may be wrong.
    fn checked(mut self, file: &Opened) -> Result<Self, Unreadable> {
        let all = [&mut self.words, &mut self.tables, &mut self.relocations, &mut self.code];
        for sections in all {
            sections.retain(|section| section.len > 0);
            sections.sort_by_key(|section| section.address);
            let inside = |s: &Section| s.offset.checked_add(s.len).is_some_and(|end| end <= file.len());
            let apart = |two: &[Section]| match two {
                [left, right] => left.address.checked_add(left.len).is_some_and(|end| end <= right.address),
                _ => true,
            };
            let ends = |s: &Section| s.address.checked_add(s.len).is_some();
            let is_sound = sections.iter().all(|s| inside(s) && ends(s)) && sections.windows(2).all(apart);
            if !is_sound || sections.len() > MOST_SECTIONS {
                return Err(Unreadable::Contradictory);
            }
        }
        // A program without symbols still has its words.
        let inside = |s: &Section| s.offset.checked_add(s.len).is_some_and(|end| end <= file.len());
        self.symbols = self.symbols.filter(|symbols| inside(&symbols.table) && inside(&symbols.texts));
        match self.words.iter().map(|section| section.len).sum::<u64>() {
            0 => Err(Unreadable::NoWords),
            total if total > MOST_WORDS => Err(Unreadable::TooLarge),
            _ => Ok(self),
        }
    }
}

/// Bytes as hexadecimal digits, as the loader's lists show a build's identity.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
