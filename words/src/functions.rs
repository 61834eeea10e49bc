//! The names of functions, from the symbol table of the program's own file. The table has no lines and no inlined
//! functions, but reading it takes milliseconds, a hundredth of the time for debug information.

use crawl4ai_telemetry_core::own_words::Unreadable;

use crate::file::Opened;
use crate::layout::{Layout, Section};

/// Symbols that are read at once.
const AT_ONCE: u64 = 4096;

/// Longest symbol table that is read, in bytes. A browser's million symbols take 24 MB.
const MOST: u64 = 128 * 1024 * 1024;

/// Names of this length or longer are not returned, in bytes. Names of generic functions grow to some thousands.
const NAME: u64 = 4096;

/// Size of a symbol in a 64-bit file, in bytes (ELF-64 object file format, 3).
const SIZE: usize = 24;

/// The symbol table, the section of its names, and the address of the file's start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Symbols {
    pub(crate) table: Section,
    pub(crate) texts: Section,
    pub(crate) start: u64,
}

/// The mangled name of the function at each of `addresses`, which are relative to the start of the module. A name is
/// `None` if no symbol covers its address: the file was stripped or is not 64-bit ELF, or the address is in no
/// function.
pub(crate) fn at(
    file: &Opened,
    layout: &Layout,
    addresses: &[u64],
) -> Result<Vec<Option<String>>, Unreadable> {
    let mut names: Vec<Option<String>> = vec![None; addresses.len()];
    let Some(symbols) = layout.symbols.filter(|symbols| symbols.table.len <= MOST) else { return Ok(names) };
    // The addresses are sorted, so that two comparisons rule out most symbols.
    let mut wanted: Vec<(u64, usize)> =
        addresses.iter().enumerate().map(|(at, a)| (a.saturating_add(symbols.start), at)).collect();
    wanted.sort_unstable();
    let (Some((first, _)), Some((last, _))) = (wanted.first().copied(), wanted.last().copied()) else {
        return Ok(names);
    };
    let pages = Pages::of(&wanted);
    let mut found: Vec<Option<u32>> = vec![None; addresses.len()];
    let (mut chunk, mut at) = (Vec::new(), 0);
    while at < symbols.table.len {
        let len = (AT_ONCE * SIZE as u64).min(symbols.table.len - at);
        file.read(symbols.table.offset + at, usize::try_from(len).unwrap_or_default(), &mut chunk)?;
        let (entries, _) = chunk.as_chunks::<SIZE>();
        for symbol in entries {
            let (name, start, end) = function(symbol, layout.is_little);
            if end <= first || start > last || !pages.may_have(start, end) {
                continue;
            }
            let behind = wanted.partition_point(|(address, _)| *address < start);
            let inside = wanted.iter().skip(behind).take_while(|(address, _)| *address < end);
            for (_, place) in inside {
                // If several symbols cover an address, the first one in the table is used, so that every run gives the
                // same name.
                if let Some(found) = found.get_mut(*place) {
                    found.get_or_insert(name);
                }
            }
        }
        at += len;
    }
    for (name, found) in names.iter_mut().zip(found) {
        *name = found.and_then(|offset| text(file, &symbols.texts, offset));
    }
    if file.is_unchanged() { Ok(names) } else { Err(Unreadable::Changed) }
}

/// Says which pages of code may contain wanted addresses. Several pages share one entry of the table. The table rules
/// out most symbols, so that only few are compared with the addresses.
struct Pages([bool; Self::ENTRIES]);

impl Pages {
    const ENTRIES: usize = 1024;
    /// The bits of an offset in a page of 4 KiB.
    const SHIFT: u32 = 12;

    fn of(wanted: &[(u64, usize)]) -> Self {
        let mut pages = [false; Self::ENTRIES];
        for (address, _) in wanted {
            if let Some(page) = pages.get_mut(Self::entry(*address)) {
                *page = true;
            }
        }
        Self(pages)
    }

    #[inline]
    fn entry(address: u64) -> usize {
        (address >> Self::SHIFT) as usize % Self::ENTRIES
    }

    #[inline]
    fn may_have(&self, start: u64, end: u64) -> bool {
        let (first, last) = (Self::entry(start), Self::entry(end));
        let is_long = end - start >= 1 << Self::SHIFT;
        is_long || self.0.get(first) == Some(&true) || self.0.get(last) == Some(&true)
    }
}

/// The offset of a function's name, and its start and end address; zeros if the symbol is not a function.
///
/// It is written without helpers, because an unoptimized program has some hundred thousand symbols.
#[inline]
fn function(symbol: &[u8; SIZE], is_little: bool) -> (u32, u64, u64) {
    /// The type of a function's symbol, and the mask of the type in its byte.
    const FUNCTION: (u8, u8) = (2, 0xf);

    #[rustfmt::skip]
    let [n0, n1, n2, n3, info, _, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7, l0, l1, l2, l3, l4, l5, l6, l7] = *symbol;
    // A symbol without a section is defined in another file.
    if info & FUNCTION.1 != FUNCTION.0 || (s0 == 0 && s1 == 0) {
        return (0, 0, 0);
    }
    let (name, start, len) = if is_little {
        (
            u32::from_le_bytes([n0, n1, n2, n3]),
            u64::from_le_bytes([a0, a1, a2, a3, a4, a5, a6, a7]),
            u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]),
        )
    } else {
        (
            u32::from_be_bytes([n0, n1, n2, n3]),
            u64::from_be_bytes([a0, a1, a2, a3, a4, a5, a6, a7]),
            u64::from_be_bytes([l0, l1, l2, l3, l4, l5, l6, l7]),
        )
    };
    (name, start, start.saturating_add(len))
}

fn text(file: &Opened, texts: &Section, offset: u32) -> Option<String> {
    let left = texts.len.checked_sub(u64::from(offset))?;
    let mut bytes = Vec::new();
    let len = usize::try_from(left.min(NAME)).ok()?;
    file.read(texts.offset + u64::from(offset), len, &mut bytes).ok()?;
    let name = bytes.split(|byte| *byte == 0).next().filter(|name| !name.is_empty() && name.len() < len)?;
    String::from_utf8(name.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use crate::Program;

    /// This function is never inlined, so that it has a symbol.
    #[inline(never)]
    fn kettle() -> usize {
        std::hint::black_box(kettle as fn() -> usize as usize)
    }

    #[test]
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    fn a_function_of_this_test_is_found_by_its_address_and_nothing_by_one_of_no_function() {
        let own = std::env::current_exe().unwrap();
        let modules = crate::loaded();
        let module = modules.iter().find(|module| module.path == own).unwrap();
        let inside = kettle() as u64 - module.addresses.start + 1;
        let program = Program::running().unwrap();
        let names = program.functions(&[inside, 1, u64::MAX, inside]).unwrap();
        let [Some(name), None, None, Some(again)] = names.as_slice() else { panic!("{names:?}") };
        assert!(name.contains("kettle") && name == again, "{name}");
        assert!(program.functions(&[]).unwrap().is_empty());
    }
}
