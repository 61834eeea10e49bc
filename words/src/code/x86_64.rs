//! x86-64: `lea reg, [rip + distance]`, and loads of 16 bytes from such an address.

use crawl4ai_telemetry_core::own_words::Edge;

/// Calls `take` with each address that the code takes, `code` beginning at `address`.
///
/// A `lea` (Intel's manual, volume 2: REX.W, 0x8d, ModRM 00 reg 101) takes where a literal begins. A load of 16 bytes
/// (`movups`, 0x0f 0x10, and its form for AVX) copies a short literal inline, and may begin in its middle.
pub(super) fn addresses(code: &[u8], address: u64, take: &mut impl FnMut(u64, Edge)) {
    for i in memchr::memchr2_iter(0x8d, 0x10, code) {
        let Some([before, opcode, mode, distance @ ..]) =
            i.checked_sub(1).and_then(|from| code.get(from..i + 6))
        else {
            continue;
        };
        if mode & 0xc7 != 0x05 {
            continue;
        }
        let edge = match (before, opcode) {
            (0x48 | 0x4c, 0x8d) => Edge::Sure,
            (0x0f | 0xf8, 0x10) => Edge::Perhaps,
            _ => continue,
        };
        let distance = i32::from_le_bytes(distance.try_into().unwrap_or_default());
        let next = address.wrapping_add(i as u64 + 6);
        take(next.wrapping_add_signed(i64::from(distance)), edge);
    }
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
}
