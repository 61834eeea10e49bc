//! Finds further national identity numbers with a check digit or a shape of their own. The module `national` finds the
//! others.

use super::cursor::is_ident;
use super::groups::Groups;

/// The last group of an identity number that starts with the first group.
pub(super) fn find(groups: &Groups<'_>) -> Option<usize> {
    finland(groups)
        .or_else(|| singapore(groups))
        .or_else(|| belgium(groups))
        .or_else(|| eleven(groups))
        .or_else(|| ireland(groups))
        .or_else(|| uk_driver(groups))
        .or_else(|| us_medicare(groups))
        .or_else(|| imei(groups))
        .or_else(|| vin(groups))
}

/// The number of a vehicle, `1M8GDM9AXKP042788`: ISO 3779, with the check digit of 49 CFR 565.15(c).
fn vin(groups: &Groups<'_>) -> Option<usize> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let text = groups.text(0);
    let (check, serial) = (*text.get(8)?, text.get(13..17)?);
    if text.len() != 17 || !digits(serial) || digits(text) {
        return None;
    }
    let mut sum = 0;
    for (b, weight) in text.iter().zip(WEIGHTS) {
        let value = match b {
            b'0'..=b'9' => b - b'0',
            b'A'..=b'H' => b - b'A' + 1,
            b'J'..=b'N' => b - b'J' + 1,
            b'P' => 7,
            b'R' => 9,
            b'S'..=b'Z' => b - b'S' + 2,
            _ => return None,
        };
        sum += u32::from(value) * weight;
    }
    let expected = if sum % 11 == 10 { b'X' } else { b'0' + (sum % 11) as u8 };
    (check == expected).then_some(0)
}

fn number(text: &[u8]) -> u64 {
    text.iter().fold(0, |n, b| n.wrapping_mul(10).wrapping_add(u64::from(b.wrapping_sub(b'0'))))
}

fn digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_day(day: &[u8], month: &[u8]) -> bool {
    digits(day) && digits(month) && (1..=31).contains(&number(day)) && (1..=12).contains(&number(month))
}

/// Henkilötunnus, `131052-308T`, `010101A123N`: Digital and Population Data Services Agency, check character modulo 31.
fn finland(groups: &Groups<'_>) -> Option<usize> {
    let first = groups.text(0);
    let (born, serial, last) = match first.len() {
        6 if groups.get(0)?.sign == b'-' => (first, groups.text(1), 1),
        11 if matches!(first.get(6)?, b'A'..=b'F' | b'U'..=b'Y') => (first.get(..6)?, first.get(7..)?, 0),
        _ => return None,
    };
    let (serial, check) = (serial.get(..3)?, serial.get(3..)?);
    if !is_day(born.get(..2)?, born.get(2..4)?) || !digits(born) || !digits(serial) {
        return None;
    }
    let expected =
        b"0123456789ABCDEFHJKLMNPRSTUVWXY".get((number(born) * 1000 + number(serial)) as usize % 31)?;
    (check.len() == 1 && check.first()?.eq_ignore_ascii_case(expected)).then_some(last)
}

/// NRIC and FIN, `S1234567D`: Immigration and Checkpoints Authority, weights 2 7 6 5 4 3 2 modulo 11.
fn singapore(groups: &Groups<'_>) -> Option<usize> {
    let text = groups.text(0);
    let (kind, body, check) = (*text.first()?, text.get(1..8)?, *text.get(8)?);
    if text.len() != 9 || !digits(body) {
        return None;
    }
    let sum: u32 = body.iter().zip([2, 7, 6, 5, 4, 3, 2]).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let (offset, letters) = match kind {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return None,
    };
    (letters.get((sum + offset) as usize % 11) == Some(&check)).then_some(0)
}

/// National register number, `85.07.30-033.28`: Royal Decree of 3 April 1984, 97 minus the number modulo 97, with a 2
/// before the number since 2000.
fn belgium(groups: &Groups<'_>) -> Option<usize> {
    let lens = [2, 2, 2, 3, 2];
    let signs = [b'.', b'.', b'-', b'.'];
    let shaped = lens.iter().enumerate().all(|(n, len)| {
        groups.get(n).is_some_and(|g| g.len() == *len && signs.get(n).is_none_or(|sign| g.sign == *sign))
            && digits(groups.text(n))
    });
    if !shaped {
        return None;
    }
    let body = (0..4).fold(0, |all, n| all * if n == 3 { 1000 } else { 100 } + number(groups.text(n)));
    let check = number(groups.text(4));
    (check == 97 - body % 97 || check == 97 - (2_000_000_000 + body) % 97).then_some(4)
}

/// Eleven digits without signs: a number of Norway or Belgium, whose checks refuse 97 of 100 other dates, or of Poland
/// after a word for a person.
fn eleven(groups: &Groups<'_>) -> Option<usize> {
    let text = groups.text(0).first_chunk::<11>().filter(|text| digits(*text))?;
    let whole = groups.text(0).len() == 11;
    (whole && (norway(text) || belgium_without_signs(text) || (poland(text) && is_of_person(groups))))
        .then_some(0)
}

/// The sum of the digits, each times its weight.
fn weighted(text: &[u8], weights: &[u32]) -> u32 {
    text.iter().zip(weights).map(|(b, weight)| u32::from(b.wrapping_sub(b'0')) * weight).sum()
}

