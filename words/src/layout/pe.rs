//! PE: Windows, 64 and 32 bits.

use crawl4ai_telemetry_core::own_words::Unreadable;
use object::LittleEndian as LE;
use object::pe::{
    IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64, IMAGE_SCN_MEM_EXECUTE, ImageDosHeader,
    ImageNtHeaders32, ImageNtHeaders64,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader, optional_header_magic};

use super::{Layout, Machine, Section};
use crate::file::Opened;

/// Size of the read for the headers, in bytes. The headers are at the file's start, and take less than a page plus a
/// section table of 96 entries.
const HEAD: usize = 16 * 1024;

pub(super) fn read(file: &Opened) -> Result<Layout, Unreadable> {
    let mut head = Vec::new();
    file.read(0, HEAD.min(usize::try_from(file.len()).unwrap_or(HEAD)), &mut head)?;
    let dos = ImageDosHeader::parse(head.as_slice()).map_err(|_| Unreadable::Unknown)?;
    let start = u64::from(dos.nt_headers_offset());
    match optional_header_magic(head.as_slice()) {
        Ok(object::pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC) => sections::<ImageNtHeaders64>(&head, start),
        Ok(object::pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC) => sections::<ImageNtHeaders32>(&head, start),
        Ok(_) | Err(_) => Err(Unreadable::Unknown),
    }
}

fn sections<Pe: ImageNtHeaders>(head: &[u8], start: u64) -> Result<Layout, Unreadable> {
    let mut offset = start;
    let (headers, _) = Pe::parse(head, &mut offset).map_err(|_| Unreadable::Contradictory)?;
    let machine = match headers.file_header().machine.get(LE) {
        IMAGE_FILE_MACHINE_AMD64 => Machine::X86_64,
        IMAGE_FILE_MACHINE_ARM64 => Machine::Aarch64,
        _ => Machine::Other,
    };
    let base = headers.optional_header().image_base();
    let mut layout = Layout::new(machine, headers.is_type_64(), true);
    let table = headers.sections(head, offset).map_err(|_| Unreadable::Contradictory)?;
    for header in table.iter() {
        let (offset, stored) = header.pe_file_range();
        let section = Section {
            address: base.wrapping_add(u64::from(header.virtual_address.get(LE))),
            offset: u64::from(offset),
            len: u64::from(stored),
        };
        match header.raw_name() {
            b".rdata" => {
                layout.words.push(section);
                layout.tables.push(section);
            }
            b".data" => layout.tables.push(section),
            _ if header.characteristics.get(LE).contains(IMAGE_SCN_MEM_EXECUTE) => layout.code.push(section),
            _ => {}
        }
    }
    Ok(layout)
}
