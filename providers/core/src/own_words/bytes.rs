//! Classes of bytes: parts of words, signs between words, and bytes that are not text.

/// The byte between the texts of one report. The byte does not occur in UTF-8, so that no run crosses it.
pub(super) const END: u8 = 0xff;

/// The byte at `i`, or a NUL after the end of `bytes`, because a NUL ends every literal.
pub(super) fn at(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or(0)
}

/// Can this byte be inside of a word? Every byte beyond ASCII counts as part of a word, because cutting too little is
/// safe, and cutting through a name is not.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Does a word end or begin between these two bytes?
pub(super) fn is_seam(left: u8, right: u8) -> bool {
    !(is_word(left) && is_word(right))
}

/// May a literal begin or end at `i` of the texts? It may between words, or beside a number (`17ms`).
pub(super) fn is_apart(texts: &[u8], i: usize) -> bool {
    let (left, right) = (i.checked_sub(1).map_or(END, |last| at(texts, last)), at(texts, i));
    let is_end = left == END || right == END || left.is_ascii_digit() || right.is_ascii_digit();
    is_end || is_seam(left, right)
}

/// Is this a byte that no text holds: a control character, or a byte that does not occur in UTF-8?
pub(super) fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\n' | b'\t' | b'\r'))
        || matches!(byte, 0x7f | 0xc0 | 0xc1 | 0xf5..=0xff)
}

/// Does text certainly end at `offset`, because no text can continue there?
pub(super) fn breaks_at(data: &[u8], offset: usize) -> bool {
    match data.get(offset) {
        None => true,
        Some(byte) if byte.is_ascii() => is_control(*byte),
        Some(_) => !starts_with_character(data, offset),
    }
}

/// Does text certainly begin at `offset`, because no text can end before it?
pub(super) fn breaks_before(data: &[u8], offset: usize) -> bool {
    let Some(last) = offset.checked_sub(1) else { return true };
    let byte = at(data, last);
    if byte.is_ascii() {
        return is_control(byte);
    }
    let ends_here = |len: usize| {
        let character = offset.checked_sub(len).and_then(|from| data.get(from..offset));
        character.is_some_and(|c| std::str::from_utf8(c).is_ok())
    };
    !(2..=4).any(ends_here)
}

fn starts_with_character(data: &[u8], offset: usize) -> bool {
    let end = data.len().min(offset.saturating_add(4));
    match std::str::from_utf8(data.get(offset..end).unwrap_or_default()) {
        Ok(text) => !text.is_empty(),
        Err(error) => error.valid_up_to() > 0,
    }
}

/// The number of characters that can be letters.
pub(super) fn letters(text: &[u8]) -> usize {
    // The bytes from 0x80 to 0xbf continue a character.
    text.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0xc0).count()
}

/// The number of words. Chinese, Japanese and Korean put no spaces between words, so three of their characters count as
/// one word, because most names have two or three.
pub(super) fn words(text: &[u8]) -> usize {
    text.split(|b| !is_word(*b)).map(words_in).sum()
}

/// The number of words in `token`, which holds no sign that ends a word.
fn words_in(token: &[u8]) -> usize {
    let letters = letters(token);
    if token.len() < 2 || letters == 0 {
        return 0;
    }
    // From U+3000, in UTF-8: kana, ideographs, hangul and their marks.
    let wide = token.iter().filter(|b| matches!(**b, 0xe3..=0xed | 0xf0)).count();
    let others = letters - wide.min(letters);
    wide / 3 + usize::from(wide == 0 || others > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_scripts() {
        for (text, count) in [
            ("no such file", 3),
            ("a b c", 0),
            ("12 34", 0),
            ("snake_case is one", 3),
            ("ошибка чтения файла", 3),
            ("δεν βρέθηκε", 2),
            ("张伟", 0),
            ("欧阳娜娜", 1),
            ("打开文件失败", 2),
            ("ファイルが見つかりません", 4),
            ("파일을 찾을 수 없습니다", 2),
            ("", 0),
        ] {
            assert_eq!(words(text.as_bytes()), count, "{text}");
        }
    }

    #[test]
    fn letters_are_characters() {
        assert_eq!(letters("Ünal 42".as_bytes()), 4);
        assert_eq!(letters("张伟".as_bytes()), 2);
    }

    #[test]
    fn text_ends_where_utf8_does() {
        let data = b"ab\xc3\xa9\xc2\x04cd\x00\xe2\x82";
        for (offset, at, before) in [
            (0, false, true),
            (2, false, false),
            (4, true, false),
            (6, false, true),
            (8, true, false),
            (9, true, true),
        ] {
            assert_eq!(breaks_at(data, offset), at, "at {offset}");
            assert_eq!(breaks_before(data, offset), before, "before {offset}");
        }
        assert!(breaks_at(data, data.len()));
    }
}