/// Fødselsnummer, `02048580494`: Skatteetaten, a date and two check digits modulo 11.
fn norway(text: &[u8; 11]) -> bool {
    let [d, e, m, n, ..] = *text;
    // D numbers add 40 to the day.
    let day = [if (b'4'..=b'7').contains(&d) { d - 4 } else { d }, e];
    is_day(&day, &[m, n])
        && weighted(text, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Like [`belgium`], `85073003328`.
fn belgium_without_signs(text: &[u8; 11]) -> bool {
    let [_, _, m, n, d, e, ..] = *text;
    let (body, check) = text.split_at(9);
    let (body, check) = (number(body), number(check));
    is_day(&[d, e], &[m, n]) && (check == 97 - body % 97 || check == 97 - (2_000_000_000 + body) % 97)
}

/// PESEL, `85040266184`: Ministerstwo Cyfryzacji, a date and a check digit modulo 10. The month also tells the century.
fn poland(text: &[u8; 11]) -> bool {
    let [_, _, m, n, d, e, ..] = *text;
    let month = [b'0' + m.wrapping_sub(b'0') % 2, n];
    is_day(&[d, e], &month) && weighted(text, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Is a word for a person or its record directly before the number?
fn is_of_person(groups: &Groups<'_>) -> bool {
    let Some(start) = groups.get(0).map(|group| group.start) else { return false };
    let gap = groups.cursor.back(start, start.saturating_sub(3), |b| matches!(b, b' ' | b':' | b'=' | b'#'));
    gap < start
        && [&b"person"[..], b"record", b"id", b"patient", b"citizen", b"osoba"].iter().any(|word| {
            groups.cursor.ends_any_case(gap, word) && !is_ident(groups.cursor.before(gap - word.len()))
        })
}

/// PPS number, `1234567T`, `1234567FA`: Department of Social Protection, weights 8 to 2 and 9 for the second letter,
/// modulo 23.
fn ireland(groups: &Groups<'_>) -> Option<usize> {
    let text = groups.text(0);
    let (body, check) = (text.get(..7)?, *text.get(7)?);
    let second = match text.get(8) {
        None => 0,
        Some(b @ (b'A'..=b'I' | b'W')) if text.len() == 9 => {
            if *b == b'W' {
                0
            } else {
                u32::from(b - b'A') + 1
            }
        }
        Some(_) => return None,
    };
    if !digits(body) {
        return None;
    }
    let sum: u32 = body.iter().zip((2..=8).rev()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    (b"WABCDEFGHIJKLMNOPQRSTUV".get((sum + 9 * second) as usize % 23) == Some(&check)).then_some(0)
}

/// Driving licence, `MORGA657054SM9IJ`: DVLA, five letters of the surname, a decade, a month (plus 50 for women), a day
/// and a year.
fn uk_driver(groups: &Groups<'_>) -> Option<usize> {
    let text = groups.text(0);
    let (name, born, rest) = (text.get(..5)?, text.get(5..11)?, text.get(11..)?);
    let month = number(born.get(1..3)?);
    let dated = matches!(month, 1..=12 | 51..=62) && (1..=31).contains(&number(born.get(3..5)?));
    let upper = |b: &u8| b.is_ascii_uppercase() || *b == b'9';
    let shaped = rest.len() == 5
        && name.iter().all(upper)
        && rest.get(..2)?.iter().all(upper)
        && rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (digits(born) && dated && shaped).then_some(0)
}

/// Medicare Beneficiary Identifier, `1EG4-TE5-MK73`: CMS, "Understanding the MBI format". The letters S, L, O, I, B and
/// Z are not used.
fn us_medicare(groups: &Groups<'_>) -> Option<usize> {
    let split = groups.text(0).len() == 4 && groups.text(1).len() == 3 && groups.get(0)?.sign == b'-';
    let parts = if split { 3 } else { 1 };
    let text: Vec<u8> = (0..parts).flat_map(|n| groups.text(n)).copied().collect();
    let letter = |b: u8| b.is_ascii_uppercase() && !b"SLOIBZ".contains(&b);
    let fits = |shape: u8, b: u8| match shape {
        b'C' => matches!(b, b'1'..=b'9'),
        b'A' => letter(b),
        b'N' => b.is_ascii_digit(),
        _ => letter(b) || b.is_ascii_digit(),
    };
    (text.len() == 11 && text.iter().zip(b"CAXNAXNAANN").all(|(b, shape)| fits(*shape, *b)))
        .then_some(parts - 1)
}

/// IMEI in printed form, `49-015420-323751-8`: 3GPP TS 23.003 annex B.
fn imei(groups: &Groups<'_>) -> Option<usize> {
    groups.are_digits(&[2, 6, 6, 1], b"-").then_some(3)
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Sanitizer;

    #[test]
    fn numbers_with_a_check_are_found_and_their_neighbours_are_not() {
        let sanitizer = Sanitizer::new();
        // The examples that the issuers publish.
        for (good, bad) in [
            ("131052-308T", "131052-308U"),
            ("S1234567D", "S1234567E"),
            ("85.07.30-033.28", "85.07.30-033.29"),
            ("1234567T", "1234567U"),
            ("1234567FA", "1234567GA"),
            ("MORGA657054SM9IJ", "MORGA699054SM9IJ"),
            ("1EG4-TE5-MK73", "1EG4-TE5-MKB3"),
        ] {
            assert_eq!(
                sanitizer.text(&format!("no entry for {good} here")).as_str(),
                "no entry for [national-id] here"
            );
            assert_eq!(sanitizer.text(bad).as_str(), bad);
        }
    }
}
