//! Runs unwind code (DWARF 5, section 6.4.2, and GNU's additions) up to an address.

use super::Cfi;
use super::row::{Cfa, Code, Rule};
use super::table::Entry;
use crate::cursor::Cursor;
use crate::memory::{Memory, Reader};

/// Most rows that may be remembered at once. Compilers remember one.
pub(super) const REMEMBERED: usize = 8;

/// Most instructions of one function; the longest seen have some hundreds.
const INSTRUCTIONS: u32 = 4096;

impl Cfi {
    /// Runs the unwind code from `code.0` to `code.1`, for addresses from `location` on. Stops before instructions that
    /// apply only to addresses after `address`.
    pub(super) fn run<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        entry: &Entry,
        code: (u64, u64),
        location: u64,
        address: u64,
    ) -> Option<()> {
        let mut cursor = Cursor { reader, at: code.0, end: code.1 };
        let mut location = location;
        let mut remembered = 0_usize;
        for _ in 0..INSTRUCTIONS {
            if cursor.at >= cursor.end {
                return Some(());
            }
            let opcode = cursor.u8()?;
            let low = u64::from(opcode & 0x3f);
            let advance = match opcode {
                0x40..=0x7f => Some(low),
                0x01 => {
                    location = cursor.pointer(entry.encoding, 0)?;
                    Some(0)
                }
                0x02 => Some(u64::from(cursor.u8()?)),
                0x03 => Some(u64::from(cursor.u16()?)),
                0x04 => Some(u64::from(cursor.u32()?)),
                _ => None,
            };
            if let Some(units) = advance {
                location = location.wrapping_add(units.wrapping_mul(entry.code_alignment));
                if location > address {
                    return Some(());
                }
                continue;
            }
            match opcode {
                0x0a => {
                    *self.remembered.get_mut(remembered)? = self.row;
                    remembered = remembered.wrapping_add(1);
                }
                0x0b => {
                    remembered = remembered.checked_sub(1)?;
                    self.row = *self.remembered.get(remembered)?;
                }
                0x0c..=0x0f | 0x12 | 0x13 => self.frame_address(&mut cursor, opcode, entry)?,
                _ => self.register(&mut cursor, opcode, low, entry)?,
            }
        }
        None
    }

    /// Runs an instruction that sets the frame's address.
    fn frame_address<M: Memory>(
        &mut self,
        cursor: &mut Cursor<'_, '_, M>,
        opcode: u8,
        entry: &Entry,
    ) -> Option<()> {
        let known = match self.row.cfa {
            Cfa::Register { number, offset } => Some((number, offset)),
            Cfa::Unknown | Cfa::Expression(_) => None,
        };
        self.row.cfa = match opcode {
            // DW_CFA_def_cfa
            0x0c => {
                let number = usize::try_from(cursor.uleb()?).ok()?;
                Cfa::Register { number, offset: cursor.uleb()? as i64 }
            }
            // DW_CFA_def_cfa_register
            0x0d => Cfa::Register { number: usize::try_from(cursor.uleb()?).ok()?, offset: known?.1 },
            // DW_CFA_def_cfa_offset
            0x0e => Cfa::Register { number: known?.0, offset: cursor.uleb()? as i64 },
            // DW_CFA_def_cfa_sf
            0x12 => {
                let number = usize::try_from(cursor.uleb()?).ok()?;
                Cfa::Register { number, offset: cursor.sleb()?.wrapping_mul(entry.data_alignment) }
            }
            // DW_CFA_def_cfa_offset_sf
            0x13 => {
                let offset = cursor.sleb()?.wrapping_mul(entry.data_alignment);
                Cfa::Register { number: known?.0, offset }
            }
            // DW_CFA_def_cfa_expression
            _ => Cfa::Expression(code(cursor)?),
        };
        Some(())
    }

    /// Runs an instruction that sets the place of a register.
    fn register<M: Memory>(
        &mut self,
        cursor: &mut Cursor<'_, '_, M>,
        opcode: u8,
        low: u64,
        entry: &Entry,
    ) -> Option<()> {
        let scaled = |offset: i64| offset.wrapping_mul(entry.data_alignment);
        match opcode {
            // DW_CFA_offset
            0x80..=0xbf => {
                let offset = scaled(cursor.uleb()? as i64);
                self.row.set(low, Rule::Offset(offset));
            }
            // DW_CFA_restore
            0xc0..=0xff => self.row.set(low, self.initial.of(low)),
            // DW_CFA_nop
            0x00 => {}
            // DW_CFA_AARCH64_negate_ra_state, and with_pc: these tell whether the return address is signed. Its
            // signature is removed in any case.
            0x2c | 0x2d => {}
            // DW_CFA_GNU_args_size: only exceptions need it.
            0x2e => drop(cursor.uleb()?),
            // DW_CFA_restore_extended
            0x06 => {
                let number = cursor.uleb()?;
                self.row.set(number, self.initial.of(number));
            }
            _ => {
                let number = cursor.uleb()?;
                let rule = match opcode {
                    // DW_CFA_offset_extended
                    0x05 => Rule::Offset(scaled(cursor.uleb()? as i64)),
                    // DW_CFA_undefined
                    0x07 => Rule::Undefined,
                    // DW_CFA_same_value
                    0x08 => Rule::Same,
                    // DW_CFA_register
                    0x09 => Rule::Register(usize::try_from(cursor.uleb()?).ok()?),
                    // DW_CFA_expression
                    0x10 => Rule::Expression(code(cursor)?),
                    // DW_CFA_offset_extended_sf
                    0x11 => Rule::Offset(scaled(cursor.sleb()?)),
                    // DW_CFA_val_offset
                    0x14 => Rule::ValueOffset(scaled(cursor.uleb()? as i64)),
                    // DW_CFA_val_offset_sf
                    0x15 => Rule::ValueOffset(scaled(cursor.sleb()?)),
                    // DW_CFA_val_expression
                    0x16 => Rule::ValueExpression(code(cursor)?),
                    // DW_CFA_GNU_negative_offset_extended
                    0x2f => Rule::Offset(scaled(cursor.uleb()? as i64).wrapping_neg()),
                    _ => return None,
                };
                self.row.set(number, rule);
            }
        }
        Some(())
    }
}

fn code<M: Memory>(cursor: &mut Cursor<'_, '_, M>) -> Option<Code> {
    let length = cursor.uleb()?;
    let at = cursor.at;
    cursor.skip(length)?;
    Some(Code { at, length })
}
