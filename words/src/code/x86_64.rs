//! x86-64: `lea reg, [rip + distance]`, loads of 16 bytes from such an address, and addresses as plain numbers.

use crawl4ai_telemetry_core::own_words::Edge;

/// Calls `take` with each address that the code loads; `code` begins at `address`.
///
/// A `lea` (Intel's manual, volume 2: REX.W, 0x8d, ModRM 00 reg 101) loads the start of a literal. A load of 16 bytes
/// (`movups`, 0x0f 0x10, and its form for AVX) copies a short literal inline, and may begin in the middle of the
/// literal.
pub(super) fn addresses(code: &[u8], address: u64, take: &mut impl FnMut(u64, Edge)) {
    let (words, _) = code.as_chunks::<16>();
    let mut at = 0;
    for word in words {
        let word = u128::from_le_bytes(*word);
        // For each byte of the word, the byte that follows it. Behind the last byte anything may follow.
        let behind = (word >> 8) | (MODE << 120);
        let opcodes = zeros(word ^ LEA) | zeros(word ^ MOVUPS);
        let mut hits = opcodes & zeros((behind & MODE_BITS) ^ (EACH * MODE)) & HIGHEST_BITS;
        while hits != 0 {
            look(code, address, at + (hits.trailing_zeros() / 8) as usize, take);
            hits &= hits - 1;
        }
        at += 16;
    }
    for i in at..code.len() {
        look(code, address, i, take);
    }
}

/// Calls `take` with each number that code for fixed addresses stores as an address: `mov reg, number` (0xb8 to 0xbf),
/// `push number` (0x68), and `mov [rsp + distance], number` (0xc7, ModRM 0x44 or 0x84, SIB 0x24).
///
/// Few other bytes have one of these forms and a number that is an address of words.
pub(super) fn numbers(code: &[u8], take: &mut impl FnMut(u64, Edge)) {
    for (i, opcode) in code.iter().enumerate() {
        let number = match opcode {
            0x68 | 0xb8..=0xbf => i + 1,
            0xc7 => match code.get(i + 1..i + 3) {
                Some([0x44, 0x24]) => i + 4,
                Some([0x84, 0x24]) => i + 7,
                _ => continue,
            },
            _ => continue,
        };
        let Some(number) = code.get(number..).and_then(|rest| rest.first_chunk()) else { continue };
        take(u64::from(u32::from_le_bytes(*number)), Edge::Sure);
    }
}

/// A word with 1 in each byte.
const EACH: u128 = u128::from_le_bytes([1; 16]);
const HIGHEST_BITS: u128 = EACH * 0x80;

const LEA: u128 = EACH * 0x8d;
const MOVUPS: u128 = EACH * 0x10;

/// ModRM 00 reg 101, without the register, and its bits.
const MODE: u128 = 0x05;
const MODE_BITS: u128 = EACH * 0xc7;

/// Sets the highest bit of each byte that is zero, and sometimes of a byte of 1 above a zero, which [`look`] then refuses.
/// The other bits say nothing.
///
/// It processes sixteen bytes at once with plain arithmetic, because code is by far the largest part of a program, and an
/// unoptimized build of this crate has to read it too.
#[allow(clippy::inline_always, reason = "an unoptimized build inlines nothing else")]
#[inline(always)]
const fn zeros(word: u128) -> u128 {
    word.wrapping_sub(EACH) & !word
}

/// Calls `take` with the address of the instruction whose opcode may be at `i`.
fn look(code: &[u8], address: u64, i: usize, take: &mut impl FnMut(u64, Edge)) {
    let Some([before, opcode, mode, distance @ ..]) = i.checked_sub(1).and_then(|from| code.get(from..i + 6))
    else {
        return;
    };
    let edge = match (before, opcode) {
        (0x48 | 0x4c, 0x8d) => Edge::Sure,
        (0x0f | 0xf8, 0x10) => Edge::Perhaps,
        _ => return,
    };
    if mode & 0xc7 != 0x05 {
        return;
    }
    let distance = i32::from_le_bytes(distance.try_into().unwrap_or_default());
    let next = address.wrapping_add(i as u64 + 6);
    take(next.wrapping_add_signed(i64::from(distance)), edge);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_taken() {
        // lea rdi, [rip+0x10]; movups xmm0, [rip-7]; mov rax, [rip+8]
        let code = b"\x90\x48\x8d\x3d\x10\x00\x00\x00\x0f\x10\x05\xf9\xff\xff\xff\x48\x8b\x05\x08\x00\x00\x00\x48\x8d\x3d";
        let mut taken = Vec::new();
        addresses(code, 0x1000, &mut |address, edge| taken.push((address, edge)));
        assert_eq!(taken, [(0x1018, Edge::Sure), (0x1008, Edge::Perhaps)]);
    }

    #[test]
    fn numbers_that_may_be_addresses() {
        // mov esi, 0x219e74; mov r9d, 0x21edc0; push 0x21fbd8; mov qword [rsp+0x28], 0x21e968;
        // mov dword [rsp+0x128], 0x21e969; mov eax, the end of the code
        let code =
            b"\xbe\x74\x9e\x21\0\x41\xb9\xc0\xed\x21\0\x68\xd8\xfb\x21\0\x48\xc7\x44\x24\x28\x68\xe9\x21\0\
            \xc7\x84\x24\x28\x01\0\0\x69\xe9\x21\0\xb8\x01\x02";
        let mut taken = Vec::new();
        numbers(code, &mut |number, edge| taken.push((number, edge)));
        for address in [0x21_9e74, 0x21_edc0, 0x21_fbd8, 0x21_e968, 0x21_e969] {
            assert!(taken.contains(&(address, Edge::Sure)), "{address:x} of {taken:x?}");
        }
    }

    #[test]
    fn every_place_in_a_word_is_looked_at() {
        let lea = b"\x48\x8d\x3d\x10\x00\x00\x00";
        for before in 0..40 {
            for behind in 0..20 {
                let code = [&vec![0x8d; before][..], lea, &vec![0x10; behind][..]].concat();
                let mut taken = Vec::new();
                addresses(&code, 0, &mut |address, _| taken.push(address));
                assert_eq!(taken, [before as u64 + 7 + 0x10], "{before} {behind}");
            }
        }
    }

    #[test]
    fn zero_bytes_are_found() {
        for byte in 0..=255_u128 {
            for other in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let word = ((EACH * other) & !0xff00) | (byte << 8);
                let found = zeros(word) & HIGHEST_BITS;
                assert!(byte != 0 || found & 0x8000 != 0, "{word:x}");
                assert!(byte <= 1 || found & 0x8000 == 0, "{word:x}");
                assert_eq!(found & 0x80 != 0, other == 0, "the lowest byte of {word:x}");
            }
        }
    }
}
