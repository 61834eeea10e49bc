//! Numbers with check digits.

use super::rng::Rng;

pub(crate) fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            if i % 2 == 1 { d } else { (d * 2) / 10 + (d * 2) % 10 }
        })
        .sum();
    (10 - sum % 10) % 10
}

/// The number of a Visa or Mastercard card, with `sign` between its groups of four.
pub(crate) fn card(r: &mut Rng, sign: &str) -> String {
    let start = r.pick(&["4", "51", "55"]);
    let body = format!("{start}{}", r.digits(15 - start.len()));
    let number = format!("{body}{}", luhn_digit(&body));
    let groups: Vec<&str> = (0..4).map(|n| &number[n * 4..n * 4 + 4]).collect();
    groups.join(sign)
}

/// The number of a German or a British account, with its check digits.
pub(crate) fn iban(r: &mut Rng, grouped: bool) -> String {
    let (country, account) = match r.below(2) {
        0 => ("DE", r.digits(18)),
        _ => ("GB", format!("{}{}", r.upper(4), r.digits(14))),
    };
    let moved = format!("{account}{country}00");
    let rest = moved.bytes().fold(0_u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    });
    let number = format!("{country}{:02}{account}", 98 - rest);
    if !grouped {
        return number;
    }
    let groups: Vec<&[u8]> = number.as_bytes().chunks(4).collect();
    groups.iter().map(|g| std::str::from_utf8(g).unwrap()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn ssn(r: &mut Rng) -> String {
    format!("{:03}-{:02}-{:04}", 100 + r.below(500), 1 + r.below(99), 1 + r.below(9999))
}

pub(crate) fn cpf(r: &mut Rng) -> String {
    let mut d: Vec<u32> = (0..9).map(|_| r.below(10) as u32).collect();
    for _ in 0..2 {
        let n = d.len() as u32;
        let sum: u32 = d.iter().zip((2..=n + 1).rev()).map(|(d, w)| d * w).sum();
        d.push(if sum % 11 < 2 { 0 } else { 11 - sum % 11 });
    }
    let s: String = d.iter().map(ToString::to_string).collect();
    format!("{}.{}.{}-{}", &s[..3], &s[3..6], &s[6..9], &s[9..])
}
