//! The headers of a loaded module (System V ABI, chapters 4 and 5; `elf(5)`), as they are in memory.

use crate::memory::{Memory, Reader};

/// Longest build id, in bytes: SHA-256, the longest that a linker makes.
pub(crate) const BUILD_ID: usize = 32;

/// Most headers of segments that are read; linkers write about a dozen.
const HEADERS: u16 = 64;

const LOAD: u32 = 1;
const NOTE: u32 = 4;
const EH_FRAME: u32 = 0x6474_e550;
const EXECUTABLE: u32 = 1;
const GNU_BUILD_ID: u32 = 3;
/// The bits of an address that are the offset in a page of the smallest size.
const PAGE: u64 = 0xfff;

/// The facts about a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elf {
    /// The address of the module's first segment. Addresses in a report are relative to it.
    pub(crate) base: u64,
    /// The size of the module's address range.
    pub(crate) size: u64,
    /// The address of `.eh_frame_hdr`, or 0.
    pub(crate) eh_frame_header: u64,
    build_id: [u8; BUILD_ID],
    build_id_length: usize,
}

impl Elf {
    pub(crate) const NONE: Self =
        Self { base: 0, size: 0, eh_frame_header: 0, build_id: [0; BUILD_ID], build_id_length: 0 };

    pub(crate) fn build_id(&self) -> &[u8] {
        self.build_id.get(..self.build_id_length).unwrap_or_default()
    }
}

/// One header of a segment.
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    file_size: u64,
    memory_size: u64,
}

fn segment<M: Memory>(reader: &mut Reader<'_, M>, at: u64) -> Option<Segment> {
    Some(Segment {
        kind: reader.u32(at)?,
        flags: reader.u32(at.wrapping_add(4))?,
        offset: reader.u64(at.wrapping_add(8))?,
        address: reader.u64(at.wrapping_add(16))?,
        file_size: reader.u64(at.wrapping_add(32))?,
        memory_size: reader.u64(at.wrapping_add(40))?,
    })
}

/// Reads the module whose headers are mapped at `header`. Its part from the file offset `offset` is mapped at `start`.
///
/// This part decides the module's address, because the same file may also be mapped elsewhere for reading.
pub(crate) fn read<M: Memory>(
    reader: &mut Reader<'_, M>,
    header: u64,
    start: u64,
    offset: u64,
) -> Option<Elf> {
    // Only 64-bit little-endian files are read.
    if reader.u32(header)? != 0x464c_457f || reader.u16(header.wrapping_add(4))? != 0x0102 {
        return None;
    }
    let table = header.wrapping_add(reader.u64(header.wrapping_add(32))?);
    let size = u64::from(reader.u16(header.wrapping_add(54))?);
    let count = reader.u16(header.wrapping_add(56))?.min(HEADERS);

    let (mut low, mut high, mut bias, mut eh_frame) = (u64::MAX, 0, None, 0);
    for index in 0..count {
        let segment = segment(reader, table.wrapping_add(size.wrapping_mul(u64::from(index))))?;
        match segment.kind {
            LOAD => {
                low = low.min(segment.address & !PAGE);
                high = high.max(segment.address.wrapping_add(segment.memory_size));
                let begins = segment.offset & !PAGE;
                let ends = segment.offset.wrapping_add(segment.file_size);
                if segment.flags & EXECUTABLE != 0 && offset >= begins && offset < ends {
                    let mapped = segment.address.wrapping_sub(segment.offset).wrapping_add(offset);
                    bias = Some(start.wrapping_sub(mapped));
                }
            }
            EH_FRAME => eh_frame = segment.address,
            _ => {}
        }
    }
    let bias = bias?;
    let mut elf = Elf { base: bias.wrapping_add(low), size: high.checked_sub(low)?, ..Elf::NONE };
    if eh_frame != 0 {
        elf.eh_frame_header = bias.wrapping_add(eh_frame);
    }
    for index in 0..count {
        let segment = segment(reader, table.wrapping_add(size.wrapping_mul(u64::from(index))))?;
        if segment.kind == NOTE && elf.build_id_length == 0 {
            let begin = bias.wrapping_add(segment.address);
            // Without a readable note, the frames are still useful.
            let _ = build_id(reader, begin, segment.memory_size, &mut elf);
        }
    }
    Some(elf)
}

/// Most notes of a segment that are read. A segment has about four.
const NOTES: u32 = 16;

