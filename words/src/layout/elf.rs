//! ELF: Linux, the BSDs, Android. 64 and 32 bits, little and big endian.

use crawl4ai_telemetry_core::own_words::Unreadable;
use object::elf::{
    EM_AARCH64, EM_X86_64, ET_EXEC, FileHeader32, FileHeader64, NT_GNU_BUILD_ID, PT_LOAD, SHF_ALLOC,
    SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_NOTE, SHT_SYMTAB,
};
use object::endian::Endianness;
use object::pod;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::{Layout, Machine, Section, hexadecimal};
use crate::file::Opened;
use crate::functions::Symbols;

/// Most section headers. A program with a section for each function has some thousands before it is linked, and some
/// forty afterwards.
const MOST_HEADERS: u64 = 4096;

/// Longest table of section names, in bytes.
const MOST_NAMES: u64 = 256 * 1024;

/// Sizes in a note with a build id, in bytes: 16 before the id, and at most 64 of the id.
const NOTE: (usize, usize) = (16, 64);

pub(super) fn read(file: &Opened) -> Result<Layout, Unreadable> {
    let mut head = Vec::new();
    file.read(0, size_of::<FileHeader64<Endianness>>(), &mut head)?;
    match head.get(4) {
        Some(2) => sections::<FileHeader64<Endianness>>(file, &head),
        Some(1) => sections::<FileHeader32<Endianness>>(file, &head),
        _ => Err(Unreadable::Unknown),
    }
}

fn sections<F: FileHeader<Endian = Endianness>>(file: &Opened, head: &[u8]) -> Result<Layout, Unreadable> {
    let header = F::parse(head).map_err(|_| Unreadable::Unknown)?;
    let endian = header.endian().map_err(|_| Unreadable::Unknown)?;
    let count = u64::from(header.e_shnum(endian));
    if count == 0 || header.e_shoff(endian).into() == 0 {
        return Err(Unreadable::NoWords);
    }
    let size = size_of::<F::SectionHeader>();
    if count > MOST_HEADERS || usize::from(header.e_shentsize(endian)) != size {
        return Err(Unreadable::Contradictory);
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut table = Vec::new();
    file.read(header.e_shoff(endian).into(), count * size, &mut table)?;
    let headers: &[F::SectionHeader] =
        pod::slice_from_all_bytes(&table).map_err(|_| Unreadable::Contradictory)?;

    let names = headers.get(usize::from(header.e_shstrndx(endian).0)).ok_or(Unreadable::Contradictory)?;
    let len: u64 = names.sh_size(endian).into();
    if len > MOST_NAMES {
        return Err(Unreadable::Contradictory);
    }
    let mut texts = Vec::new();
    file.read(names.sh_offset(endian).into(), usize::try_from(len).unwrap_or_default(), &mut texts)?;

    let machine = match header.e_machine(endian) {
        EM_X86_64 => Machine::X86_64,
        EM_AARCH64 => Machine::Aarch64,
        _ => Machine::Other,
    };
    let mut layout = Layout::new(machine, header.is_type_64(), endian == Endianness::Little);
    // A program at a fixed address needs no relocations, so its tables of texts are among its words.
    layout.is_fixed = header.e_type(endian) == ET_EXEC;
    let start = first_address(file, header, endian);
    for header in headers {
        let at = usize::try_from(header.sh_name(endian)).unwrap_or(usize::MAX);
        let name = texts.get(at..).unwrap_or_default();
        let name = name.split(|b| *b == 0).next().unwrap_or_default();
        let section = Section {
            address: header.sh_addr(endian).into(),
            offset: header.sh_offset(endian).into(),
            len: header.sh_size(endian).into(),
        };
        let (flags, kind) = (header.sh_flags(endian), header.sh_type(endian));
        if kind == SHT_SYMTAB && header.is_type_64_table(endian) {
            let texts = usize::try_from(header.sh_link(endian)).ok().and_then(|at| headers.get(at));
            layout.symbols = texts.map(|texts| Symbols {
                table: section,
                texts: Section {
                    address: 0,
                    offset: texts.sh_offset(endian).into(),
                    len: texts.sh_size(endian).into(),
                },
                start,
            });
        }
        if !flags.contains(SHF_ALLOC) || kind == SHT_NOBITS {
            continue;
        }
        if kind == SHT_NOTE {
            layout.build_id = layout.build_id.or_else(|| build_id(file, &section, layout.is_little));
        } else if flags.contains(SHF_EXECINSTR) {
            layout.code.push(section);
        } else if name.starts_with(b".rodata") && !flags.contains(SHF_WRITE) {
            layout.words.push(section);
            if layout.is_fixed {
                layout.tables.push(section);
            }
        } else if name.starts_with(b".data") && flags.contains(SHF_WRITE) {
            layout.tables.push(section);
        } else if name == b".rela.dyn" && header.is_type_64_table(endian) {
            layout.relocations.push(section);
        } else if name == b".relr.dyn" {
            layout.has_pointers_in_place = true;
        }
    }
    Ok(layout)
}

/// The address of the file's start, to which addresses in the loader's list of modules are relative. It is zero if the
/// loader chooses the address.
fn first_address<F: FileHeader<Endian = Endianness>>(file: &Opened, header: &F, endian: Endianness) -> u64 {
    let mut table = Vec::new();
    let len = usize::from(header.e_phnum(endian)) * size_of::<F::ProgramHeader>();
    let headers = file.read(header.e_phoff(endian).into(), len, &mut table).ok();
    let headers = headers.and_then(|()| pod::slice_from_all_bytes::<F::ProgramHeader>(&table).ok());
    let loaded = headers.unwrap_or_default().iter().filter(|header| header.p_type(endian) == PT_LOAD);
    loaded.map(|header| header.p_vaddr(endian).into()).min().unwrap_or_default()
}

/// Recognizes tables with entries of 24 bytes: 64-bit symbols, and relocations with an addend of 64 bits.
trait Entries<E> {
    fn is_type_64_table(&self, endian: E) -> bool;
}

impl<H: SectionHeader<Endian = Endianness>> Entries<Endianness> for H {
    fn is_type_64_table(&self, endian: Endianness) -> bool {
        self.sh_entsize(endian).into() == 24
    }
}

/// The build id in a note whose name is `GNU` and whose type is that of build ids.
fn build_id(file: &Opened, note: &Section, is_little: bool) -> Option<String> {
    let len = usize::try_from(note.len).ok()?.min(NOTE.0 + NOTE.1);
    let mut bytes = Vec::new();
    file.read(note.offset, len, &mut bytes).ok()?;
    let number = |at: usize| -> Option<u32> {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let len = usize::try_from(number(4)?).ok().filter(|len| (8..=NOTE.1).contains(len))?;
    let is_build_id = number(0)? == 4 && number(8)? == NT_GNU_BUILD_ID.0 && bytes.get(12..16)? == b"GNU\0";
    let id = bytes.get(NOTE.0..NOTE.0 + len)?;
    is_build_id.then(|| hexadecimal(id))
}
