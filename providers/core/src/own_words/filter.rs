//! Says of most groups of four bytes that the texts do not hold them. It sees every byte of a program's words.

/// Fewest equal bytes of a run. Shorter ones (`: `) stay only as part of a template.
pub(super) const GRAM: usize = 4;

/// Sizes of a filter, in numbers of 64 bits. The smaller one fits the nearest cache, and is enough for 8 KiB of texts.
const NEAR: usize = 1 << 10;
const FAR: usize = 1 << 14;

/// Bits of a filter for each byte of the texts, at least, so that most groups of the words are not in it.
const BITS: usize = 8;

/// The multiplier of the hash: 2^32 divided by the golden ratio, so that similar groups get distant hashes (Knuth, volume
/// 3, section 6.4).
const MULTIPLIER: u32 = 0x9e37_79b1;

/// The groups of the texts, and their first and last three bytes.
#[derive(Debug)]
pub(super) struct Filter {
    groups: Vec<u64>,
    /// Of two neighbouring groups, both hold the three bytes in the middle. So half of the places in the words are
    /// enough to rule out all of their groups.
    threes: Vec<u64>,
}

impl Filter {
    /// An empty filter for so many bytes of texts.
    pub(super) fn for_texts(bytes: usize) -> Self {
        let words = if bytes * BITS <= NEAR * 64 { NEAR } else { FAR };
        Self { groups: vec![0; words], threes: vec![0; words] }
    }

    pub(super) fn add(&mut self, gram: u32) {
        self.set(|filter| &mut filter.groups, gram);
        self.set(|filter| &mut filter.threes, last_three(gram));
        self.set(|filter| &mut filter.threes, first_three(gram));
    }

    fn set(&mut self, bits: impl Fn(&mut Self) -> &mut Vec<u64>, key: u32) {
        let hash = self.hash(key);
        if let Some(word) = bits(self).get_mut(hash / 64) {
            *word |= 1 << (hash % 64);
        }
    }

    /// The number of different hashes.
    pub(super) fn hashes(&self) -> usize {
        self.groups.len() * 64
    }

    pub(super) fn hash(&self, gram: u32) -> usize {
        if self.groups.len() == FAR { hash::<FAR>(gram) } else { hash::<NEAR>(gram) }
    }

    /// The first place in `data`, from `from` on, whose group may be in the texts.
    pub(super) fn next_in(&self, data: &[u8], from: usize) -> Option<usize> {
        match (self.groups.first_chunk::<FAR>(), self.threes.first_chunk::<FAR>()) {
            (Some(groups), Some(threes)) => next_in(groups, threes, data, from),
            _ => next_in::<NEAR>(self.groups.first_chunk()?, self.threes.first_chunk()?, data, from),
        }
    }
}

/// This loop looks at every byte of a program's words, and nearly always the answer is no. So the size of the filters is
/// known when it is compiled. It makes as few calls as possible, because unoptimized builds run it too.
fn next_in<const WORDS: usize>(
    groups: &[u64; WORDS],
    threes: &[u64; WORDS],
    data: &[u8],
    from: usize,
) -> Option<usize> {
    let (mut i, mut rest) = (from, data.get(from..)?);
    // Eight bytes hold four groups that begin in the first four.
    while let [_, _, _, _, behind @ ..] = rest
        && let Some(eight) = rest.first_chunk()
    {
        let eight = u64::from_le_bytes(*eight);
        let (one, three) = (eight as u32, (eight >> 16) as u32);
        if (may_have(threes, last_three(one)) || may_have(threes, last_three(three)))
            && let Some(n) = (0..4).find(|n| may_have(groups, (eight >> (8 * n)) as u32))
        {
            return Some(i + n);
        }
        (i, rest) = (i + 4, behind);
    }
    let n = rest.windows(GRAM).position(|gram| may_have(groups, as_number(gram)))?;
    Some(i + n)
}

#[inline]
fn may_have<const WORDS: usize>(filter: &[u64; WORDS], key: u32) -> bool {
    let hash = hash::<WORDS>(key);
    match filter.get(hash / 64) {
        Some(bits) => *bits >> (hash % 64) & 1 == 1,
        None => false,
    }
}

#[inline]
fn hash<const WORDS: usize>(key: u32) -> usize {
    (key.wrapping_mul(MULTIPLIER) >> (26 - WORDS.ilog2())) as usize
}

/// A group of four bytes as a number, whose lowest byte is the first.
pub(super) fn as_number(gram: &[u8]) -> u32 {
    match *gram {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// The last three bytes of a group. They equal the first three of the next group.
#[inline]
fn last_three(gram: u32) -> u32 {
    gram & !0xff
}

#[inline]
fn first_three(gram: u32) -> u32 {
    gram << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_is_missed_wherever_it_stands() {
        for (bytes, size) in [(100, NEAR), (8192, NEAR), (8193, FAR), (1 << 17, FAR)] {
            let mut filter = Filter::for_texts(bytes);
            assert_eq!((filter.groups.len(), filter.hashes()), (size, size * 64));
            filter.add(as_number(b"file"));
            for before in 0..40 {
                let data = ["~".repeat(before).as_bytes(), b"file"].concat();
                for after in 0..9 {
                    let data = [&data, "~".repeat(after).as_bytes()].concat();
                    for from in 0..=before {
                        assert_eq!(filter.next_in(&data, from), Some(before), "{before} {after} {from}");
                    }
                    assert_eq!(filter.next_in(&data, before + 1), None, "{before} {after}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_found_past_the_end() {
        let filter = Filter::for_texts(0);
        for from in 0..12 {
            assert_eq!(filter.next_in(b"no such", from), None);
        }
    }
}
