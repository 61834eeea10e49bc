//! Reads memory forward: LEB128 numbers and the pointers of `.eh_frame`.
//!
//! Encodings: DWARF 5, section 7.6; Linux Standard Base 5.0, section 10.5.1.

use crate::memory::{Memory, Reader};

/// A position in memory that advances, but not past `end`.
pub(crate) struct Cursor<'r, 'a, M> {
    pub(crate) reader: &'r mut Reader<'a, M>,
    pub(crate) at: u64,
    pub(crate) end: u64,
}

/// The encoding of an omitted value.
pub(crate) const OMITTED: u8 = 0xff;
/// The encoding of four signed bytes, relative to the section that the reader knows (`.eh_frame_hdr`).
pub(crate) const DATA_RELATIVE_4: u8 = 0x3b;

/// Most bytes of a LEB128 number. This is more than any 64-bit number needs, even with padding.
const LEB_BYTES: u32 = 16;

impl<M: Memory> Cursor<'_, '_, M> {
    fn take(&mut self, count: u64) -> Option<u64> {
        let at = self.at;
        let next = at.checked_add(count).filter(|next| *next <= self.end)?;
        self.at = next;
        Some(at)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let at = self.take(1)?;
        self.reader.u8(at)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        let at = self.take(2)?;
        self.reader.u16(at)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let at = self.take(4)?;
        self.reader.u32(at)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let at = self.take(8)?;
        self.reader.u64(at)
    }

    /// Skips `count` bytes.
    pub(crate) fn skip(&mut self, count: u64) -> Option<()> {
        self.take(count).map(drop)
    }

    pub(crate) fn uleb(&mut self) -> Option<u64> {
        self.leb().map(|(value, _)| value)
    }

    pub(crate) fn sleb(&mut self) -> Option<i64> {
        let (value, bits) = self.leb()?;
        // Extends the sign, which is the highest bit that was read.
        let unused = 64_u32.saturating_sub(bits);
        Some((value.wrapping_shl(unused) as i64).wrapping_shr(unused))
    }

    /// A LEB128 number, and how many of its bits were read, at most 64.
    fn leb(&mut self) -> Option<(u64, u32)> {
        let mut value = 0_u64;
        for index in 0..LEB_BYTES {
            let byte = self.u8()?;
            let shift = index.wrapping_mul(7);
            if shift < 64 {
                value |= u64::from(byte & 0x7f).wrapping_shl(shift);
            }
            if byte & 0x80 == 0 {
                return Some((value, shift.wrapping_add(7).min(64)));
            }
        }
        None
    }

    /// A pointer in one of the encodings of `.eh_frame`; 0 if it is omitted. `data` is the base of data-relative
    /// pointers.
    pub(crate) fn pointer(&mut self, encoding: u8, data: u64) -> Option<u64> {
        if encoding == OMITTED {
            return Some(0);
        }
        let here = self.at;
        let value = match encoding & 0x0f {
            0x00 | 0x04 | 0x0c => self.u64()?,
            0x01 => self.uleb()?,
            0x02 => u64::from(self.u16()?),
            0x03 => u64::from(self.u32()?),
            0x09 => self.sleb()? as u64,
            0x0a => self.u16()? as i16 as u64,
            0x0b => self.u32()? as i32 as u64,
            _ => return None,
        };
        let value = match encoding & 0x70 {
            0x00 => value,
            0x10 => value.wrapping_add(here),
            0x30 => value.wrapping_add(data),
            _ => return None,
        };
        if encoding & 0x80 == 0 { Some(value) } else { self.reader.u64(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lines;
    use crate::tests::Image;

    fn with<T>(bytes: &[u8], read: impl FnOnce(&mut Cursor<'_, '_, Image>) -> T) -> T {
        let mut image = Image::new(0x1000, bytes.to_vec());
        let mut lines = Lines::new();
        let mut reader = Reader::new(&mut image, &mut lines);
        read(&mut Cursor { reader: &mut reader, at: 0x1000, end: 0x1000 + bytes.len() as u64 })
    }

    #[test]
    fn leb_as_the_standard_shows_it() {
        // DWARF 5, tables 7.5 and 7.7.
        for (bytes, value) in [(&[2_u8][..], 2), (&[127], 127), (&[0x80, 1], 128), (&[0xb9, 0x64], 12_857)] {
            assert_eq!(with(bytes, |c| c.uleb()), Some(value), "{bytes:?}");
        }
        for (bytes, value) in [
            (&[2_u8][..], 2),
            (&[0x7e], -2),
            (&[0xff, 0], 127),
            (&[0x81, 0x7f], -127),
            (&[0x80, 1], 128),
            (&[0x80, 0x7f], -128),
        ] {
            assert_eq!(with(bytes, |c| c.sleb()), Some(value), "{bytes:?}");
        }
        assert_eq!(with(&[0x80; 40], |c| c.uleb()), None, "no number is that long");
        let widest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(with(&widest, |c| c.uleb()), Some(u64::MAX));
        assert_eq!(with(&widest, |c| c.sleb()), Some(-1));
    }

    #[test]
    fn nothing_is_read_past_the_end() {
        assert_eq!(with(&[1, 2, 3], |c| c.u32()), None);
        assert_eq!(with(&[0x80], |c| c.uleb()), None);
        assert_eq!(with(&[1, 2, 3], |c| c.skip(u64::MAX)), None);
    }

    #[test]
    fn pointers_are_relative_to_what_they_say() {
        assert_eq!(with(&[0xfc, 0xff, 0xff, 0xff], |c| c.pointer(0x1b, 0)), Some(0xffc));
        assert_eq!(with(&[4, 0, 0, 0], |c| c.pointer(DATA_RELATIVE_4, 0x5000)), Some(0x5004));
        assert_eq!(with(&[0, 0x10, 0, 0, 0, 0, 0, 0], |c| c.pointer(0x80, 0)), Some(0x1000), "followed");
        assert_eq!(with(&[0; 8], |c| c.pointer(0x80, 0)), None, "to nowhere");
        assert_eq!(with(&[0; 8], |c| c.pointer(0x0d, 0)), None, "no such encoding");
        assert_eq!(with(&[], |c| c.pointer(OMITTED, 0)), Some(0));
    }
}
