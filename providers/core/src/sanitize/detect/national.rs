//! Finds national identity numbers whose structure distinguishes them from other numbers.
//!
//! Plain digits of a common length (Dutch BSN, German tax number, Canadian SIN without signs) are found only by their
//! keys, because about every ninth number of nine digits passes the check.

use super::groups::Groups;

/// The end of a national id that starts with the first group.
pub(super) fn find(groups: &Groups<'_>) -> Option<usize> {
    let last = us(groups)
        .or_else(|| uk(groups))
        .or_else(|| brazil(groups))
        .or_else(|| china(groups))
        .or_else(|| spain(groups))
        .or_else(|| italy(groups))
        .or_else(|| france(groups))
        .or_else(|| sweden(groups))
        .or_else(|| switzerland(groups))
        .or_else(|| korea(groups))
        .or_else(|| canada(groups))
        .or_else(|| india(groups))
        .or_else(|| mexico(groups))
        .or_else(|| super::identity::find(groups))?;
    groups.end(last)
}

fn number(text: &[u8]) -> u64 {
    text.iter().fold(0, |n, b| n.wrapping_mul(10).wrapping_add(u64::from(b.wrapping_sub(b'0'))))
}

fn all_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The digits of the first `n` groups, one after another.
fn digits<'a>(groups: &'a Groups<'_>, n: usize) -> impl Iterator<Item = u32> + Clone + 'a {
    (0..n).flat_map(|g| groups.text(g).iter().map(|b| u32::from(b.wrapping_sub(b'0'))))
}

fn weighted(digits: impl Iterator<Item = u32>, weights: impl Iterator<Item = u32>) -> u32 {
    digits.zip(weights).map(|(d, w)| d * w).sum()
}

/// Are these a month and a day?
fn is_day(month: &[u8], day: &[u8]) -> bool {
    (1..=12).contains(&number(month)) && (1..=31).contains(&number(day))
}

/// Social Security and taxpayer numbers, `123-45-6789`: SSA, "Social Security Number Randomization"; IRS for 9xx.
fn us(groups: &Groups<'_>) -> Option<usize> {
    let shaped = groups.are_digits(&[3, 2, 4], b"-") || groups.are_digits(&[3, 2, 4], b" ");
    let (area, group, serial) = (groups.text(0), groups.text(1), groups.text(2));
    (shaped && area != b"000" && area != b"666" && group != b"00" && serial != b"0000").then_some(2)
}

/// National Insurance numbers, `QQ 12 34 56 C`: HMRC manual NIM39110.
fn uk(groups: &Groups<'_>) -> Option<usize> {
    let mut text = [0_u8; 9];
    let mut len = 0;
    let mut last = None;
    for (n, group) in groups.iter().enumerate() {
        let part = groups.text(n);
        if len + part.len() > 9 {
            break;
        }
        for (slot, b) in text.iter_mut().skip(len).zip(part) {
            *slot = b.to_ascii_uppercase();
        }
        len += part.len();
        if len == 9 {
            last = Some(n);
            break;
        }
        if group.sign != b' ' && group.sign != b'-' {
            break;
        }
    }
    let [a, b, middle @ .., suffix] = text;
    // Letters that are never issued are refused, except `QQ`, which the published examples use.
    let issued = !b"DFIUV".contains(&a) && (!b"DFIOQUV".contains(&b) || (a, b) == (b'Q', b'Q'));
    let prefix = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    (prefix && issued && all_digits(&middle) && matches!(suffix, b'A'..=b'D')).then_some(last?)
}

/// CPF `123.456.789-09` and CNPJ `12.345.678/0001-95`: Receita Federal, check digits modulo 11.
fn brazil(groups: &Groups<'_>) -> Option<usize> {
    if groups.get(0)?.sign != b'.' {
        return None;
    }
    let signs: Vec<u8> = groups.iter().map(|g| g.sign).take(5).collect();
    let lens: Vec<usize> = groups.iter().map(super::groups::Group::len).take(5).collect();
    let check = |sum: u32| if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    let plain = |n: usize| (0..n).all(|g| all_digits(groups.text(g)));
    if lens.get(..4) == Some(&[3, 3, 3, 2]) && signs.get(..3) == Some(b"..-") && plain(4) {
        let d: Vec<u32> = digits(groups, 4).collect();
        let first = check(weighted(d.iter().take(9).copied(), (2..=10).rev()));
        let second = check(weighted(d.iter().take(10).copied(), (2..=11).rev()));
        return (d.ends_with(&[first, second])).then_some(3);
    }
    if lens == [2, 3, 3, 4, 2] && signs.get(..4) == Some(b"../-") && plain(5) {
        let d: Vec<u32> = digits(groups, 5).collect();
        let weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
        let first = check(weighted(d.iter().take(12).copied(), weights.iter().skip(1).copied()));
        let second = check(weighted(d.iter().take(13).copied(), weights.iter().copied()));
        return (d.ends_with(&[first, second])).then_some(4);
    }
    None
}

