//! Takes any bytes as mappings, headers, unwind tables and stack of a crashed process. The walk must end and write a
//! valid report.
#![no_main]

use std::sync::LazyLock;

use crawl4ai_telemetry_core::{Privacy, Sanitizer};
use crawl4ai_telemetry_native_walk::record::{Prepared, write};
use crawl4ai_telemetry_native_walk::{
    Arch, Death, Id, Lines, Maps, Memory, Probe, REGISTERS, Reader, Registers, Text, Walk,
};
use libfuzzer_sys::fuzz_target;

static SANITIZER: LazyLock<Sanitizer> = LazyLock::new(Sanitizer::new);

const HEAD: &[u8] = br#"{"schema":1,"level":"fatal","privacy":"standard","app":{"name":"tool","version":"1.4.0"},"environment":"unknown","platform":{"os":"linux","arch":"x86_64"},"fingerprint":"0000000000000000""#;
const TAIL: &[u8] = br#","operations":[],"context":{}}"#;

const MODULE: u64 = 0x40_0000;
const CODE: u64 = 0x40_1000;
const STACK: u64 = 0x7f00_0000_0000;

const MAPS: &[u8] = b"00400000-00401000 r--p 00000000 08:01 77 /usr/bin/tool
00401000-00402000 r-xp 00001000 08:01 77 /usr/bin/tool
00600000-00601000 rwxp 00000000 00:00 0
7f0000000000-7f0000010000 rw-p 00000000 00:00 0
";

/// Pieces of memory. Addresses outside of them are not mapped.
struct Pieces<'a>(Vec<(u64, &'a [u8])>);

impl Memory for Pieces<'_> {
    fn read(&mut self, address: u64, into: &mut [u8]) -> usize {
        for (at, bytes) in &self.0 {
            let Some(offset) = address.checked_sub(*at).and_then(|o| usize::try_from(o).ok()) else {
                continue;
            };
            if let Some(there) = bytes.get(offset..).filter(|there| !there.is_empty()) {
                return into.iter_mut().zip(there).map(|(to, from)| *to = *from).count();
            }
        }
        0
    }
}

/// The headers of a module with one code segment, whose unwind tables begin at 0x200.
fn headers() -> Vec<u8> {
    let mut bytes = vec![0_u8; 0x200];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, b"\x7fELF\x02\x01\x01");
    put(32, &64_u64.to_le_bytes());
    put(54, &56_u16.to_le_bytes());
    put(56, &3_u16.to_le_bytes());
    let segments: [[u64; 7]; 3] = [
        [1 | (5 << 32), 0x1000, 0x1000, 0, 0x1000, 0x1000, 0x1000],
        [0x6474_e550, 0x200, 0x200, 0, 0x40, 0x40, 4],
        [4, 0x180, 0x180, 0, 0x60, 0x60, 4],
    ];
    for (index, value) in segments.iter().flatten().enumerate() {
        put(64 + index * 8, &value.to_le_bytes());
    }
    bytes
}

fuzz_target!(|data: &[u8]| {
    let [control, split, data @ ..] = data else { return };
    let split = usize::from(*split) * data.len() / 256;
    let (first, second) = data.split_at(split);
    let arch = if control & 1 == 0 { Arch::X86_64 } else { Arch::Aarch64 };
    let mut maps = Maps::new();
    maps.begin(Probe { address: 0x7eff_ffff_fff8, stack_pointer: STACK, is_unmapped: true });
    let headers = headers();
    let mut memory = Pieces(Vec::new());
    if control & 2 == 0 {
        // The data is used as unwind tables and stack.
        maps.feed(MAPS);
        memory.0 = vec![(MODULE + 0x200, first), (MODULE, &headers), (STACK, second)];
    } else {
        // The data is used as mappings and as their memory.
        for piece in first.chunks(usize::from(control >> 2) + 1) {
            maps.feed(piece);
        }
        memory.0 = vec![(MODULE, second), (STACK, second), (0, second)];
    }
    let mut registers = Registers { general: [STACK + 8; REGISTERS], pc: CODE + u64::from(*control) };
    registers.general[arch.stack_pointer()] = STACK;
    let (mut walk, mut lines) = (Box::new(Walk::new()), Lines::new());
    let mut looks = 0;
    walk.run(&mut Reader::new(&mut memory, &mut lines), arch, &maps, registers, || {
        looks += 1;
        looks > 1000
    });
    assert!(looks <= 1001 && walk.depth() >= 1);

    let death = Death {
        signal: i32::from(control >> 4),
        code: 1,
        by_instruction: control & 8 == 0,
        address: STACK,
        pc: CODE,
        is_stack_overflow: maps.is_stack_overflow(),
        crossed: walk.crossed(),
    };
    let mut out = Box::new(Text::new());
    let prepared = Prepared { head: HEAD, kind: b"panic", tail: TAIL };
    write(&mut out, &prepared, Id::from_random([7; 16]), 1_763_678_400_123, &death, &walk, &maps);
    assert!(out.is_whole());
    SANITIZER.restore(out.bytes(), None, Privacy::Strict).expect("a report");
});
