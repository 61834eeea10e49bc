//! Finds edges in code, because an address that code loads is the start of a literal.

mod aarch64;
mod x86_64;

use crawl4ai_telemetry_core::own_words::{Edge, Edges, Unreadable};

use crate::file::Opened;
use crate::layout::{Layout, Machine};
use crate::offsets::{Offsets, Window};

/// Size of a read, in bytes: a multiple of every instruction's alignment.
const CHUNK: u64 = 64 * 1024;

/// Bytes at the end of a chunk that are read again with the next chunk. They are longer than an instruction, and on
/// AArch64 as long as the largest distance between the two halves of an address.
const OVERLAP: u64 = 128;

/// Most loaded addresses that are remembered, because tables may be at them. They take 512 KiB.
const MOST_TAKEN: usize = 128 * 1024;

/// Most and fewest entries of a table of 32-bit offsets.
const ENTRIES: usize = 256;
const FEWEST: usize = 3;

/// Most windows that are read in the search for tables of 32-bit offsets.
const WINDOWS: usize = 8192;

/// Can the code of this machine be read?
pub(crate) fn is_known(machine: Machine) -> bool {
    match machine {
        Machine::X86_64 | Machine::Aarch64 => true,
        Machine::Other => false,
    }
}

/// Notes every edge that the code shows.
pub(crate) fn note(
    file: &Opened,
    layout: &Layout,
    offsets: &Offsets,
    edges: &mut Edges,
) -> Result<(), Unreadable> {
    let mut taken: Vec<u32> = Vec::new();
    let mut take = |address: u64, edge: Edge| {
        let Some(offset) = offsets.of(address) else { return };
        edges.note(offset, edge);
        if edge == Edge::Sure && address.is_multiple_of(4) && taken.len() < MOST_TAKEN {
            taken.extend(u32::try_from(offset).ok());
            if taken.len() == MOST_TAKEN {
                taken.sort_unstable();
                taken.dedup();
            }
        }
    };
    let mut chunk = Vec::new();
    for section in &layout.code {
        let mut at = 0;
        while at < section.len {
            let len = (CHUNK + OVERLAP).min(section.len - at);
            file.read(section.offset + at, usize::try_from(len).unwrap_or_default(), &mut chunk)?;
            let address = section.address + at;
            match layout.machine {
                Machine::X86_64 => {
                    x86_64::addresses(&chunk, address, &mut take);
                    if layout.is_fixed {
                        x86_64::numbers(&chunk, &mut take);
                    }
                }
                Machine::Aarch64 => aarch64::addresses(&chunk, address, &mut take),
                Machine::Other => {}
            }
            at += CHUNK;
        }
    }
    taken.sort_unstable();
    taken.dedup();
    tables_of_offsets(file, layout, offsets, &taken, edges)
}

/// Notes the edges from tables of 32-bit offsets, in which LLVM stores the texts of a `match`. An offset is relative to
/// its table's start. These edges only confirm other edges, because a supposed table may be something else.
fn tables_of_offsets(
    file: &Opened,
    layout: &Layout,
    offsets: &Offsets,
    taken: &[u32],
    edges: &mut Edges,
) -> Result<(), Unreadable> {
    let mut words = Window::new(file, WINDOWS);
    let mut leads = Vec::with_capacity(ENTRIES);
    for (i, start) in taken.iter().enumerate() {
        // The table ends at the latest at the next address that code loads.
        let next = taken.get(i + 1).map_or(usize::MAX, |next| *next as usize);
        let start = *start as usize;
        let most = ENTRIES.min((next - start) / 4);
        let Some((section, base)) = offsets.sections().iter().rev().find(|(_, base)| *base <= start) else {
            continue;
        };
        let address = section.address + (start - base) as u64;
        let Some((place, len)) = offsets.in_file(&(start..start + 4 * most)).filter(|_| most >= FEWEST)
        else {
            continue;
        };
        let Some(entries) = words.at(place, len)? else { continue };
        leads.clear();
        for (entry, four) in entries.chunks_exact(4).enumerate() {
            let four: [u8; 4] = four.try_into().unwrap_or_default();
            let distance = if layout.is_little { i32::from_le_bytes(four) } else { i32::from_be_bytes(four) };
            let lead = offsets.of(address.wrapping_add_signed(i64::from(distance)));
            match lead.filter(|offset| !(start..start + 4 * (entry + 1)).contains(offset)) {
                Some(offset) => leads.push(offset),
                None => break,
            }
        }
        if leads.len() >= FEWEST {
            leads.iter().for_each(|offset| edges.note(*offset, Edge::Perhaps));
        }
    }
    Ok(())
}