/// Resident identity card: GB 11643-1999, 17 digits with a date and a check character modulo 11.
fn china(groups: &Groups<'_>) -> Option<usize> {
    let text = groups.text(0);
    let (body, check) = (text.get(..17)?, *text.get(17)?);
    let born = body.get(6..10).map(number).is_some_and(|year| (1900..2100).contains(&year))
        && is_day(body.get(10..12)?, body.get(12..14)?);
    if text.len() != 18 || !all_digits(body) || !born {
        return None;
    }
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum = weighted(body.iter().map(|b| u32::from(b - b'0')), WEIGHTS.iter().copied());
    let expected = b"10X98765432".get(sum as usize % 11)?;
    (check.eq_ignore_ascii_case(expected)).then_some(0)
}

/// DNI `12345678Z`, NIE `X1234567L`: Real Decreto 1553/2005, check letter modulo 23.
fn spain(groups: &Groups<'_>) -> Option<usize> {
    if !matches!(groups.text(0).len(), 8 | 9) {
        return None;
    }
    let mut text = groups.text(0).to_ascii_uppercase();
    let mut last = 0;
    // `12345678-Z`
    if text.len() == 8 && groups.get(0)?.sign == b'-' && groups.get(1)?.len() == 1 {
        text.extend(groups.text(1).to_ascii_uppercase());
        last = 1;
    }
    if text.len() != 9 {
        return None;
    }
    let letter = text.pop()?;
    if let Some(first) = text.first_mut() {
        *first = match *first {
            b'X' => b'0',
            b'Y' => b'1',
            b'Z' => b'2',
            other => other,
        };
    }
    let expected = b"TRWAGMYFPDXBNJZSQVHLCKE".get(number(&text) as usize % 23)?;
    (all_digits(&text) && letter == *expected).then_some(last)
}

/// Codice fiscale, `RSSMRA85T10A562S`: DM 23/12/1976, letters and digits in fixed places.
fn italy(groups: &Groups<'_>) -> Option<usize> {
    const SHAPE: &[u8; 16] = b"LLLLLLDDLDDLDDDL";
    let text = groups.text(0);
    let shaped = text.len() == 16
        && text
            .iter()
            .zip(SHAPE)
            .all(|(b, s)| if *s == b'L' { b.is_ascii_alphabetic() } else { b.is_ascii_digit() });
    (shaped && b"ABCDEHLMPRST".contains(&text.get(8)?.to_ascii_uppercase())).then_some(0)
}

/// NIR, `1 85 05 78 006 084 36`: INSEE, key 97 minus the number modulo 97.
fn france(groups: &Groups<'_>) -> Option<usize> {
    let spaced =
        groups.are_digits(&[1, 2, 2, 2, 3, 3, 2], b" ") || groups.are_digits(&[1, 2, 2, 2, 3, 3, 2], b"-");
    let whole = groups.are_digits(&[15], b" ");
    let n = if spaced { 7 } else { 1 };
    if !(spaced || whole) {
        return None;
    }
    let all: u64 = digits(groups, n).fold(0, |n, d| n * 10 + u64::from(d));
    let (body, key) = (all / 100, all % 100);
    let sex = matches!(body / 1_000_000_000_000, 1..=4 | 7 | 8);
    let month = body / 100_000_000 % 100;
    (sex && (matches!(month, 1..=12 | 20..=42 | 50..=99)) && key == 97 - body % 97).then_some(n - 1)
}

