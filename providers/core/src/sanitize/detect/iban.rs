//! International bank account numbers (ISO 13616; lengths from SWIFT's IBAN registry).

use super::groups::Groups;

/// Each country, with the length of its account numbers.
static LENGTHS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The end of an account number that starts with the first group, with or without spaces, hyphens or points.
pub(super) fn find(groups: &Groups<'_>) -> Option<usize> {
    let first = groups.text(0);
    let country = first.first_chunk::<2>()?.map(|b| b.to_ascii_uppercase());
    if !first.get(2..4)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (_, want) = LENGTHS.iter().find(|(code, _)| **code == country)?;
    let mut len = 0;
    let mut end = 0;
    for (n, group) in groups.iter().enumerate() {
        len += group.len();
        end = group.end;
        if len >= *want || !matches!(group.sign, b' ' | b'-' | b'.') {
            break;
        }
        if n == 0 && group.len() != 4 {
            return None;
        }
    }
    let digits = (0..).map_while(|n| groups.get(n).map(|_| groups.text(n))).flatten().take(*want);
    (len == *want && remainder(digits.copied()) == 1).then_some(end)
}

/// The remainder by ISO 7064 mod 97-10. The first four characters count at the end.
fn remainder(text: impl Iterator<Item = u8> + Clone) -> u32 {
    let moved = text.clone().skip(4).chain(text.take(4));
    moved.fold(0, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    })
}
