//! DWARF expressions (DWARF 5, section 2.5), as far as unwind tables use them: arithmetic, but no calls.

use super::row::Code;
use crate::cursor::Cursor;
use crate::memory::{Memory, Reader};
use crate::registers::{Arch, Registers};

/// Most values on the stack. Expressions of glibc's signal frames and PLTs need three.
const DEPTH: usize = 16;

/// Most operations, because an expression may jump back.
const OPERATIONS: u32 = 256;

struct Stack {
    values: [u64; DEPTH],
    depth: usize,
}

impl Stack {
    fn push(&mut self, value: u64) -> Option<()> {
        *self.values.get_mut(self.depth)? = value;
        self.depth = self.depth.wrapping_add(1);
        Some(())
    }

    fn pop(&mut self) -> Option<u64> {
        self.depth = self.depth.checked_sub(1)?;
        self.values.get(self.depth).copied()
    }

    /// The value `down` places below the top.
    fn pick(&self, down: usize) -> Option<u64> {
        let at = self.depth.checked_sub(down)?.checked_sub(1)?;
        self.values.get(at).copied()
    }
}

/// Evaluates an expression and returns the value on top of the stack. `first` is pushed before the start.
pub(super) fn evaluate<M: Memory>(
    reader: &mut Reader<'_, M>,
    arch: Arch,
    registers: &Registers,
    code: Code,
    first: Option<u64>,
) -> Option<u64> {
    let mut stack = Stack { values: [0; DEPTH], depth: 0 };
    if let Some(first) = first {
        stack.push(first)?;
    }
    let mut cursor = Cursor { reader, at: code.at, end: code.at.wrapping_add(code.length) };
    for _ in 0..OPERATIONS {
        if cursor.at >= cursor.end {
            return stack.pop();
        }
        let opcode = cursor.u8()?;
        if let Some(value) = constant(&mut cursor, opcode) {
            stack.push(value?)?;
            continue;
        }
        match opcode {
            // deref, deref_size
            0x06 => {
                let at = stack.pop()?;
                stack.push(cursor.reader.u64(at)?)?;
            }
            0x94 => {
                let (size, at) = (cursor.u8()?, stack.pop()?);
                let reader = &mut *cursor.reader;
                stack.push(match size {
                    1 => u64::from(reader.u8(at)?),
                    2 => u64::from(reader.u16(at)?),
                    4 => u64::from(reader.u32(at)?),
                    8 => reader.u64(at)?,
                    _ => return None,
                })?;
            }
            // dup, drop, over, pick, swap
            0x12 => stack.push(stack.pick(0)?)?,
            0x13 => drop(stack.pop()?),
            0x14 => stack.push(stack.pick(1)?)?,
            0x15 => {
                let down = usize::from(cursor.u8()?);
                stack.push(stack.pick(down)?)?;
            }
            0x16 => {
                let (top, below) = (stack.pop()?, stack.pop()?);
                stack.push(top)?;
                stack.push(below)?;
            }
            // abs, neg, not
            0x19 | 0x1f | 0x20 => {
                let value = stack.pop()?;
                stack.push(match opcode {
                    0x19 => (value as i64).unsigned_abs(),
                    0x1f => value.wrapping_neg(),
                    _ => !value,
                })?;
            }
            // plus_uconst
            0x23 => {
                let value = stack.pop()?;
                stack.push(value.wrapping_add(cursor.uleb()?))?;
            }
            // bra, skip
            0x28 | 0x2f => {
                let distance = cursor.u16()? as i16;
                if opcode == 0x2f || stack.pop()? != 0 {
                    let target = cursor.at.wrapping_add(distance as u64);
                    if target < code.at || target > cursor.end {
                        return None;
                    }
                    cursor.at = target;
                }
            }
            // breg0 to breg31, bregx
            0x70..=0x8f => {
                let number = usize::from(opcode.wrapping_sub(0x70));
                stack.push(register(arch, registers, number).wrapping_add(cursor.sleb()? as u64))?;
            }
            0x92 => {
                let number = usize::try_from(cursor.uleb()?).ok()?;
                stack.push(register(arch, registers, number).wrapping_add(cursor.sleb()? as u64))?;
            }
            // nop
            0x96 => {}
            _ => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                stack.push(binary(opcode, left, right)?)?;
            }
        }
    }
    None
}

/// The value of an operation that pushes a number; `None` for other operations.
fn constant<M: Memory>(cursor: &mut Cursor<'_, '_, M>, opcode: u8) -> Option<Option<u64>> {
    Some(match opcode {
        0x03 | 0x0e | 0x0f => cursor.u64(),
        0x08 => cursor.u8().map(u64::from),
        0x09 => cursor.u8().map(|value| value as i8 as u64),
        0x0a => cursor.u16().map(u64::from),
        0x0b => cursor.u16().map(|value| value as i16 as u64),
        0x0c => cursor.u32().map(u64::from),
        0x0d => cursor.u32().map(|value| value as i32 as u64),
        0x10 => cursor.uleb(),
        0x11 => cursor.sleb().map(|value| value as u64),
        0x30..=0x4f => Some(u64::from(opcode.wrapping_sub(0x30))),
        _ => return None,
    })
}

fn binary(opcode: u8, left: u64, right: u64) -> Option<u64> {
    let (signed_left, signed_right) = (left as i64, right as i64);
    // A shift by 64 or more gives 0, or only the sign in an arithmetic shift.
    let shift = u32::try_from(right).ok().filter(|shift| *shift < 64);
    Some(match opcode {
        0x1a => left & right,
        0x1b => signed_left.checked_div(signed_right)? as u64,
        0x1c => left.wrapping_sub(right),
        0x1d => left.checked_rem(right)?,
        0x1e => left.wrapping_mul(right),
        0x21 => left | right,
        0x22 => left.wrapping_add(right),
        0x24 => shift.map_or(0, |shift| left.wrapping_shl(shift)),
        0x25 => shift.map_or(0, |shift| left.wrapping_shr(shift)),
        0x26 => signed_left.wrapping_shr(shift.unwrap_or(63)) as u64,
        0x27 => left ^ right,
        0x29 => u64::from(left == right),
        0x2a => u64::from(signed_left >= signed_right),
        0x2b => u64::from(signed_left > signed_right),
        0x2c => u64::from(signed_left <= signed_right),
        0x2d => u64::from(signed_left < signed_right),
        0x2e => u64::from(left != right),
        _ => return None,
    })
}

/// The value of a register. On x86-64 the column of the return address has the value of the instruction's own address.
fn register(arch: Arch, registers: &Registers, number: usize) -> u64 {
    if arch == Arch::X86_64 && number == arch.return_address() { registers.pc } else { registers.of(number) }
}
