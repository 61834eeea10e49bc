//! Reads memory that may be damaged, in lines of fixed size. Each line may be unmapped.

/// Reads memory. An implementation must neither fault nor block on an address that is not mapped.
///
/// ```
/// use crawl4ai_telemetry_native_walk::{Lines, Memory, Reader};
///
/// /// Eight bytes at 0x1000, and nothing else.
/// struct Eight;
/// impl Memory for Eight {
///     fn read(&mut self, address: u64, into: &mut [u8]) -> usize {
///         if address != 0x1000 {
///             return 0;
///         }
///         into.iter_mut().zip([1, 0, 0, 0, 0, 0, 0, 2]).map(|(to, from)| *to = from).count()
///     }
/// }
///
/// let (mut memory, mut lines) = (Eight, Lines::new());
/// let mut reader = Reader::new(&mut memory, &mut lines);
/// assert_eq!(reader.u64(0x1000), Some(0x0200_0000_0000_0001));
/// assert_eq!(reader.u64(0x1001), None);
/// ```
pub trait Memory {
    /// Copies the bytes at `address` into `into` and returns their number, 0 if nothing is mapped there.
    ///
    /// `into` never crosses a multiple of [`LINE`], and so never a page.
    fn read(&mut self, address: u64, into: &mut [u8]) -> usize;
}

/// Size of a read, in bytes: most frames of a stack, and most entries of an unwind table, fit into it.
pub const LINE: usize = 512;

/// Number of lines that are kept. A step of a walk touches the table's two ends, its middle and the stack.
const LINES: usize = 16;

/// Lines that were read. A new value is all zeros, so that a static one takes no space in a program's file.
#[derive(Debug)]
pub struct Lines {
    /// The number of each line plus one; 0 for an empty slot.
    tags: [u64; LINES],
    lengths: [usize; LINES],
    data: [[u8; LINE]; LINES],
    next: usize,
    last: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self::new()
    }
}

impl Lines {
    /// An empty set of lines.
    #[must_use]
    pub const fn new() -> Self {
        Self { tags: [0; LINES], lengths: [0; LINES], data: [[0; LINE]; LINES], next: 0, last: 0 }
    }

    /// Forgets every line, because memory may have changed since.
    pub fn clear(&mut self) {
        self.tags = [0; LINES];
    }

    /// The bytes of line `number`, as far as they are mapped.
    fn line(&mut self, memory: &mut impl Memory, number: u64) -> Option<&[u8]> {
        let tag = number.wrapping_add(1);
        if self.tags.get(self.last) != Some(&tag) {
            self.last = match self.tags.iter().position(|t| *t == tag) {
                Some(at) => at,
                None => self.fill(memory, number)?,
            };
        }
        self.data.get(self.last)?.get(..*self.lengths.get(self.last)?)
    }

    fn fill(&mut self, memory: &mut impl Memory, number: u64) -> Option<usize> {
        let at = self.next;
        self.next = at.wrapping_add(1) % LINES;
        let data = self.data.get_mut(at)?;
        let length = memory.read(number.wrapping_mul(LINE as u64), data).min(LINE);
        *self.lengths.get_mut(at)? = length;
        *self.tags.get_mut(at)? = number.wrapping_add(1);
        Some(at)
    }
}

/// Reads numbers at any address, in the machine's byte order, which is little endian on both architectures.
#[derive(Debug)]
pub struct Reader<'a, M> {
    memory: &'a mut M,
    lines: &'a mut Lines,
}

impl<'a, M: Memory> Reader<'a, M> {
    /// A reader of `memory` that keeps lines in `lines`.
    pub fn new(memory: &'a mut M, lines: &'a mut Lines) -> Self {
        Self { memory, lines }
    }

    /// Fills `out`; `None` if any of its bytes is not mapped.
    pub fn bytes(&mut self, address: u64, out: &mut [u8]) -> Option<()> {
        let mut at = address;
        let mut rest = out;
        while !rest.is_empty() {
            let offset = (at % LINE as u64) as usize;
            let line = self.lines.line(self.memory, at / LINE as u64)?;
            let there = line.get(offset..).filter(|there| !there.is_empty())?;
            let taken = there.len().min(rest.len());
            let (now, later) = rest.split_at_mut_checked(taken)?;
            for (to, from) in now.iter_mut().zip(there) {
                *to = *from;
            }
            at = at.wrapping_add(taken as u64);
            rest = later;
        }
        Some(())
    }

    fn array<const N: usize>(&mut self, address: u64) -> Option<[u8; N]> {
        let mut out = [0; N];
        self.bytes(address, &mut out)?;
        Some(out)
    }

    /// One byte.
    pub fn u8(&mut self, address: u64) -> Option<u8> {
        self.array(address).map(u8::from_le_bytes)
    }

    /// Two bytes.
    pub fn u16(&mut self, address: u64) -> Option<u16> {
        self.array(address).map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self, address: u64) -> Option<u32> {
        self.array(address).map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self, address: u64) -> Option<u64> {
        self.array(address).map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Image;

    #[test]
    fn numbers_cross_lines_and_end_where_memory_does() {
        let bytes: Vec<u8> = (0..600).map(|n| (n % 251) as u8).collect();
        let mut image = Image::new(0x1000, bytes);
        let mut lines = Lines::new();
        let mut reader = Reader::new(&mut image, &mut lines);
        assert_eq!(reader.u8(0x1000), Some(0));
        let expected = u64::from_le_bytes([7, 8, 9, 10, 11, 12, 13, 14]);
        assert_eq!(reader.u64(0x1000 + 509), Some(expected), "509 is 7 modulo 251");
        assert_eq!(reader.u64(0x1000 + 592).map(|v| v & 0xff), Some(90));
        assert_eq!(reader.u64(0x1000 + 593), None);
        assert_eq!(reader.u16(0xfff), None);
        assert_eq!(reader.u64(u64::MAX - 3), None);
    }

    #[test]
    fn a_line_is_read_once_until_it_is_forgotten() {
        let mut image = Image::new(0x2000, vec![1; 64]);
        let mut lines = Lines::new();
        for _ in 0..10 {
            assert_eq!(Reader::new(&mut image, &mut lines).u8(0x2001), Some(1));
        }
        assert_eq!(image.reads, 1);
        lines.clear();
        assert_eq!(Reader::new(&mut image, &mut lines).u8(0x2001), Some(1));
        assert_eq!(image.reads, 2);
    }
}
