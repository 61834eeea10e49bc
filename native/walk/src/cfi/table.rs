//! Finds the entry of `.eh_frame` that describes the function at an address.

use crate::cursor::{Cursor, DATA_RELATIVE_4, OMITTED};
use crate::memory::{Memory, Reader};

/// One function's entry (FDE) together with the part that it shares with others (CIE).
pub(super) struct Entry {
    /// The function's first address.
    pub(super) begin: u64,
    /// The start and end of the function's unwind code.
    pub(super) code: (u64, u64),
    /// The start and end of the shared unwind code, which runs before the function's.
    pub(super) common_code: (u64, u64),
    pub(super) code_alignment: u64,
    pub(super) data_alignment: i64,
    /// The column of the return address.
    pub(super) return_address: u64,
    /// The encoding of addresses in the code.
    pub(super) encoding: u8,
    /// Does the entry describe the frame that the kernel makes for a signal?
    pub(super) is_signal: bool,
}

/// Most letters of an augmentation. Compilers write only `zPLRSB` and `zPLRSG`.
const LETTERS: usize = 8;

/// Is this value a length? Other values mark the 64-bit form, which no linker writes into `.eh_frame`, and the end of
/// the section.
const fn is_length(length: u32) -> bool {
    length != 0 && length != u32::MAX
}

impl Entry {
    pub(super) fn find<M: Memory>(reader: &mut Reader<'_, M>, header: u64, address: u64) -> Option<Self> {
        let at = search(reader, header, address)?;
        let length = reader.u32(at).filter(|length| is_length(*length))?;
        let id_at = at.wrapping_add(4);
        // The distance back to the shared part. A distance of 0 marks an entry that is itself a shared part.
        let back = reader.u32(id_at).filter(|back| *back != 0)?;
        let (mut entry, is_augmented) = Self::common(reader, id_at.wrapping_sub(u64::from(back)))?;
        let encoding = entry.encoding;
        let mut cursor =
            Cursor { reader, at: id_at.wrapping_add(4), end: id_at.wrapping_add(u64::from(length)) };
        entry.begin = cursor.pointer(encoding, 0)?;
        // The function's size has the same format, but is not relative.
        let size = cursor.pointer(encoding & 0x0f, 0)?;
        if address.wrapping_sub(entry.begin) >= size {
            return None;
        }
        if is_augmented {
            let length = cursor.uleb()?;
            cursor.skip(length)?;
        }
        entry.code = (cursor.at, cursor.end);
        Some(entry)
    }

    /// The part that several entries share, and whether each entry has augmentation data in front of its code.
    fn common<M: Memory>(reader: &mut Reader<'_, M>, at: u64) -> Option<(Self, bool)> {
        let length = reader.u32(at).filter(|length| is_length(*length))?;
        let at = at.wrapping_add(4);
        let mut cursor = Cursor { reader, at, end: at.wrapping_add(u64::from(length)) };
        if cursor.u32()? != 0 {
            return None;
        }
        let version = cursor.u8().filter(|version| matches!(version, 1 | 3))?;
        let mut letters = [0_u8; LETTERS];
        let mut ended = false;
        for letter in &mut letters {
            *letter = cursor.u8()?;
            ended = *letter == 0;
            if ended {
                break;
            }
        }
        if !ended {
            return None;
        }
        let code_alignment = cursor.uleb()?;
        let data_alignment = cursor.sleb()?;
        let return_address = if version == 1 { u64::from(cursor.u8()?) } else { cursor.uleb()? };
        let mut entry = Self {
            begin: 0,
            code: (0, 0),
            common_code: (0, 0),
            code_alignment,
            data_alignment,
            return_address,
            encoding: 0,
            is_signal: false,
        };
        let mut end_of_data = None;
        for letter in letters.iter().take_while(|letter| **letter != 0) {
            match letter {
                b'z' => {
                    let length = cursor.uleb()?;
                    end_of_data = cursor.at.checked_add(length);
                }
                b'R' => entry.encoding = cursor.u8()?,
                b'P' => {
                    let encoding = cursor.u8()?;
                    // The personality function is not used, so an indirect pointer to it need not be followed.
                    cursor.pointer(encoding & 0x7f, 0)?;
                }
                b'L' => drop(cursor.u8()?),
                b'S' => entry.is_signal = true,
                // Marks of pointer authentication and of memory tagging. They do not change where a register is.
                b'B' | b'G' => {}
                _ => return None,
            }
        }
        entry.common_code = (end_of_data.unwrap_or(cursor.at), cursor.end);
        Some((entry, end_of_data.is_some()))
    }
}

/// Searches the table of `.eh_frame_hdr` for the entry of the last function that begins at or before `address`.
fn search<M: Memory>(reader: &mut Reader<'_, M>, header: u64, address: u64) -> Option<u64> {
    let mut cursor = Cursor { reader, at: header, end: u64::MAX };
    let (version, frame, count, table) = (cursor.u8()?, cursor.u8()?, cursor.u8()?, cursor.u8()?);
    // Linkers write no other form of the table.
    if version != 1 || count == OMITTED || table != DATA_RELATIVE_4 {
        return None;
    }
    cursor.pointer(frame, header)?;
    let count = cursor.pointer(count, header)?;
    let table = cursor.at;
    let field = |reader: &mut Reader<'_, M>, row: u64, offset: u64| {
        let at = table.wrapping_add(row.wrapping_mul(8)).wrapping_add(offset);
        reader.u32(at).map(|relative| header.wrapping_add(relative as i32 as u64))
    };
    let (mut low, mut high) = (0, count);
    while high.wrapping_sub(low) > 1 && high > low {
        let middle = low.wrapping_add(high.wrapping_sub(low) / 2);
        if field(reader, middle, 0)? <= address {
            low = middle;
        } else {
            high = middle;
        }
    }
    if count == 0 { None } else { field(reader, low, 4) }
}
