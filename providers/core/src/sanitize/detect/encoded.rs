//! Finds readable text that is encoded in base64 (RFC 4648) or hexadecimal digits; a random key does not decode to
//! readable text. Also finds the stored forms of passwords (`crypt(5)`, the PHC string format).

use super::cursor::Cursor;

/// Fewest bytes in hexadecimal digits. Fewer bytes may be readable by chance.
const HEX_BYTES: usize = 10;

/// Fewest characters of base64. They encode twelve bytes, which are readable by chance once in 140,000 texts.
const BASE64: usize = 16;

/// Can this byte be in a readable text? Zeros can, because SASL's PLAIN (RFC 4616) has them between its parts.
const fn is_readable(b: u8) -> bool {
    matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0)
}

fn nibble(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Do these hexadecimal digits decode to a text?
pub(super) fn is_hex_text(digits: &[u8]) -> bool {
    let (pairs, rest) = digits.as_chunks::<2>();
    pairs.len() >= HEX_BYTES
        && rest.is_empty()
        && pairs.iter().all(|[high, low]| {
            matches!((nibble(*high), nibble(*low)), (Some(high), Some(low)) if is_readable(high << 4 | low))
        })
}

fn sextet(b: u8) -> Option<u32> {
    Some(u32::from(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// Does this base64 decode to a text? Names of programs and paths consist of the same characters, but do not decode to
/// text.
pub(super) fn is_base64_text(text: &[u8]) -> bool {
    if text.len() < BASE64 || !text.len().is_multiple_of(4) {
        return false;
    }
    let padding = text.iter().rev().take(2).take_while(|b| **b == b'=').count();
    let Some(body) = text.get(..text.len() - padding) else { return false };
    // The text must have letters of both cases, because words with signs between them mostly have one.
    let mixed = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
    let (mut bits, mut held) = (0_u32, 0_u32);
    mixed
        && body.iter().all(|b| {
            let Some(six) = sextet(*b) else { return false };
            bits = (bits << 6 | six) & 0xfff;
            held += 6;
            if held < 8 {
                return true;
            }
            held -= 8;
            is_readable((bits >> held & 0xff) as u8)
        })
}

/// The start of a stored password, `$2b$…` or `$argon2id$…`, that contains the part at `part`.
pub(super) fn hash(cursor: Cursor<'_>, part: usize) -> Option<usize> {
    const SCHEMES: [&[u8]; 14] = [
        b"1",
        b"2",
        b"2a",
        b"2b",
        b"2y",
        b"5",
        b"6",
        b"7",
        b"y",
        b"gy",
        b"apr1",
        b"argon2i",
        b"argon2d",
        b"argon2id",
    ];
    if cursor.before(part) != b'$' {
        return None;
    }
    let is_part =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'$' | b'.' | b'/' | b'=' | b',' | b'+' | b'-');
    let start = cursor.back(part, part.saturating_sub(128), is_part);
    let start = cursor.ahead_at_most(start, part - start, |b| b != b'$');
    let scheme = cursor.slice(start + 1, cursor.ahead_at_most(start + 1, 10, |b| b != b'$'));
    SCHEMES.contains(&scheme).then_some(start)
}
