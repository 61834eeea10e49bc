//! Mach-O with 64 bits, of macOS and iOS. From a file for several machines, only the part for this machine is read.

use crawl4ai_telemetry_core::own_words::Unreadable;
use object::endian::Endianness;
use object::macho::{
    CPU_TYPE_ARM64, CPU_TYPE_X86_64, CpuType, FAT_MAGIC, FAT_MAGIC_64, MachHeader64, S_ZEROFILL,
};
use object::read::macho::{FatArch, MachHeader, MachOFatFile32, MachOFatFile64, Section as _, Segment};

use super::{Layout, Machine, Section, hexadecimal};
use crate::file::Opened;

/// Most load commands, in bytes: large programs have some ten kilobytes.
const MOST_COMMANDS: usize = 256 * 1024;

/// Size of the read for the table of machines in a file for several machines, in bytes.
const FAT: usize = 4096;

pub(super) fn read(file: &Opened) -> Result<Layout, Unreadable> {
    let start = part_for_this_machine(file)?;
    let mut head = Vec::new();
    file.read(start, size_of::<MachHeader64<Endianness>>(), &mut head)?;
    let header = MachHeader64::<Endianness>::parse(head.as_slice(), 0).map_err(|_| Unreadable::Unknown)?;
    let endian = header.endian().map_err(|_| Unreadable::Unknown)?;
    let commands = usize::try_from(header.sizeofcmds(endian)).unwrap_or(usize::MAX);
    if commands > MOST_COMMANDS {
        return Err(Unreadable::Contradictory);
    }
    let mut all = Vec::new();
    file.read(start, head.len() + commands, &mut all)?;
    let header = MachHeader64::<Endianness>::parse(all.as_slice(), 0).map_err(|_| Unreadable::Unknown)?;
    let machine = match header.cputype(endian) {
        CPU_TYPE_X86_64 => Machine::X86_64,
        CPU_TYPE_ARM64 => Machine::Aarch64,
        _ => Machine::Other,
    };
    let mut layout = Layout::new(machine, true, endian == Endianness::Little);
    // Addresses are relative to 0, unless there is a segment `__TEXT`.
    layout.base = Some(0);
    let mut commands =
        header.load_commands(endian, all.as_slice(), 0).map_err(|_| Unreadable::Contradictory)?;
    while let Some(command) = commands.next().map_err(|_| Unreadable::Contradictory)? {
        if let Ok(Some(uuid)) = command.uuid() {
            layout.build_id = Some(hexadecimal(&uuid.uuid));
        }
        let Ok(Some((segment, data))) = command.segment_64() else { continue };
        if segment.name() == b"__TEXT" {
            layout.base = Some(segment.vmaddr(endian));
        }
        for section in segment.sections(endian, data).map_err(|_| Unreadable::Contradictory)? {
            let part = Section {
                address: section.addr.get(endian),
                offset: start.saturating_add(u64::from(section.offset.get(endian))),
                len: section.size.get(endian),
            };
            if section.flags(endian).typ() == S_ZEROFILL {
                continue;
            }
            match (section.segment_name(), section.name()) {
                (b"__TEXT", b"__const" | b"__cstring") => layout.words.push(part),
                (b"__TEXT", b"__text") => layout.code.push(part),
                (b"__DATA" | b"__DATA_CONST", b"__const" | b"__data") => layout.tables.push(part),
                _ => {}
            }
        }
    }
    Ok(layout)
}

/// The start of the program for this machine. It is 0, unless the file contains programs for several machines.
fn part_for_this_machine(file: &Opened) -> Result<u64, Unreadable> {
    let mut head = Vec::new();
    file.read(0, FAT.min(usize::try_from(file.len()).unwrap_or(FAT)), &mut head)?;
    let magic = head.get(..4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    let offsets: Vec<(CpuType, u64)> = match magic {
        Some(FAT_MAGIC) => {
            let all = MachOFatFile32::parse(head.as_slice()).map_err(|_| Unreadable::Contradictory)?;
            all.arches().iter().map(|arch| (arch.cputype(), u64::from(arch.offset()))).collect()
        }
        Some(FAT_MAGIC_64) => {
            let all = MachOFatFile64::parse(head.as_slice()).map_err(|_| Unreadable::Contradictory)?;
            all.arches().iter().map(|arch| (arch.cputype(), arch.offset())).collect()
        }
        _ => return Ok(0),
    };
    let own = if cfg!(target_arch = "aarch64") { CPU_TYPE_ARM64 } else { CPU_TYPE_X86_64 };
    let (_, offset) = offsets.iter().find(|(cpu, _)| *cpu == own).ok_or(Unreadable::Unknown)?;
    Ok(*offset)
}
