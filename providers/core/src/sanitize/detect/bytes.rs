//! Finds a text that is written as its bytes: `[104, 101, 108, …]`, as `Debug` writes a `Vec<u8>`.

use super::cursor::Cursor;
use super::{Redaction, Span};

/// Fewest bytes of a list that counts. Shorter lists are addresses, versions and colours.
const LEAST: usize = 8;

/// Finds a list of bytes whose bracket is before `start` and that reads as text: three quarters of the bytes are
/// printable, and half are letters.
pub(super) fn find(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    let (mut i, mut count, mut printable, mut letters) = (start, 0_usize, 0_usize, 0_usize);
    loop {
        let end = cursor.ahead_at_most(i, 4, |b| b.is_ascii_digit());
        let n = cursor.slice(i, end).iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
        let Some(byte) = u8::try_from(n).ok().filter(|_| end > i) else { break };
        count += 1;
        printable += usize::from(matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
        letters += usize::from(byte.is_ascii_alphabetic() || byte >= 0xc2);
        i = end;
        if cursor.at(end) != b',' {
            break;
        }
        i = cursor.ahead_at_most(end + 1, 12, |b| matches!(b, b' ' | b'\n'));
    }
    let text = count >= LEAST && printable * 4 >= count * 3 && letters * 2 >= count;
    text.then_some(Span { start, end: i, kind: Redaction::Content })
}

/// Fewest bytes of a hex dump. Six bytes are a hardware address.
const SPACED: usize = 8;

/// Fewest hexadecimal digits of a number that is written as the bytes of its digits.
pub(super) const WRITTEN: usize = 2 * SPACED;

/// Longest part of a row of bytes that decides whether the row is a text, in bytes. The rest of the row is removed with
/// it.
const ROW: usize = 256;

/// Largest distance from the start of a hex dump to the place where the pass noticed it, in bytes. The pass notices a
/// dump late if it has few decimal digits.
const BACK: usize = 32;

/// The whole hex dump that has a pair of digits at `at`: `6d 72 67 69 70 40 …`, `6d:72:67:…`, `0x6d, 0x72, …`.
pub(super) fn spaced_hex(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let is_pair = |i: usize| cursor.at(i).is_ascii_hexdigit() && cursor.at(i + 1).is_ascii_hexdigit();
    let at = if cursor.has_any_case(at, b"0x") { at + 2 } else { at };
    // Most numbers are not part of a hex dump, so they are excluded first.
    let step = match (cursor.at(at + 2), cursor.at(at + 3)) {
        _ if !is_pair(at) => return None,
        (b',', b' ') if cursor.has_any_case(at + 4, b"0x") => 6,
        (b',', _) if cursor.has_any_case(at + 3, b"0x") => 5,
        (b' ', _) if cursor.has_any_case(at + 3, b"0x") => 5,
        (b',', b' ') => 4,
        (b' ' | b':' | b'-' | b',', _) => 3,
        _ => return None,
    };
    if !is_pair(at + step) {
        return None;
    }
    let separator = cursor.slice(at + 2, at + step);
    let (mut start, mut count) = (at, 1);
    while start >= floor + step
        && at - start < BACK
        && is_pair(start - step)
        && cursor.slice(start - step + 2, start) == separator
    {
        start -= step;
        count += 1;
    }
    let mut last = at;
    while last - at < ROW && is_pair(last + step) && cursor.slice(last + 2, last + step) == separator {
        last += step;
        count += 1;
    }
    let outside = cursor.before(start).is_ascii_alphanumeric() && !cursor.ends_any_case(start, b"0x");
    let whole = last - at >= ROW || !cursor.at(last + 2).is_ascii_alphanumeric();
    if count < SPACED || outside || !whole {
        return None;
    }
    let bytes = (0..count)
        .filter_map(|n| u8::try_from(hex(cursor.slice(start + n * step, start + n * step + 2))).ok());
    is_text(bytes).then(|| {
        while is_pair(last + step) && cursor.slice(last + 2, last + step) == separator {
            last += step;
        }
        let prefix = if cursor.ends_any_case(start, b"0x") { 2 } else { 0 };
        Span { start: start - prefix, end: last + 2, kind: Redaction::Content }
    })
}

fn hex(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, b| n * 16 + char::from(*b).to_digit(16).unwrap_or(0))
}

/// Are all bytes printable, and is at least half of them a letter, a digit, `@` or `.`?
fn is_text(bytes: impl Iterator<Item = u8>) -> bool {
    let (mut count, mut printable, mut letters) = (0_usize, 0_usize, 0_usize);
    for byte in bytes {
        count += 1;
        printable += usize::from(matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
        letters += usize::from(byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.'));
    }
    printable == count && letters * 2 >= count
}

/// Finds a text that is written as bytes without brackets, `104 101 108 108 111 …`, or a number whose digits are each
/// written as a byte in hexadecimal digits, `34323432…`.
pub(super) fn bare(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    let first = cursor.ahead_at_most(start, 128, |b| b.is_ascii_digit());
    let digits = cursor.slice(start, first);
    if digits.len() >= WRITTEN {
        let pairs = digits.as_chunks::<2>();
        let written = pairs.1.is_empty() && pairs.0.iter().all(|[high, _]| *high == b'3');
        let whole =
            !cursor.before(start).is_ascii_alphanumeric() && !cursor.at(first).is_ascii_alphanumeric();
        return (written && whole).then_some(Span { start, end: first, kind: Redaction::Content });
    }
    if !(2..=3).contains(&digits.len()) || cursor.before(start).is_ascii_alphanumeric() {
        return None;
    }
    let separator = cursor.slice(first, cursor.ahead_at_most(first, 2, |b| matches!(b, b' ' | b',' | b';')));
    if separator.is_empty() {
        return None;
    }
    let (mut i, mut end, mut count, mut steps) = (start, start, 0_usize, 0_usize);
    let (mut letters, mut common, mut last) = (0_usize, 0_usize, 0_u8);
    while i - start < ROW {
        let behind = cursor.ahead_at_most(i, 4, |b| b.is_ascii_digit());
        let n = cursor.slice(i, behind).iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
        let Some(byte) =
            u8::try_from(n).ok().filter(|b| behind > i && matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
        else {
            break;
        };
        count += 1;
        letters += usize::from(byte.is_ascii_lowercase());
        common += usize::from(super::entropy::is_common(last, byte));
        // Bytes that differ from the byte before by at most one, 80 81 82, show that this is a row of numbers.
        steps += usize::from(byte.abs_diff(last) <= 1);
        last = byte;
        end = behind;
        if cursor.slice(behind, behind + separator.len()) != separator {
            break;
        }
        i = behind + separator.len();
    }
    let text = count >= 10 && letters * 2 >= count && steps * 3 < count && common * 4 >= count;
    text.then(|| {
        while cursor.slice(end, end + separator.len()) == separator {
            let next = end + separator.len();
            let behind = cursor.ahead_at_most(next, 3, |b| b.is_ascii_digit());
            if behind == next {
                break;
            }
            end = behind;
        }
        Span { start, end, kind: Redaction::Content }
    })
}
