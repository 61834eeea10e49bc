//! The id, the checksum and the file names of a stored report, as in the library's spool.

use crate::text::Text;

/// Longest file name, in bytes. It is that of a stored report with `.pending`.
pub const NAME: usize = 128;

/// The id of a report: 128 random bits except the version and variant bits (RFC 9562, section 5.4).
///
/// ```
/// let id = crawl4ai_telemetry_native_walk::Id::from_random([0xff; 16]);
/// assert_eq!(id.bits(), 0xffffffff_ffff_4fff_bfff_ffffffffffff);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(u128);

impl Id {
    /// An id from 16 random bytes.
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(bytes);
        Self(bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62))
    }

    /// The id's bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    pub(crate) fn write<const N: usize>(self, out: &mut Text<N>) {
        out.hexadecimal((self.0 >> 64) as u64, 16);
        out.hexadecimal(self.0 as u64, 16);
    }
}

/// FNV-1a with 64 bits (draft-eastlake-fnv-35).
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What a stored record waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The record waits for its delivery, because the process has ended.
    Delivery,
    /// The record waits for the user's answer and then for its delivery, because the process has ended.
    Answer,
    /// The record waits until it is known whether the process survived. Its file is locked as long as the process
    /// lives.
    End,
    /// The record waits for the end of the process and for the user's answer.
    EndAndAnswer,
}

impl Wait {
    const fn extension(self) -> &'static str {
        match self {
            Self::Delivery => ".fatal",
            Self::Answer => ".fatal.pending",
            Self::End => ".panic",
            Self::EndAndAnswer => ".panic.pending",
        }
    }
}

/// The file name while a record is written.
pub fn temporary(out: &mut Text<NAME>, id: Id, sum: u64) {
    out.clear();
    out.put(b".");
    id.write(out);
    out.put(b"-");
    out.hexadecimal(sum, 16);
    out.put(b".tmp");
}

/// The final file name. It has no fingerprint, because a fingerprint is made from the names of functions.
pub fn stored(out: &mut Text<NAME>, id: Id, milliseconds: u64, sum: u64, wait: Wait) {
    out.clear();
    out.decimal(milliseconds, 15);
    out.put(b"_");
    id.write(out);
    out.put(b"_----------------_");
    out.hexadecimal(sum, 16);
    out.put(wait.extension().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_fnv_1a_as_published() {
        assert_eq!(checksum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(checksum(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn names_are_the_spools() {
        let mut out = Text::new();
        let id = Id::from_random([9; 16]);
        for (wait, end) in [
            (Wait::Delivery, "fatal"),
            (Wait::Answer, "fatal.pending"),
            (Wait::End, "panic"),
            (Wait::EndAndAnswer, "panic.pending"),
        ] {
            stored(&mut out, id, 1_763_678_400_123, 0xfeed, wait);
            let expected = format!(
                "001763678400123_09090909090949098909090909090909_----------------_000000000000feed.{end}"
            );
            assert_eq!((out.bytes(), out.is_whole()), (expected.as_bytes(), true));
        }
        temporary(&mut out, id, 0xfeed);
        assert_eq!(out.bytes(), b".09090909090949098909090909090909-000000000000feed.tmp");
    }
}
