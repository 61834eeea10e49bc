//! Folds each character beyond ASCII to the character that it stands for or looks like. Folded text only decides what
//! is removed; the text that stays keeps its own characters.

/// The character that `c` is folded to; `None` if `c` is invisible.
pub(in crate::sanitize) fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    (!is_invisible(c)).then(|| narrow(c))
}

/// Is this character invisible, or a mark? Soft hyphens, joiners, direction marks, variation selectors and tags are
/// invisible. Marks are above or below the character before them (Unicode's combining diacritical marks, Hebrew points,
/// Arabic marks).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{61c}'
            | '\u{64b}'..='\u{65f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Replaces a wide form by its ASCII character, a digit of another script by an ASCII digit, and another dot, dash,
/// slash or quote by the plain one. Any other symbol becomes a space, because no word continues over a symbol.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3002}' | '\u{ff61}' | '\u{2024}' => '.',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2236}' | '\u{a789}' => ':',
        '\u{fe6b}' => '@',
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}'..='\u{300f}' => '"',
        _ if is_symbol(c) => ' ',
        _ => digit(c).or_else(|| styled(c)).unwrap_or(c),
    }
}

/// Is this neither a letter nor a digit of any script?
pub(in crate::sanitize) fn is_symbol(c: char) -> bool {
    matches!(
        c,
        '\u{80}'..='\u{a9}' | '\u{ac}' | '\u{ae}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bf}' | '\u{d7}'
            | '\u{f7}' | '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20cf}' | '\u{2190}'..='\u{245f}'
            | '\u{2500}'..='\u{2bff}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}'
            | '\u{30fb}' | '\u{fd3e}' | '\u{fd3f}' | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff5f}'..='\u{ff65}' | '\u{ffe0}'..='\u{fffd}' | '\u{1f000}'..='\u{1faff}' | '\u{60c}' | '\u{61b}'
            | '\u{61f}' | '\u{66a}'..='\u{66d}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{e3f}' | '\u{e4f}' | '\u{e5a}'
            | '\u{e5b}' | '\u{37e}' | '\u{387}' | '\u{55a}'..='\u{55f}' | '\u{589}' | '\u{5be}' | '\u{5c0}' | '\u{5c3}'
            | '\u{1360}'..='\u{1368}' | '\u{104a}'..='\u{104f}' | '\u{17d4}'..='\u{17da}'
    )
}

/// The zeros of the decimal digits of other scripts (Unicode, general category Nd). Each zero is followed by the nine
/// other digits of its script.
#[rustfmt::skip]
const ZEROS: [u32; 26] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040,
    0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0xa620, 0xa8d0, 0xa900, 0xaa50,
];

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let value = match code {
        // Superscript, subscript and circled digits, and the five styles of mathematical digits.
        0x2070 | 0x2074..=0x2079 => code - 0x2070,
        0x2080..=0x2089 => code - 0x2080,
        0x2460..=0x2468 => code - 0x245f,
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10,
        _ => ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|n| *n < 10))?,
    };
    char::from_digit(value, 10)
}

/// The ASCII letter that a styled letter stands for: one of the thirteen mathematical alphabets (U+1D400), or a letter
/// in a circle (U+24B6).
fn styled(c: char) -> Option<char> {
    let code = u32::from(c);
    let place = match code {
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 52,
        0x24b6..=0x24e9 => code - 0x24b6,
        _ => return None,
    };
    let letter = if place < 26 { 0x41 + place } else { 0x61 + place - 26 };
    char::from_u32(letter)
}

/// Letters of other scripts (first row), and the ASCII letters that they look like (second row). Source: Unicode,
/// "confusables".
const LOOK_ALIKES: [(&str, &str); 4] = [
    ("авекмнорстухіјѕһԁԛԝӏ", "abekmhopctyxijshdqwl"),
    ("АВЕКМНОРСТУХІЈЅҺԀԚԜӀ", "ABEKMHOPCTYXIJSHDQWI"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρυικτ", "ABEZHIKMNOPTYXoavpuikt"),
    ("ıɡɑℓⅰⅼⅽⅾⅿⅴⅹ", "igalilcdmvx"),
];

/// The ASCII letter that a letter of another script looks like. Only keys are read in this way, because ordinary
/// Russian words have such letters too.
pub(in crate::sanitize) fn look_alike(c: char) -> Option<char> {
    if !matches!(c, '\u{131}' | '\u{251}' | '\u{261}' | '\u{370}'..='\u{52f}' | '\u{2113}' | '\u{2170}'..='\u{217f}')
    {
        return None;
    }
    LOOK_ALIKES.iter().find_map(|(from, to)| {
        let n = from.chars().position(|alike| alike == c)?;
        to.chars().nth(n)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_folded_to_what_they_stand_for() {
        for (c, folded) in [
            ('a', Some('a')),
            ('ａ', Some('a')),
            ('а', Some('а')),
            ('𝐚', Some('a')),
            ('𝒁', Some('Z')),
            ('ⓩ', Some('z')),
            ('٤', Some('4')),
            ('९', Some('9')),
            ('𝟘', Some('0')),
            ('…', Some(' ')),
            ('→', Some(' ')),
            ('🎉', Some(' ')),
            ('、', Some(' ')),
            ('é', Some('é')),
            ('日', Some('日')),
            ('ы', Some('ы')),
            ('\u{301}', None),
            ('\u{200b}', None),
        ] {
            assert_eq!(fold(c), folded, "{c:?}");
        }
        assert_eq!(
            [look_alike('а'), look_alike('Ο'), look_alike('a'), look_alike('ы')],
            [Some('a'), Some('O'), None, None]
        );
        for (from, to) in LOOK_ALIKES {
            assert_eq!(from.chars().count(), to.chars().count());
        }
    }
}
