//! Finds the ends of words and lines, eight bytes at a time.

/// Is this a part of a line break?
pub(super) const fn is_break(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

/// A block with the same byte eight times.
const fn eight(b: u8) -> u64 {
    u64::from_le_bytes([b; 8])
}

/// The highest bit of each byte in a block.
const HIGH: u64 = eight(0x80);

/// The length of the first line, without its break.
pub(super) fn line_len(text: &[u8]) -> usize {
    // The lowest of the bits that are set belongs to the first byte that is zero.
    let zeros = |block: u64| block.wrapping_sub(eight(1)) & !block & HIGH;
    // The same for the first byte that is less than 14, as breaks are and other bytes of a text seldom.
    let lows = |block: u64| block.wrapping_sub(eight(b'\r' + 1)) & !block & HIGH;
    let (blocks, tail) = text.as_chunks::<8>();
    for (n, block) in blocks.iter().enumerate() {
        let block = u64::from_le_bytes(*block);
        if lows(block) == 0 {
            continue;
        }
        let breaks = zeros(block ^ eight(b'\n')) | zeros(block ^ eight(b'\r'));
        if breaks != 0 {
            return n * 8 + breaks.trailing_zeros() as usize / 8;
        }
    }
    blocks.len() * 8 + tail.iter().position(|b| is_break(*b)).unwrap_or(tail.len())
}

/// For each byte in a block, its highest bit if the byte ends a word: a space or a sign of control.
const fn word_ends(block: u64) -> u64 {
    // Without its highest bit, a byte that is greater than a space carries into that bit, and into no other byte.
    !(((block & !HIGH) + eight(0x7f - b' ')) | block) & HIGH
}

/// The length of the word at the start of `text`.
pub(super) fn first_word(text: &[u8]) -> usize {
    let (blocks, tail) = text.as_chunks::<8>();
    for (n, block) in blocks.iter().enumerate() {
        let ends = word_ends(u64::from_le_bytes(*block));
        if ends != 0 {
            return n * 8 + ends.trailing_zeros() as usize / 8;
        }
    }
    blocks.len() * 8 + tail.iter().position(|b| *b <= b' ').unwrap_or(tail.len())
}

/// The length of the word at the end of `text`.
pub(super) fn last_word(text: &[u8]) -> usize {
    let (head, blocks) = text.as_rchunks::<8>();
    for (n, block) in blocks.iter().rev().enumerate() {
        let ends = word_ends(u64::from_le_bytes(*block));
        if ends != 0 {
            return n * 8 + ends.leading_zeros() as usize / 8;
        }
    }
    blocks.len() * 8 + head.iter().rev().position(|b| *b <= b' ').unwrap_or(head.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the looks at eight bytes with the simplest ones, for each byte at each place beside each other byte.
    #[test]
    fn words_and_lines_end_where_they_do_byte_by_byte() {
        let ends = |b: &u8| *b <= b' ';
        for len in 0..20 {
            for at in 0..=len {
                for b in 0..=u8::MAX {
                    for filled in [b'!', 0x7f, 0x80, 0xff, b'\t', 0x0b, 0x0e] {
                        let mut text = vec![filled; len];
                        text.iter_mut().skip(at).step_by(7).for_each(|to| *to = b);
                        let first = text.iter().position(ends).unwrap_or(len);
                        let last = text.iter().rev().position(ends).unwrap_or(len);
                        let line = text.iter().position(|b| is_break(*b)).unwrap_or(len);
                        let seen = (first_word(&text), last_word(&text), line_len(&text));
                        assert_eq!(seen, (first, last, line), "{text:?}");
                    }
                }
            }
        }
    }
}
