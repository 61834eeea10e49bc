//! Payment cards (ISO/IEC 7812).

use super::groups::Groups;

/// Most digits of a card's number (ISO/IEC 7812-1).
const DIGITS: usize = 19;

/// The end of a card's number that starts with the first group. It has 13 to 19 digits in groups of two or more, with
/// one sign between groups.
pub(super) fn find(groups: &Groups<'_>) -> Option<usize> {
    let mut digits = [0_u8; DIGITS];
    let mut len = 0;
    let sign = groups.get(0)?.sign;
    let mut last = None;
    for (n, group) in groups.iter().enumerate() {
        let text = groups.text(n);
        if !text.iter().all(u8::is_ascii_digit) || len + text.len() > DIGITS || (n > 0 && text.len() < 2) {
            break;
        }
        for (slot, b) in digits.iter_mut().skip(len).zip(text) {
            *slot = b - b'0';
        }
        len += text.len();
        if digits.get(..len).is_some_and(is_card) {
            // An underscore may follow the number: `order_4111111111111111_failed`.
            let joined = groups.byte(group.end) == b'_';
            last = groups.end(n).or(joined.then_some(group.end)).or(last);
        }
        if group.sign != sign || !matches!(sign, b' ' | b'-' | b'.') {
            break;
        }
    }
    last
}

/// Is this the number of a payment card? Its length and first digits must be those of a brand, and its check digit must
/// be right.
pub(crate) fn is_card_number(n: u64) -> bool {
    let mut digits = [0_u8; 20];
    let mut rest = n;
    let mut len = 0;
    for slot in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *slot = (rest % 10) as u8;
        rest /= 10;
        len += 1;
    }
    digits.get(20 - len..).is_some_and(is_card)
}

/// Like [`is_card_number`], for a list of the digits' values.
pub(super) fn is_card(digits: &[u8]) -> bool {
    let head = |n: usize| digits.iter().take(n).fold(0_u32, |head, d| head * 10 + u32::from(*d));
    // ISO/IEC 7812-1 and the ranges that the brands publish: Visa, Mastercard, American Express, Diners Club, Discover,
    // JCB, UnionPay, Mir, RuPay, Maestro, Dankort (5019), Troy (9792), Humo (9860), Uzcard (8600), Elo (5067, 6362),
    // Hipercard (6062), Verve (5060, 5061, 5078, 5079), InterPayment (636), InstaPayment (637 to 639), Laser (6304, 6706,
    // 6709, 6771), Switch and Solo (6331 to 6335, 6767), UATP (1), NAPAS (9704), Diners Club enRoute (2014, 2149).
    let brand = match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(3), 300..=305 | 309) || matches!(head(2), 36 | 38 | 39),
        15 => matches!(head(2), 34 | 37) || matches!(head(4), 1800 | 2014 | 2131 | 2149) || head(1) == 1,
        16 => {
            head(1) == 4
                || matches!(head(2), 36 | 51..=55 | 58 | 60 | 62 | 64 | 65 | 81 | 82)
                || matches!(head(3), 636..=639)
                || matches!(
                    head(4),
                    2200..=2205 | 2221..=2720 | 3528..=3589 | 5018..=5020 | 5038 | 5060..=5061 | 5067 | 5078 | 5079 | 5612 | 5641
                        | 5893 | 6062 | 6304 | 6331..=6335 | 6362 | 6390 | 6706 | 6709 | 6759..=6763 | 6767 | 6771 | 8600
                        | 9704 | 9792 | 9860
                )
        }
        17 => head(2) == 62,
        18 => head(2) == 62 || matches!(head(4), 6331..=6335 | 6759 | 6767),
        19 => {
            head(1) == 4
                || matches!(head(2), 60 | 62 | 64 | 65)
                || matches!(head(4), 3528..=3589 | 5018..=5020 | 5038 | 5060 | 5061 | 5078 | 5079 | 6304 | 6331..=6335 | 6706 | 6759..=6763 | 6767 | 6771 | 9704)
        }
        _ => false,
    };
    brand && luhn(digits)
}

/// Is the check digit right (ISO/IEC 7812-1 annex B)?
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = u32::from(*d);
            if i % 2 == 0 {
                d
            } else if d > 4 {
                d * 2 - 9
            } else {
                d * 2
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_with_a_good_check_digit_are_cards() {
        // The test numbers that the brands publish.
        for n in [
            4_111_111_111_111_111,
            5_555_555_555_554_444,
            378_282_246_310_005,
            30_569_309_025_904,
            2_223_003_122_003_222,
        ] {
            assert!(is_card_number(n), "{n}");
            assert!(!is_card_number(n + 1), "{n} + 1");
        }
        // Times in milliseconds, microseconds and nanoseconds since 1970, and numbers that are too short.
        for n in [1_763_683_200_000, 1_763_683_200_000_000, 1_763_683_200_000_000_000, 0, 42, 4_111, u64::MAX]
        {
            assert!(!is_card_number(n), "{n}");
        }
    }
}