fn build_id<M: Memory>(reader: &mut Reader<'_, M>, begin: u64, size: u64, elf: &mut Elf) -> Option<()> {
    let end = begin.wrapping_add(size);
    let mut at = begin;
    for _ in 0..NOTES {
        if at.wrapping_add(16) > end {
            return None;
        }
        let name = u64::from(reader.u32(at)?);
        let content = u64::from(reader.u32(at.wrapping_add(4))?);
        let kind = reader.u32(at.wrapping_add(8))?;
        let owner = reader.u32(at.wrapping_add(12))?;
        if kind == GNU_BUILD_ID && name == 4 && owner == u32::from_le_bytes(*b"GNU\0") {
            let length = (content as usize).min(BUILD_ID);
            reader.bytes(at.wrapping_add(16), elf.build_id.get_mut(..length)?)?;
            elf.build_id_length = length;
            return Some(());
        }
        at = at.wrapping_add(12).wrapping_add(padded(name)).wrapping_add(padded(content));
    }
    None
}

/// Names and contents of notes are padded to four bytes.
const fn padded(length: u64) -> u64 {
    length.wrapping_add(3) & !3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lines;
    use crate::tests::{Image, Images};

    /// A module as a linker writes it: headers and notes at 0, code at offset 0x5c0, which is mapped one page up.
    fn module(at: u64) -> Image {
        let mut bytes = vec![0_u8; 0x600];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, b"\x7fELF\x02\x01\x01");
        put(32, &64_u64.to_le_bytes());
        put(54, &56_u16.to_le_bytes());
        put(56, &4_u16.to_le_bytes());
        let segments: [[u64; 7]; 4] = [
            [1 | (4 << 32), 0, 0, 0, 0x5a0, 0x5a0, 0x1000],
            [1 | (5 << 32), 0x5c0, 0x15c0, 0, 0x1000, 0x1000, 0x1000],
            [0x6474_e550 | (4 << 32), 0x400, 0x400, 0, 0x40, 0x40, 4],
            [4 | (4 << 32), 0x300, 0x300, 0, 0x60, 0x60, 4],
        ];
        for (index, segment) in segments.iter().enumerate() {
            for (field, value) in segment.iter().enumerate() {
                put(64 + index * 56 + field * 8, &value.to_le_bytes());
            }
        }
        // Another note, then the build id.
        put(0x300, &[4, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, b'G', b'N', b'U', 0, 1, 2, 3, 0]);
        put(0x314, &[4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, b'G', b'N', b'U', 0, 0xde, 0xad, 0xbe, 0xef]);
        Image::new(at, bytes)
    }

    /// Reads a module that is loaded at 0x70_0000, and whose file is also mapped for reading.
    fn of(image: &Image, header: u64, start: u64, offset: u64) -> Option<Elf> {
        let mut lines = Lines::new();
        let loaded = Image::new(0x70_0000, image.bytes.clone());
        let mut memory = Images(vec![image.clone(), loaded]);
        read(&mut Reader::new(&mut memory, &mut lines), header, start, offset)
    }

    impl Elf {
        /// The module that takes the most space in a record.
        pub(crate) fn largest() -> Self {
            Self { size: u64::MAX, build_id: [0xab; BUILD_ID], build_id_length: BUILD_ID, ..Self::NONE }
        }
    }

    #[test]
    fn a_module_lies_where_its_code_does() {
        // The headers are read from the mapping for reading, and the code is elsewhere.
        let elf = of(&module(0x10_0000), 0x10_0000, 0x70_1000, 0).expect("a module");
        assert_eq!((elf.base, elf.size, elf.eh_frame_header), (0x70_0000, 0x25c0, 0x70_0400));
        assert_eq!(elf.build_id(), [0xde, 0xad, 0xbe, 0xef]);
    }

    #[test]
    fn what_is_no_module_is_none() {
        assert_eq!(of(&module(0x10_0000), 0x10_0000, 0x70_1000, 0x5000), None, "no segment lies there");
        assert_eq!(of(&module(0x10_0000), 0x20_0000, 0x70_1000, 0), None, "nothing is mapped");
        let mut other = module(0x10_0000);
        other.bytes[4] = 1;
        assert_eq!(of(&other, 0x10_0000, 0x70_1000, 0), None, "32 bits");
    }

    #[test]
    fn a_table_that_is_cut_is_none_and_notes_that_are_cut_leave_the_rest() {
        let mut cut = module(0x10_0000);
        cut.bytes.truncate(0x310);
        let elf = of(&cut, 0x10_0000, 0x70_1000, 0).expect("a module");
        assert_eq!((elf.build_id(), elf.base), (&[][..], 0x70_0000));
        cut.bytes.truncate(0x100);
        assert_eq!(of(&cut, 0x10_0000, 0x70_1000, 0), None);
    }
}
