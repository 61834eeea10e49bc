//! Words as numbers, so that a look at a table is a comparison of numbers.

/// A word of at most 16 bytes in lower case; longer ones are in no table.
pub(super) type Packed = u128;

pub(super) const fn pack(word: &[u8]) -> Packed {
    if word.len() > 16 {
        return 0;
    }
    let mut packed: Packed = 0;
    let mut rest = word;
    while let Some((first, tail)) = rest.split_first() {
        packed = (packed << 8) | first.to_ascii_lowercase() as Packed;
        rest = tail;
    }
    packed
}

/// Words in the order of their packed form, sorted by the compiler.
#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
pub(super) const fn table<const N: usize>(words: [&str; N]) -> [Packed; N] {
    let mut packed = [0; N];
    let mut i = 0;
    while i < N {
        let new = pack(words[i].as_bytes());
        assert!(new != 0, "a word of more than 16 bytes");
        let mut at = i;
        while at > 0 && packed[at - 1] > new {
            packed[at] = packed[at - 1];
            at -= 1;
        }
        packed[at] = new;
        i += 1;
    }
    packed
}

pub(super) fn holds(table: &[Packed], word: Packed) -> bool {
    table.binary_search(&word).is_ok()
}