/// Personnummer, `811228-9874`: Skatteverket, a date and Luhn.
fn sweden(groups: &Groups<'_>) -> Option<usize> {
    let short = groups.are_digits(&[6, 4], b"-");
    let long = groups.are_digits(&[8, 4], b"-");
    if !(short || long) {
        return None;
    }
    let born = groups.text(0);
    let born = born.get(born.len() - 6..)?;
    let mut ten = born.to_vec();
    ten.extend(groups.text(1));
    let values: Vec<u8> = ten.iter().map(|b| b - b'0').collect();
    // Coordination numbers add 60 to the day.
    let day = number(born.get(4..6)?);
    let dated = (1..=12).contains(&number(born.get(2..4)?)) && matches!(day, 1..=31 | 61..=91);
    (dated && super::card::luhn(&values)).then_some(1)
}

/// AHV number, `756.1234.5678.97`: Swiss federal law AHVG, EAN-13.
fn switzerland(groups: &Groups<'_>) -> Option<usize> {
    let spaced = groups.are_digits(&[3, 4, 4, 2], b".");
    let whole = groups.are_digits(&[13], b".");
    let n = if spaced { 4 } else { 1 };
    if !(spaced || whole) || !groups.text(0).starts_with(b"756") {
        return None;
    }
    let sum: u32 = digits(groups, n).enumerate().map(|(i, d)| if i % 2 == 0 { d } else { d * 3 }).sum();
    sum.is_multiple_of(10).then_some(n - 1)
}

/// Resident registration number, `850101-1234567`: a date, a sex digit, check digit modulo 11.
fn korea(groups: &Groups<'_>) -> Option<usize> {
    if !groups.are_digits(&[6, 7], b"-") {
        return None;
    }
    let born = groups.text(0);
    let sex = matches!(groups.text(1).first(), Some(b'1'..=b'8'));
    (is_day(born.get(2..4)?, born.get(4..6)?) && sex).then_some(1)
}

/// SIN, `046 454 286`: Service Canada, Luhn.
fn canada(groups: &Groups<'_>) -> Option<usize> {
    if !(groups.are_digits(&[3, 3, 3], b" ") || groups.are_digits(&[3, 3, 3], b"-")) {
        return None;
    }
    let values: Vec<u8> = (0..3).flat_map(|n| groups.text(n)).map(|b| b - b'0').collect();
    super::card::luhn(&values).then_some(2)
}

/// Aadhaar, `2341 2341 2346`: UIDAI, with Verhoeff's check digit. PAN, `ABCPE1234F`: Income Tax Rules, rule 114.
fn india(groups: &Groups<'_>) -> Option<usize> {
    if groups.are_digits(&[4, 4, 4], b" ") || groups.are_digits(&[4, 4, 4], b"-") {
        let starts = matches!(groups.text(0).first(), Some(b'2'..=b'9'));
        return (starts && verhoeff(digits(groups, 3)) && groups.end(2).is_some()).then_some(2);
    }
    let [a, b, c, kind, e, d @ .., check] = groups.text(0) else { return None };
    let letters = [a, b, c, kind, e, check].iter().all(|b| b.is_ascii_uppercase());
    (letters && d.len() == 4 && all_digits(d) && b"ABCFGHJLPT".contains(kind)).then_some(0)
}

/// CURP, `HEGG560427MVZRRL04`: Diario Oficial 18/10/2021, letters and digits in fixed places.
fn mexico(groups: &Groups<'_>) -> Option<usize> {
    const SHAPE: &[u8; 18] = b"LLLLDDDDDDSLLLLLAD";
    let text = groups.text(0);
    let shaped = text.len() == 18
        && text.iter().zip(SHAPE).all(|(b, s)| match s {
            b'D' => b.is_ascii_digit(),
            b'S' => matches!(b.to_ascii_uppercase(), b'H' | b'M' | b'X'),
            b'A' => b.is_ascii_alphanumeric(),
            _ => b.is_ascii_alphabetic(),
        });
    (shaped && is_day(text.get(6..8)?, text.get(8..10)?)).then_some(0)
}

/// Is the check digit right by Verhoeff's scheme, over the dihedral group of ten elements?
fn verhoeff(digits: impl Iterator<Item = u32>) -> bool {
    const PERMUTED: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let values: Vec<u32> = digits.collect();
    let check = values.iter().rev().enumerate().try_fold(0_u32, |check, (i, d)| {
        let permuted = PERMUTED.get(i % 8)?.get(*d as usize)?;
        Some(multiply(check, u32::from(*permuted)))
    });
    check == Some(0)
}

/// The multiplication of the dihedral group, from its definition: numbers below five are rotations, the others are
/// reflections.
const fn multiply(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}
