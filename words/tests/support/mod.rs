//! Executables made for a test: literals one after the other, as rustc lays them out, and a table of pointers to them.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::own_words::{OwnWords, Unreadable, narrow};
use crawl4ai_telemetry_words::Program;
use object::write::pe::{NtHeaders, Writer};
use object::write::{Object, StandardSegment};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, pe};

/// Literals of two words, which are kept only if both edges are known.
pub(crate) const LITERALS: [&str; 4] = ["no reply ", "bad hat ", "old cheese ", "a fox of "];

pub(crate) fn words() -> Vec<u8> {
    LITERALS.concat().into_bytes()
}

/// A pointer and a length for each literal. `stored` converts the literal's address to the pointer that is stored.
fn table(base: u64, wide: bool, stored: impl Fn(u64) -> u64) -> Vec<u8> {
    let mut address = base;
    let mut out = Vec::new();
    for literal in LITERALS {
        for number in [stored(address), literal.len() as u64] {
            let bytes = number.to_le_bytes();
            out.extend_from_slice(&bytes[..if wide { 8 } else { 4 }]);
        }
        address += literal.len() as u64;
    }
    out
}

/// ELF as a linker writes it: `.rodata` at 0x1000, `.data.rel.ro` at 0x2000, with pointers in place.
pub(crate) fn elf(wide: bool) -> Vec<u8> {
    let (rodata, data) = (words(), table(0x1000, wide, |address| address));
    let names = b"\0.rodata\0.data.rel.ro\0.shstrtab\0";
    let (header, entry) = if wide { (64, 64) } else { (52, 40) };
    let at = [header, header + rodata.len(), header + rodata.len() + data.len()];
    let table_at = at[2] + names.len();
    let mut out = vec![0x7f, b'E', b'L', b'F', if wide { 2 } else { 1 }, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let short = |out: &mut Vec<u8>, n: u16| out.extend_from_slice(&n.to_le_bytes());
    let long = |out: &mut Vec<u8>, n: u32| out.extend_from_slice(&n.to_le_bytes());
    let word = |out: &mut Vec<u8>, n: usize| {
        out.extend_from_slice(&(n as u64).to_le_bytes()[..if wide { 8 } else { 4 }])
    };
    // ET_DYN; EM_386 or EM_X86_64.
    short(&mut out, 3);
    short(&mut out, if wide { 62 } else { 3 });
    long(&mut out, 1);
    for number in [0, 0, table_at] {
        word(&mut out, number);
    }
    long(&mut out, 0);
    for number in [header, 0, 0, entry, 4, 3] {
        short(&mut out, u16::try_from(number).unwrap());
    }
    for bytes in [&rodata[..], &data, names] {
        out.extend_from_slice(bytes);
    }
    // Name, type, flags (2 allocated, 1 writable), address, offset, size.
    let sections = [
        (0, 0, 0, 0, 0, 0),
        (1, 1, 2, 0x1000, at[0], rodata.len()),
        (9, 1, 3, 0x2000, at[1], data.len()),
        (22, 3, 0, 0, at[2], names.len()),
    ];
    for (name, kind, flags, address, offset, size) in sections {
        long(&mut out, name);
        long(&mut out, kind);
        for number in [flags, address, offset, size] {
            word(&mut out, number);
        }
        long(&mut out, 0);
        long(&mut out, 0);
        word(&mut out, 1);
        word(&mut out, 0);
    }
    out
}

/// Mach-O: `__TEXT,__const` and `__DATA_CONST,__const`. `stored` converts an address to the pointer that is stored.
pub(crate) fn macho(stored: impl Fn(u64) -> u64) -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::MachO, Architecture::Aarch64, Endianness::Little);
    let _ = object.segment_name(StandardSegment::Text);
    let text = object.add_section(b"__TEXT".to_vec(), b"__const".to_vec(), SectionKind::ReadOnlyData);
    object.append_section_data(text, &words(), 1);
    let data = object.add_section(b"__DATA_CONST".to_vec(), b"__const".to_vec(), SectionKind::Data);
    object.append_section_data(data, &table(0x1_0000_0000, true, stored), 8);
    let mut bytes = object.write().unwrap();
    // An object file begins at address 0, but a program at the addresses of its segments. In the file, a segment's
    // address follows its name.
    for (segment, address) in [(&b"__TEXT"[..], 0x1_0000_0000_u64), (b"__DATA_CONST", 0x1_0000_4000)] {
        let name = bytes.windows(segment.len()).position(|w| w == segment).unwrap();
        bytes[name + 16..name + 24].copy_from_slice(&address.to_le_bytes());
    }
    bytes
}

/// A file for several machines, in which `part` is for this one.
pub(crate) fn fat(part: &[u8]) -> Vec<u8> {
    let own: u32 = if cfg!(target_arch = "aarch64") { 0x0100_000c } else { 0x0100_0007 };
    let mut out = Vec::new();
    for number in
        [0xcafe_babe_u32, 2, 18, 0, 0x1000, 16, 4, own, 0, 0x1000, u32::try_from(part.len()).unwrap(), 12]
    {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.resize(0x1000, 0);
    out.extend_from_slice(part);
    out
}

/// PE with `.text`, `.rdata` (the words and their table) and `.data`.
pub(crate) fn pe(wide: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let base = if wide { 0x1_4000_0000 } else { 0x40_0000 };
    let mut writer = Writer::new(wide, 0x1000, 0x200, &mut out);
    writer.reserve_dos_header_and_stub();
    writer.reserve_nt_headers(16);
    writer.reserve_section_headers(2);
    let words = words();
    let padded = words.len().next_multiple_of(8);
    let size = padded + table(0, wide, |a| a).len();
    let text = writer.reserve_text_section(64);
    let rdata = writer.reserve_rdata_section(u32::try_from(size).unwrap());
    let mut bytes = words;
    bytes.resize(padded, 0);
    bytes.extend(table(base + u64::from(rdata.virtual_address), wide, |address| address));
    writer.write_dos_header_and_stub().unwrap();
    writer.write_nt_headers(NtHeaders {
        machine: if wide { pe::IMAGE_FILE_MACHINE_AMD64 } else { pe::IMAGE_FILE_MACHINE_I386 },
        time_date_stamp: 0,
        characteristics: pe::IMAGE_FILE_EXECUTABLE_IMAGE,
        major_linker_version: 14,
        minor_linker_version: 0,
        address_of_entry_point: text.virtual_address,
        image_base: base,
        major_operating_system_version: 6,
        minor_operating_system_version: 0,
        major_image_version: 0,
        minor_image_version: 0,
        major_subsystem_version: 6,
        minor_subsystem_version: 0,
        subsystem: pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
        dll_characteristics: pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE,
        size_of_stack_reserve: 0x10_0000,
        size_of_stack_commit: 0x1000,
        size_of_heap_reserve: 0x10_0000,
        size_of_heap_commit: 0x1000,
    });
    writer.write_section_headers();
    writer.write_section(text.file_offset, &[0xc3; 64]);
    writer.write_section(rdata.file_offset, &bytes);
    out
}

/// A file of these bytes, in a folder that is deleted when the first value is dropped.
pub(crate) fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// What is left of `raw` in a report, by the words of the program at `path`.
pub(crate) fn left(path: &Path, raw: &str) -> Result<String, Unreadable> {
    let own = OwnWords::new(vec![Box::new(Program::open(path)?)]);
    let marked = own.mark(&[raw], &[])?;
    Ok(narrow(raw, &marked.runs[0], &[]))
}
