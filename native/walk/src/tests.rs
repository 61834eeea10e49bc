//! Helpers for the tests of several files.

use crate::memory::Memory;

/// One piece of memory.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) reads: u32,
}

impl Image {
    pub(crate) fn new(at: u64, bytes: Vec<u8>) -> Self {
        Self { at, bytes, reads: 0 }
    }
}

impl Memory for Image {
    fn read(&mut self, address: u64, into: &mut [u8]) -> usize {
        self.reads += 1;
        let Some(offset) = address.checked_sub(self.at) else { return 0 };
        let there = self.bytes.get(offset as usize..).unwrap_or_default();
        into.iter_mut().zip(there).map(|(to, from)| *to = *from).count()
    }
}

/// `.eh_frame_hdr` at `at`, followed by `.eh_frame`, for one function of `size` bytes at `begin`.
pub(crate) struct Table<'a> {
    pub(crate) at: u64,
    pub(crate) begin: u64,
    pub(crate) size: u32,
    pub(crate) augmentation: &'a str,
    pub(crate) return_address: u8,
    /// The unwind code that all functions share, and the unwind code of this function.
    pub(crate) common: &'a [u8],
    pub(crate) code: &'a [u8],
}

impl Table<'_> {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let relative = |to: u64, from: u64| (to.wrapping_sub(from) as i32).to_le_bytes();
        let mut out = vec![1, 0x1b, 0x03, 0x3b];
        let common_at = 20_u32;
        out.extend((common_at as i32 - 4).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(relative(self.begin, self.at));

        let mut common = vec![0, 0, 0, 0, 1];
        common.extend(self.augmentation.as_bytes());
        // The alignment factors are 1 and -8.
        common.extend([0, 1, 0x78, self.return_address, 1, 0x1b]);
        common.extend(self.common);
        common.resize(common.len().next_multiple_of(4), 0);
        let entry_at = common_at + 4 + common.len() as u32;
        out.extend((entry_at as i32).to_le_bytes());
        out.extend((common.len() as u32).to_le_bytes());
        out.extend(common);

        let mut entry = (entry_at + 4 - common_at).to_le_bytes().to_vec();
        entry.extend(relative(self.begin, self.at + u64::from(entry_at) + 8));
        entry.extend(self.size.to_le_bytes());
        entry.push(0);
        entry.extend(self.code);
        entry.resize(entry.len().next_multiple_of(4), 0);
        out.extend((entry.len() as u32).to_le_bytes());
        out.extend(entry);
        out
    }
}

/// Several pieces of memory.
#[derive(Clone)]
pub(crate) struct Images(pub(crate) Vec<Image>);

impl Memory for Images {
    fn read(&mut self, address: u64, into: &mut [u8]) -> usize {
        self.0.iter_mut().map(|image| image.read(address, into)).find(|read| *read > 0).unwrap_or(0)
    }
}
