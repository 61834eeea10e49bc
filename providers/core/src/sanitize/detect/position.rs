//! Finds geographic positions: degrees with minutes (ISO 6709 annex D, as exiftool and maps write them), and pairs of
//! decimal degrees after a word for a position (RFC 7946, Android's `Location`, OGC's `POINT`).

use super::cursor::{Cursor, is_ident};
use super::{Redaction, Span};

/// Longest stretch between a word for a position and its first number, in bytes.
const GAP: usize = 4;

/// Words before a position, and the fewest decimals of both of its numbers. Games and windows have positions too, but
/// with fewer decimals.
const WORDS: [(&[u8], usize); 14] = [
    (b"gps", 4),
    (b"latlng", 4),
    (b"latlon", 4),
    (b"coordinates", 4),
    (b"coordinate", 4),
    (b"coords", 4),
    (b"geo", 4),
    (b"location", 4),
    (b"fused", 4),
    (b"koordinaten", 4),
    (b"pos", 6),
    (b"position", 6),
    (b"point", 6),
    (b"center", 6),
];

/// The position whose first digit is at `start`.
pub(super) fn find(cursor: Cursor<'_>, start: usize, floor: usize) -> Option<Span> {
    let signed = cursor.before(start) == b'-' && start > floor;
    if is_ident(cursor.before(start)) || cursor.before(start) == b'.' {
        return None;
    }
    if let Some(first) = angle(cursor, start) {
        let gap = cursor.ahead_at_most(first, 3, |b| matches!(b, b' ' | b',' | b';' | b'/'));
        let end = angle(cursor, gap).unwrap_or(first);
        return Some(Span { start, end, kind: Redaction::Redacted });
    }
    let start = if signed { start - 1 } else { start };
    let (first, decimals) = degrees(cursor, start, 180)?;
    let gap = cursor.ahead_at_most(first, 2, |b| matches!(b, b' ' | b',' | b';'));
    let (end, more) = degrees(cursor, gap, 180)?;
    let least = announced(cursor, start, floor)?;
    (gap > first && decimals.min(more) >= least).then_some(Span { start, end, kind: Redaction::Redacted })
}

/// The fewest decimals after the word before `start`.
fn announced(cursor: Cursor<'_>, start: usize, floor: usize) -> Option<usize> {
    let end = cursor.back(start, floor.max(start.saturating_sub(GAP)), |b| {
        matches!(b, b' ' | b'(' | b'[' | b'{' | b'=' | b':' | b'"' | b'\'')
    });
    let is = |word: &[u8]| cursor.ends_any_case(end, word) && !is_ident(cursor.before(end - word.len()));
    WORDS.iter().find(|(word, _)| end < start && is(word)).map(|(_, least)| *least)
}

/// The end of the decimal degrees at `i`, and their number of decimals. Some languages write a comma for the point.
fn degrees(cursor: Cursor<'_>, i: usize, most: u32) -> Option<(usize, usize)> {
    let i = i + usize::from(cursor.at(i) == b'-');
    let point = cursor.ahead_at_most(i, 4, |b| b.is_ascii_digit());
    let whole = cursor.slice(i, point).iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    let end = cursor.ahead_at_most(point + 1, 16, |b| b.is_ascii_digit());
    let fits = (1..=3).contains(&(point - i)) && whole <= most && matches!(cursor.at(point), b'.' | b',');
    (fits && end > point + 1 && !is_ident(cursor.at(end))).then_some((end, end - point - 1))
}

/// The end of the angle at `i`: `59°19'46.3"N`, `59 deg 19' 46.30" N`, `48.1372° N`.
fn angle(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let skip = |i: usize| cursor.ahead_at_most(i, 1, |b| b == b' ');
    let number = |i: usize| {
        let end = cursor.ahead_at_most(i, 10, |b| b.is_ascii_digit() || b == b'.');
        (end > i && cursor.at(i).is_ascii_digit()).then_some(end)
    };
    let sign = |i: usize, signs: &[&str]| {
        signs.iter().find(|sign| cursor.has(i, sign.as_bytes())).map(|sign| i + sign.len())
    };
    let mut end = skip(sign(number(i)?, &["°", " deg", "º"])?);
    if let Some(minutes) = number(end).and_then(|end| sign(end, &["'", "′", "’"])) {
        end = skip(minutes);
        if let Some(seconds) = number(end).and_then(|end| sign(end, &["\"", "″", "”", "''"])) {
            end = skip(seconds);
        }
    }
    let direction =
        matches!(cursor.at(end), b'N' | b'S' | b'E' | b'W' | b'O') && !is_ident(cursor.at(end + 1));
    direction.then_some(end + 1)
}
