//! Finds edges in tables: pointers to literals, and their lengths.

use std::ops::Range;

use crawl4ai_telemetry_core::own_words::{Edge, Edges, Pairs, Unreadable};

use crate::file::Opened;
use crate::layout::{Layout, Section};
use crate::offsets::{Offsets, Window};

/// Size of a read of a table, in bytes; a multiple of every entry's size.
const CHUNK: u64 = 24 * 2048;

/// Size of a relocation with an addend, which is a place, a kind and an addend (`Elf64_Rela`), in bytes.
const RELA: usize = 24;

/// The kind of relocation that writes the program's base plus the addend, on x86-64, AArch64 and RISC-V.
const RELATIVE: [u64; 3] = [8, 1027, 3];

/// A number beside a pointer counts as the length of the pointer's literal only if it is less than this.
const LONGEST: u64 = 64 * 1024;

/// Most windows that are read to look up single texts. Together they are 64 MiB; 1 GiB would take too long.
const WINDOWS: usize = 4096;

/// Notes every edge that the tables show.
pub(crate) fn note(
    file: &Opened,
    layout: &Layout,
    offsets: &Offsets,
    edges: &mut Edges,
) -> Result<(), Unreadable> {
    let mut found = false;
    for section in &layout.relocations {
        found |= relocated(file, layout, section, offsets, edges)?;
    }
    if !found || layout.has_pointers_in_place {
        for table in &layout.tables {
            in_place(file, layout, table, offsets, edges)?;
        }
        if layout.is_fixed {
            for section in &layout.words {
                pointers_to_code(file, layout, section, offsets, edges)?;
            }
        }
    }
    Ok(())
}

/// Notes the pointers that the loader writes. The list of relocations names them.
fn relocated(
    file: &Opened,
    layout: &Layout,
    section: &Section,
    offsets: &Offsets,
    edges: &mut Edges,
) -> Result<bool, Unreadable> {
    let mut found = false;
    let mut lengths = Window::new(file, WINDOWS);
    let mut words = Window::new(file, WINDOWS);
    let mut read = |range: Range<usize>| text(offsets, &mut words, &range);
    let mut pairs = Pairs::new(edges, &mut read);
    let mut chunk = Vec::new();
    let mut at = 0;
    while at < section.len {
        let len = CHUNK.min(section.len - at);
        file.read(section.offset + at, usize::try_from(len).unwrap_or_default(), &mut chunk)?;
        at += CHUNK;
        for entry in chunk.chunks_exact(RELA) {
            let (place, kind, target) =
                (number(layout, entry, 0), number(layout, entry, 8), number(layout, entry, 16));
            let Some(start) = offsets.of(target).filter(|_| RELATIVE.contains(&kind)) else { continue };
            let table = layout.tables.iter().find(|t| place.wrapping_sub(t.address) < t.len);
            let Some(table) = table else { continue };
            found = true;
            let beside = table.offset + (place - table.address) + 8;
            let len = match lengths.at(beside, 8)? {
                Some(bytes) => length(number(layout, bytes, 0)),
                None => None,
            };
            pairs.add(place, start, len);
        }
    }
    Ok(found)
}

/// Notes the pointers that are stored in the file unchanged. Programs without relocations have them, and so have
/// formats that keep pointers in place.
fn in_place(
    file: &Opened,
    layout: &Layout,
    table: &Section,
    offsets: &Offsets,
    edges: &mut Edges,
) -> Result<(), Unreadable> {
    let wide = if layout.is_wide { 8 } else { 4 };
    let mut words = Window::new(file, WINDOWS);
    let mut read = |range: Range<usize>| text(offsets, &mut words, &range);
    let mut pairs = Pairs::new(edges, &mut read);
    let mut chunk = Vec::new();
    let mut at = 0;
    while at < table.len {
        // Reads one number more than a chunk, because a literal's length follows its pointer.
        let len = (CHUNK + wide as u64).min(table.len - at);
        file.read(table.offset + at, usize::try_from(len).unwrap_or_default(), &mut chunk)?;
        let places = (0..chunk.len()).step_by(wide).take_while(|i| (*i as u64) < CHUNK);
        for i in places.filter(|i| i + wide <= chunk.len()) {
            let Some(start) = pointer(layout, offsets, number(layout, &chunk, i)) else { continue };
            let beside = if i + 2 * wide <= chunk.len() { number(layout, &chunk, i + wide) } else { 0 };
            pairs.add(table.address + at + i as u64, start, length(beside));
        }
        at += CHUNK;
    }
    Ok(())
}

/// Notes that a literal ends where a pointer to code begins, because the first byte of the pointer may be a letter.
/// Some programs have tables of functions among their words.
fn pointers_to_code(
    file: &Opened,
    layout: &Layout,
    section: &Section,
    offsets: &Offsets,
    edges: &mut Edges,
) -> Result<(), Unreadable> {
    let wide = if layout.is_wide { 8 } else { 4 };
    let is_code = |number: u64| layout.code.iter().any(|code| number.wrapping_sub(code.address) < code.len);
    let skew = (wide as u64 - section.address % wide as u64) % wide as u64;
    let mut chunk = Vec::new();
    let mut at = skew;
    while at < section.len {
        let len = CHUNK.min(section.len - at);
        file.read(section.offset + at, usize::try_from(len).unwrap_or_default(), &mut chunk)?;
        for (i, entry) in chunk.chunks_exact(wide).enumerate() {
            if is_code(number(layout, entry, 0)) {
                let place = section.address + at + (i * wide) as u64;
                offsets.of(place).into_iter().for_each(|offset| edges.note(offset, Edge::Sure));
            }
        }
        at += CHUNK;
    }
    Ok(())
}

fn length(number: u64) -> Option<usize> {
    usize::try_from(number).ok().filter(|_| (1..LONGEST).contains(&number))
}

/// The offset of the words to which a stored pointer points.
fn pointer(layout: &Layout, offsets: &Offsets, stored: u64) -> Option<usize> {
    if stored == 0 {
        return None;
    }
    let plain = offsets.of(stored);
    let Some(base) = layout.base else { return plain };
    // Mach-O chains the pointers that the loader has to write. The lower 36 bits of such a pointer are the address, or
    // its offset from the program's start (`mach-o/fixup-chains.h`).
    let target = stored & 0xf_ffff_ffff;
    plain.or_else(|| offsets.of(target)).or_else(|| offsets.of(base.wrapping_add(target)))
}

fn number(layout: &Layout, bytes: &[u8], at: usize) -> u64 {
    if !layout.is_wide {
        let four = bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).unwrap_or_default();
        return u64::from(if layout.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) });
    }
    let eight = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).unwrap_or_default();
    if layout.is_little { u64::from_le_bytes(eight) } else { u64::from_be_bytes(eight) }
}

/// The words at a range, for a caller that checks whether they are a table's texts.
pub(crate) fn text(offsets: &Offsets, words: &mut Window<'_>, range: &Range<usize>) -> Option<Vec<u8>> {
    let (offset, len) = offsets.in_file(range)?;
    words.at(offset, len).ok().flatten().map(<[u8]>::to_vec)
}
