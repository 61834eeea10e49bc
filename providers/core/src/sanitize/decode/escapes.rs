//! The meaning of each escape, and its length in bytes.

use super::{Piece, first_char};

/// Most layers of percent encoding.
const PERCENT: usize = 4;

/// Decodes `%41`, `%2541` and deeper layers (RFC 3986 section 2.1), and `%u0041` of ECMAScript's `escape`.
pub(super) fn percent(rest: &[u8]) -> (Piece, usize) {
    let mut at = 1;
    for _ in 1..PERCENT {
        if rest.get(at..at + 2) == Some(b"25") && rest.get(at + 2..at + 4).and_then(hex).is_some() {
            at += 2;
        }
    }
    if rest.get(at) == Some(&b'u')
        && let Some(code) = rest.get(at + 1..at + 5).and_then(hex)
    {
        return (character(code), at + 5);
    }
    match rest.get(at..at + 2).and_then(hex) {
        Some(byte @ 0xc2..) if at == 1 => percent_char(rest).unwrap_or((Piece::Byte(byte as u8), at + 2)),
        Some(byte) => (Piece::Byte(byte as u8), at + 2),
        None => (Piece::Same, 1),
    }
}

/// Decodes a percent-encoded character of several bytes, `%EF%BC%9A`, so that a wide character is recognized.
fn percent_char(rest: &[u8]) -> Option<(Piece, usize)> {
    let mut bytes = [0; 4];
    for (n, part) in rest.chunks(3).take(bytes.len()).enumerate() {
        let [b'%', digits @ ..] = part else { return None };
        *bytes.get_mut(n)? = digits.get(..2).and_then(hex)? as u8;
        if let Some(c) = first_char(bytes.get(..=n)?) {
            return Some((Piece::Char(c), 3 * (n + 1)));
        }
    }
    None
}

/// Decodes `=41=42` of quoted-printable (RFC 2045 section 6.7). A single code is an ordinary value: `n=10`.
pub(super) fn quoted_printable(rest: &[u8], before: &[u8]) -> (Piece, usize) {
    let code = |bytes: &[u8]| match bytes {
        [b'=', digits @ ..] => digits.get(..2).and_then(hex),
        _ => None,
    };
    let neighbour = rest.get(3..).is_some_and(|next| code(next).is_some())
        || before
            .len()
            .checked_sub(3)
            .and_then(|at| before.get(at..))
            .is_some_and(|last| code(last).is_some());
    match code(rest).filter(|_| neighbour) {
        Some(byte) => (Piece::Byte(byte as u8), 3),
        None => (Piece::Same, 1),
    }
}

/// HTML's named references for signs that detectors look at.
const NAMED: [(&[u8], char); 18] = [
    (b"amp", '&'),
    (b"quot", '"'),
    (b"apos", '\''),
    (b"commat", '@'),
    (b"period", '.'),
    (b"colon", ':'),
    (b"sol", '/'),
    (b"equals", '='),
    (b"lowbar", '_'),
    (b"nbsp", ' '),
    (b"lt", '<'),
    (b"gt", '>'),
    (b"bsol", '\\'),
    (b"percnt", '%'),
    (b"plus", '+'),
    (b"num", '#'),
    (b"quest", '?'),
    (b"hyphen", '-'),
];

/// Decodes `&#64;`, `&#x40;`, `&commat;` (HTML, section 13.5).
pub(super) fn entity(rest: &[u8]) -> (Piece, usize) {
    let body = rest.get(1..).unwrap_or_default();
    let len = body.iter().take(10).position(|b| *b == b';').unwrap_or(0);
    let name = body.get(..len).unwrap_or_default();
    let code = match name {
        [b'#', b'x' | b'X', digits @ ..] => hex(digits).and_then(char::from_u32),
        [b'#', digits @ ..] => decimal(digits).and_then(char::from_u32),
        _ => NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c),
    };
    code.map_or((Piece::Same, 1), |c| (Piece::Char(c), len + 2))
}

fn decimal(digits: &[u8]) -> Option<u32> {
    let all = !digits.is_empty() && digits.len() <= 7 && digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// Decodes `\n`, `\"`, `\/`, `\x41`, `\u0041`, `\u{41}`, `\U00000041`, `\101`.
pub(super) fn escape(rest: &[u8]) -> (Piece, usize) {
    let byte = |code: u32| Piece::Byte(code as u8);
    let (piece, taken) = match rest.get(1) {
        Some(b'n') => (Some(Piece::Byte(b'\n')), 2),
        Some(b'r') => (Some(Piece::Byte(b'\r')), 2),
        Some(b't') => (Some(Piece::Byte(b'\t')), 2),
        Some(b @ (b'"' | b'\'' | b'/' | b'\\')) => (Some(Piece::Byte(*b)), 2),
        // Such escapes stand for bytes: `\xc3\xa9` are the two bytes of one character.
        Some(b'x') => (rest.get(2..4).and_then(hex).map(byte), 4),
        Some(b'u') if rest.get(2) == Some(&b'{') => {
            let digits = rest.get(3..).unwrap_or_default();
            let n = digits.iter().take(7).position(|b| *b == b'}').unwrap_or(0);
            (digits.get(..n).and_then(hex).map(character), n + 4)
        }
        Some(b'u') => (rest.get(2..6).and_then(hex).map(character), 6),
        Some(b'U') => (rest.get(2..10).and_then(hex).map(character), 10),
        Some(b'0'..=b'3') => (rest.get(1..4).and_then(octal).map(byte), 4),
        Some(_) | None => (None, 1),
    };
    piece.map_or((Piece::Same, 1), |piece| (piece, taken))
}

fn character(code: u32) -> Piece {
    Piece::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn hex(digits: &[u8]) -> Option<u32> {
    radix(digits, 16)
}

fn octal(digits: &[u8]) -> Option<u32> {
    radix(digits, 8).filter(|n| *n < 256)
}

fn radix(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |n, b| Some((n << radix.ilog2()) | char::from(*b).to_digit(radix)?))
}

/// The length of a control sequence of ECMA-48 section 5.4, or of the escape character alone, in bytes.
pub(super) fn colour(rest: &[u8]) -> usize {
    if rest.get(1) != Some(&b'[') {
        return 1;
    }
    let parameters = rest.get(2..).unwrap_or_default();
    let n = parameters.iter().take(32).take_while(|b| matches!(b, 0x20..=0x3f)).count();
    match parameters.get(n) {
        Some(0x40..=0x7e) => n + 3,
        Some(_) | None => n + 2,
    }
}
