use super::*;
use crate::memory::Lines;
use crate::registers::REGISTERS;
use crate::tests::{Image, Images, Table};

const TABLE: u64 = 0x10_0000;
const CODE: u64 = 0x20_0000;
const STACK: u64 = 0x30_0000;

/// A step from `CODE + offset`, with a stack whose words count up from 100, and the stack pointer at its start.
fn step(table: &Table<'_>, arch: Arch, offset: u64) -> (Option<Step>, Registers) {
    let words = (0..64_u64).flat_map(|word| (100 + word).to_le_bytes()).collect();
    let mut memory = Images(vec![Image::new(TABLE, table.bytes()), Image::new(STACK, words)]);
    let mut lines = Lines::new();
    let mut registers = Registers { general: [7; REGISTERS], pc: CODE + offset };
    registers.set(arch.stack_pointer(), STACK);
    let mut cfi = Cfi::new();
    let mut reader = Reader::new(&mut memory, &mut lines);
    let step = cfi.step(&mut reader, arch, TABLE, CODE + offset, &mut registers);
    (step, registers)
}

/// `push rbp; mov rbp, rsp; …; pop rbp; ret` as compilers describe it.
const FRAME_POINTER: Table<'_> = Table {
    at: TABLE,
    begin: CODE,
    size: 0x20,
    augmentation: "zR",
    return_address: 16,
    common: &[0x0c, 7, 8, 0x90, 1],
    code: &[0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x4c, 0xc6, 0x0c, 7, 8],
};

#[test]
fn a_function_is_unwound_at_each_of_its_instructions() {
    let caller = Some(Step::Caller { interrupted: false });
    // Before the push, the return address is on top.
    let (found, registers) = step(&FRAME_POINTER, Arch::X86_64, 0);
    assert_eq!((found, registers.pc, registers.general[7]), (caller, 100, STACK + 8));
    // After the push, the return address is one word further, and the saved frame pointer is on top.
    let (found, registers) = step(&FRAME_POINTER, Arch::X86_64, 1);
    assert_eq!((found, registers.pc, registers.general[7]), (caller, 101, STACK + 16));
    assert_eq!(registers.general[6], 100);
    // Here the frame pointer gives the frame's address, which is not mapped.
    assert_eq!(step(&FRAME_POINTER, Arch::X86_64, 4).0, None);
    // After the pop, the return address is on top again.
    let (found, registers) = step(&FRAME_POINTER, Arch::X86_64, 0x10);
    assert_eq!((found, registers.pc, registers.general[6]), (caller, 100, 7));
}

#[test]
fn what_no_entry_covers_is_not_unwound() {
    assert_eq!(step(&FRAME_POINTER, Arch::X86_64, 0x20).0, None);
    let odd = Table { augmentation: "zQ", ..FRAME_POINTER };
    assert_eq!(step(&odd, Arch::X86_64, 0).0, None, "an unknown augmentation");
}

#[test]
fn the_outermost_function_says_so() {
    let outermost = Table { code: &[0x07, 16], ..FRAME_POINTER };
    assert_eq!(step(&outermost, Arch::X86_64, 0).0, Some(Step::Outermost));
}

#[test]
fn a_signals_frame_is_an_interruption() {
    // "zRS" marks the frame of a signal. Its registers are at the top of the stack, in the form of expressions: breg7
    // (rsp) and an offset.
    let signal = Table {
        augmentation: "zRS",
        common: &[0x0f, 3, 0x77, 24, 0x06, 0x10, 16, 2, 0x77, 8],
        code: &[],
        ..FRAME_POINTER
    };
    let (found, registers) = step(&signal, Arch::X86_64, 5);
    assert_eq!(found, Some(Step::Caller { interrupted: true }));
    assert_eq!((registers.pc, registers.general[7]), (101, 103));
}

#[test]
fn aarch64_has_its_own_columns_and_clears_signatures() {
    // `paciasp; stp x29, x30, [sp, #-16]!`: the link register is saved after the frame pointer.
    let table = Table {
        return_address: 30,
        common: &[0x0c, 31, 0],
        code: &[0x44, 0x2d, 0x44, 0x0e, 16, 0x9d, 2, 0x9e, 1],
        ..FRAME_POINTER
    };
    let (found, registers) = step(&table, Arch::Aarch64, 0);
    assert_eq!((found, registers.pc), (Some(Step::Caller { interrupted: false }), 7), "a leaf");
    let (_, registers) = step(&table, Arch::Aarch64, 8);
    assert_eq!((registers.pc, registers.general[29], registers.general[31]), (101, 100, STACK + 16));
    assert_eq!(Arch::Aarch64.plain(0xff7f_aaaa_1234_5678), 0xaaaa_1234_5678);
}

#[test]
fn expressions_calculate() {
    let result = |code: &[u8]| {
        let mut memory = Image::new(0x5000, code.to_vec());
        let mut lines = Lines::new();
        let registers = Registers { general: [1000; REGISTERS], pc: 77 };
        let code = row::Code { at: 0x5000, length: code.len() as u64 };
        let mut reader = Reader::new(&mut memory, &mut lines);
        expression::evaluate(&mut reader, Arch::X86_64, &registers, code, Some(3))
    };
    // The frame's address in glibc's PLT, as an expression: rsp + 8 + ((rip & 15 >= 11) << 3).
    let plt = [0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22];
    assert_eq!(result(&plt), Some(1008 + 8), "77 & 15 is 13");
    for (code, value) in [
        (&[][..], Some(3)),
        (&[0x12, 0x22], Some(6)),
        (&[0x34, 0x16, 0x1c], Some(1)),
        (&[0x34, 0x1c], Some(u64::MAX)),
        (&[0x30, 0x1b], None),
        (&[0x09, 0xff, 0x1f], Some(1)),
        (&[0x08, 70, 0x24], Some(0)),
        (&[0x13, 0x13], None),
        (&[0x2f, 0xfd, 0xff], None),
        (&[0x30, 0x28, 1, 0, 0x31], Some(1)),
        (&[0x31, 0x28, 1, 0, 0x31], Some(3)),
        (&[0x2f, 0x00, 0x80], None),
    ] {
        assert_eq!(result(code), value, "{code:x?}");
    }
    assert_eq!(result(&[0x31; 40]), None, "too deep");
}

#[test]
fn an_address_is_looked_up_once() {
    let mut memory = Image::new(TABLE, FRAME_POINTER.bytes());
    let mut lines = Lines::new();
    let mut cfi = Cfi::new();
    let mut registers = Registers { general: [0; REGISTERS], pc: CODE };
    for _ in 0..3 {
        // The stack is missing, but the row is found.
        let mut reader = Reader::new(&mut memory, &mut lines);
        assert_eq!(cfi.step(&mut reader, Arch::X86_64, TABLE, CODE, &mut registers), None);
        lines.clear();
    }
    // The table is read once, the stack three times.
    assert!(memory.reads <= 1 + 3, "{}", memory.reads);
}
