use super::*;
use crate::maps::Probe;
use crate::memory::Lines;
use crate::registers::REGISTERS;
use crate::tests::{Image, Images, Table};

impl Walk {
    /// A walk with as many frames and modules as are kept, with the longest addresses and build ids.
    pub(crate) fn fullest() -> Self {
        let elf = Elf::largest();
        let mut walk = Self { modules: [Module { elf, mapping: 0 }; MODULES], ..Self::new() };
        walk.module_count = MODULES;
        for _ in 0..FRAMES {
            walk.push(Frame { pc: 0x0000_ffff_ffff_ffff, module: Some(MODULES - 1) });
        }
        walk
    }
}

const MODULE: u64 = 0x40_0000;
const CODE: u64 = 0x40_1000;
const STACK: u64 = 0x7f00_0000_0000;

const MAPS: &str = "\
00400000-00401000 r--p 00000000 08:01 77 /usr/bin/tool
00401000-00402000 r-xp 00001000 08:01 77 /usr/bin/tool
00600000-00601000 rwxp 00000000 00:00 0
7f0000000000-7f0000010000 rw-p 00000000 00:00 0
";

/// A program with one function, which pushes nothing and calls itself.
fn process(stack: &[u64]) -> (Images, Maps) {
    let table = Table {
        at: MODULE + 0x400,
        begin: CODE,
        size: 0x100,
        augmentation: "zR",
        return_address: 16,
        common: &[0x0c, 7, 8, 0x90, 1],
        code: &[],
    };
    let mut module = vec![0_u8; 0x400];
    let mut put = |at: usize, value: &[u8]| module[at..at + value.len()].copy_from_slice(value);
    put(0, b"\x7fELF\x02\x01\x01");
    put(32, &64_u64.to_le_bytes());
    put(54, &56_u16.to_le_bytes());
    put(56, &3_u16.to_le_bytes());
    let headers = [1 | (4 << 32), 0, 0, 0, 0x500, 0x500, 0x1000_u64];
    let code = [1 | (5 << 32), 0x1000, 0x1000, 0, 0x1000, 0x1000, 0x1000_u64];
    let frames = [0x6474_e550, 0x400, 0x400, 0, 0x40, 0x40, 4_u64];
    for (index, value) in headers.iter().chain(&code).chain(&frames).enumerate() {
        put(64 + index * 8, &value.to_le_bytes());
    }
    module.extend(table.bytes());
    let words = stack.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut maps = Maps::new();
    maps.begin(Probe::default());
    maps.feed(MAPS.as_bytes());
    (Images(vec![Image::new(MODULE, module), Image::new(STACK, words)]), maps)
}

fn walk(stack: &[u64], pc: u64, frame_pointer: u64, is_over: impl FnMut() -> bool) -> Walk {
    let (mut memory, maps) = process(stack);
    let mut lines = Lines::new();
    let mut registers = Registers { general: [0; REGISTERS], pc };
    registers.set(7, STACK);
    registers.set(6, frame_pointer);
    let mut walk = Walk::new();
    walk.run(&mut Reader::new(&mut memory, &mut lines), Arch::X86_64, &maps, registers, is_over);
    walk
}

fn addresses(walk: &Walk) -> Vec<u64> {
    let (inner, outer, _) = walk.frames();
    inner.iter().chain(outer).map(|frame| frame.pc).collect()
}

#[test]
fn callers_are_found_until_the_stack_holds_none() {
    let walk = walk(&[CODE + 0x10, CODE + 0x20, 0, 5], CODE, 0, || false);
    assert_eq!(addresses(&walk), [CODE, CODE + 0x10, CODE + 0x20]);
    let (inner, _, cut) = walk.frames();
    assert_eq!((inner[0].module, cut), (Some(0), 0));
    assert_eq!(walk.modules()[0].elf.base, MODULE, "where its first segment begins");
}

#[test]
fn a_call_to_nowhere_has_its_caller_on_top_of_the_stack() {
    for nowhere in [0, 0x1234, 0x7f00_0000_0008] {
        let walk = walk(&[CODE + 0x10, CODE + 0x20], nowhere, 0, || false);
        assert_eq!(addresses(&walk), [nowhere, CODE + 0x10, CODE + 0x20]);
        assert_eq!(walk.frames().0[0].module, None);
    }
}

#[test]
fn code_without_tables_is_walked_by_frame_pointers_that_lead_outwards() {
    // The walk starts in code that was made at run time. The stack has a saved frame pointer, then a return address.
    let stack = [0, STACK + 0x20, CODE + 0x10, 0, 0, 0];
    assert_eq!(addresses(&walk(&stack, 0x60_0010, STACK + 8, || false)), [0x60_0010, CODE + 0x10]);
    for bad in [STACK + 9, STACK - 8, STACK + FRAME, 0] {
        assert_eq!(addresses(&walk(&stack, 0x60_0010, bad, || false)), [0x60_0010], "{bad:#x}");
    }
}

#[test]
fn both_ends_of_a_deep_stack_are_kept_and_the_rest_is_counted() {
    let mut stack = vec![CODE + 0x10; 1000];
    stack[998] = CODE + 0x30;
    stack[999] = CODE + 0x20;
    let walk = walk(&stack, CODE, 0, || false);
    let found = addresses(&walk);
    assert_eq!((walk.depth(), found.len(), walk.frames().2), (1001, 2 * END, 1001 - 2 * END));
    assert_eq!(found[..2], [CODE, CODE + 0x10]);
    assert_eq!(found[2 * END - 2..], [CODE + 0x30, CODE + 0x20]);
}

#[test]
fn it_ends_when_its_time_is_over() {
    let mut looks = 0;
    let walk = walk(&vec![CODE + 0x10; 1000], CODE, 0, || {
        looks += 1;
        looks == 3
    });
    assert_eq!(walk.depth(), 3 * PER_LOOK);
}
