//! A cheap no: most words of a message are in no table, and their letters' hash says so.

use super::lists::{LAST_OF_TWO, PERSONAL, SENSITIVE};
use super::packed::Packed;

/// One bit for each word of the tables, by a hash of its first, last and number of letters: most words of
/// a message are turned away here.
static MAYBE: [u64; 16] = maybe();

const fn maybe_hash(first: u8, last: u8, len: usize) -> usize {
    let (first, last) = ((first | 0x20) as usize, (last | 0x20) as usize);
    (first * 37 + last * 101 + len * 11) & 1023
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn maybe() -> [u64; 16] {
    let mut bits = [0; 16];
    let tables: [&[Packed]; 3] = [&SENSITIVE, &PERSONAL, &LAST_OF_TWO];
    let mut t = 0;
    while t < tables.len() {
        let mut i = 0;
        while i < tables[t].len() {
            let word = tables[t][i];
            let len = (128 - word.leading_zeros() as usize).div_ceil(8);
            let first = (word >> ((len - 1) * 8)) as u8;
            let hash = maybe_hash(first, word as u8, len);
            bits[hash / 64] |= 1 << (hash % 64);
            i += 1;
        }
        t += 1;
    }
    bits
}

/// Can a word be in one of the tables, or end like a secret's name?
pub(super) fn may_tell(word: &[u8]) -> bool {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return false };
    let hash = maybe_hash(*first, *last, word.len());
    let listed = MAYBE.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1);
    // `…password`, `…passwd`, `…secret`, `…token`, `…cookie`, `…apikey`, `…passphrase`, `…credentials`
    listed || (word.len() > 6 && matches!(last | 0x20, b'd' | b't' | b'n' | b'e' | b'y' | b's'))
}
