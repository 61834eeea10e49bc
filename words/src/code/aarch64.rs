//! AArch64: code loads an address in two halves, with `adrp` and `add`, or at once, with `adr`.

use crawl4ai_telemetry_core::own_words::Edge;

/// Most instructions between the two halves of an address. Compilers put the halves close together.
const APART: usize = 32;

/// Calls `take` with each address that the code loads; `code` begins at `address`.
///
/// Encodings: Arm's manual of the A64 instruction set (ADR, ADRP, ADD immediate, LDR of 128 bits).
pub(super) fn addresses(code: &[u8], address: u64, take: &mut impl FnMut(u64, Edge)) {
    let mut pages: [Option<(u64, usize)>; 32] = [None; 32];
    for (i, four) in code.chunks_exact(4).enumerate() {
        let word = u32::from_le_bytes(four.try_into().unwrap_or_default());
        let at = address.wrapping_add(4 * i as u64);
        let register = |shift: u32| (word >> shift & 31) as usize;
        let page_of = |register: usize| {
            let (page, set) = (*pages.get(register)?)?;
            (i - set <= APART).then_some(page)
        };
        let immediate = u64::from(word >> 10 & 0xfff);
        if word & 0x9f00_0000 == 0x9000_0000 {
            let page = (at & !0xfff).wrapping_add_signed(distance(word) << 12);
            if let Some(slot) = pages.get_mut(register(0)) {
                *slot = Some((page, i));
            }
        } else if word & 0x9f00_0000 == 0x1000_0000 {
            take(at.wrapping_add_signed(distance(word)), Edge::Sure);
        } else if word & 0xffc0_0000 == 0x9100_0000 {
            if let Some(page) = page_of(register(5)) {
                take(page.wrapping_add(immediate), Edge::Sure);
            }
        } else if word & 0xffc0_0000 == 0x3dc0_0000
            && let Some(page) = page_of(register(5))
        {
            take(page.wrapping_add(16 * immediate), Edge::Perhaps);
        }
    }
}

/// The 21 bits of distance in `adr` and `adrp`, sign-extended.
fn distance(word: u32) -> i64 {
    let bits = (word >> 5 & 0x7_ffff) << 2 | word >> 29 & 3;
    i64::from((bits << 11).cast_signed() >> 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_taken() {
        let code: Vec<u8> = [
            0xb000_0000_u32, // adrp x0, 0x2000
            0x9100_4000,     // add x0, x0, #16
            0x1000_0081,     // adr x1, +16
            0x3dc0_0800,     // ldr q0, [x0, #32]
            0x9100_4063,     // add x3, x3, #16: no page is known
            0xf0ff_ffe2,     // adrp x2, one page back
            0x9100_0442,     // add x2, x2, #1
        ]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
        let mut taken = Vec::new();
        addresses(&code, 0x1000, &mut |address, edge| taken.push((address, edge)));
        assert_eq!(
            taken,
            [(0x2010, Edge::Sure), (0x1018, Edge::Sure), (0x2020, Edge::Perhaps), (1, Edge::Sure)]
        );
    }
}
