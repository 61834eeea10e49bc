//! Finds personal numbers: cards, bank accounts, national ids, phones. They are written in groups with one sign between
//! groups. So the groups are found once, and every detector looks at the same groups.

use super::cursor::{Cursor, is_ident};
use super::groups::{GROUP, Groups};
use super::{
    BuiltIn, Finding, Redaction, Span, bytes, card, iban, labelled, national, phone, position, vendor,
};

const fn is_alnum(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

/// Looks at the numbers that touch the sixteen bytes from eight before `at` to eight after it. Returns the place up to
/// which it looked. A label may be before `floor`, the end of the last number, but not before `done`.
pub(super) fn find(
    cursor: Cursor<'_>,
    at: usize,
    floor: usize,
    done: usize,
    found: &mut Vec<Finding>,
) -> usize {
    let stop = (at + 8).min(cursor.len());
    let mut i = floor.max(at.saturating_sub(8));
    while i < stop {
        let digit = cursor.ahead_at_most(i, stop - i, |b| !b.is_ascii_digit());
        if digit >= stop {
            break;
        }
        let start = start(cursor, digit, floor);
        let digits = Digits::at(cursor, start);
        // A number may have some letters before it: a passport's `V36155845`.
        let lettered =
            start < digit && digit - start <= labelled::LETTERS && cursor.at(digit + 4).is_ascii_digit();
        // It may have letters between its digits too: `12AB34567`.
        let mixed = digits.first - start < labelled::SHORTEST && cursor.at(digits.first).is_ascii_uppercase();
        let announced = match cursor.before(start) {
            b'[' => BuiltIn::ByteList.found(bytes::find(cursor, start)),
            _ if digits.count >= labelled::SHORTEST || lettered || mixed => {
                BuiltIn::LabelledNumber.found(labelled::find(cursor, start, done))
            }
            _ => None,
        };
        let announced = announced
            .or_else(|| written_out(cursor, start, floor, &digits))
            .or_else(|| short_first(cursor, start, floor, &digits))
            .or_else(|| BuiltIn::LabelledNumber.found(labelled::born(cursor, start, digits.first, done)));
        let (behind, form) = match first_look(cursor, start, &digits) {
            FirstLook::Skip(behind) => (behind, None),
            FirstLook::Closer(behind) => (behind, look(&Groups::at(cursor, start))),
        };
        if let Some((end, detector, kind)) = form {
            found.extend(detector.found(Some(Span { start, end, kind })));
        }
        found.extend(announced);
        let taken = announced.map(|number| number.end).max(form.map(|(end, ..)| end));
        i = taken.unwrap_or(behind).max(digit + 1);
    }
    i.max(stop)
}

/// Finds a list of bytes, or a token, that starts with a number.
#[inline]
fn written_out(cursor: Cursor<'_>, start: usize, floor: usize, digits: &Digits) -> Option<Finding> {
    let len = digits.first - start;
    // Most numbers are neither short nor very long, so they are excluded first.
    if (4..bytes::WRITTEN).contains(&len) {
        let app = len >= 13 && cursor.at(digits.first) == b'|';
        return if app {
            BuiltIn::VendorToken.found(vendor::facebook(cursor, start, digits.first))
        } else {
            None
        };
    }
    let sign = cursor.at(start + 2);
    let listed = matches!(cursor.at(digits.first), b' ' | b',') && len > 0;
    if len >= bytes::WRITTEN || (listed && matches!(cursor.at(digits.first + 1), b' ' | b'0'..=b'9')) {
        let found = BuiltIn::ByteList.found(bytes::bare(cursor, start));
        if found.is_some() {
            return found;
        }
    }
    // A row has at least three pairs, `6d 72 67 …`, `0x6d, 0x72, …`, because two could be a time.
    let row = match sign {
        b' ' | b':' | b'-' => cursor.at(start + 5) == sign && cursor.at(start + 8) == sign,
        b',' => true,
        _ => cursor.at(start + 1) == b'x' && matches!(cursor.at(start + 4), b' ' | b','),
    };
    if row { BuiltIn::ByteList.found(bytes::spaced_hex(cursor, start, floor)) } else { None }
}

/// Finds a position or a telephone number that starts with a short group of digits.
#[inline]
fn short_first(cursor: Cursor<'_>, start: usize, floor: usize, digits: &Digits) -> Option<Finding> {
    let (len, next) = (digits.first - start, cursor.at(digits.first));
    match next {
        b'.' | b',' | 0xc2 if (1..=3).contains(&len) => {
            BuiltIn::Position.found(position::find(cursor, start, floor))
        }
        b' ' if (1..=3).contains(&len) && cursor.has(digits.first, b" deg") => {
            BuiltIn::Position.found(position::find(cursor, start, floor))
        }
        b' ' if len > 2 && cursor.at(digits.first + 1) == b'/' => {
            BuiltIn::Phone.found(phone::with_area(cursor, start))
        }
        _ => None,
    }
}

/// The start of the word that contains `digit`, or of the two capitals before it: `AB 12 34 56 C`.
fn start(cursor: Cursor<'_>, digit: usize, floor: usize) -> usize {
    let word = cursor.back(digit, floor.max(digit.saturating_sub(GROUP)), |b| b.is_ascii_alphanumeric());
    let spaced = word == digit && word >= floor + 3 && matches!(cursor.before(word), b' ' | b'-');
    let capitals = spaced && cursor.slice(word - 3, word - 1).iter().all(u8::is_ascii_uppercase);
    if capitals && !is_ident(cursor.before(word - 3)) { word - 3 } else { word }
}

enum FirstLook {
    /// No number starts here. The search goes on at this place.
    Skip(usize),
    /// A number may start here. If none does, the search goes on at this place.
    Closer(usize),
}

/// Could a number start at `i`? It needs enough digits for the shortest number, or the letters and digits of an id that
/// starts with letters.
fn first_look(cursor: Cursor<'_>, i: usize, digits: &Digits) -> FirstLook {
    let edge = cursor.before(i);
    // A character beyond ASCII before a number counts like a space.
    let joined = edge == b'_' && (13..=19).contains(&(digits.first - i));
    let inside = (is_ident(edge) && !joined) || matches!(edge, b'$' | b'#');
    if inside || (edge == b'.' && i > 1 && cursor.before(i - 1).is_ascii_digit()) {
        return FirstLook::Skip(cursor.claim(i, is_alnum));
    }
    if cursor.at(i).is_ascii_digit() {
        return digits_first(cursor, i, digits);
    }
    // Ids that start with letters: `GB29…`, `AB 12 34 56 C`, `X1234567L`, `RSSMRA85…`, `HEGG56…`, `ABCPE1234F`.
    let letters = cursor.ahead_at_most(i, 7, |b| b.is_ascii_alphabetic());
    let shaped = match letters - i {
        1 => matches!(cursor.at(i), b'X'..=b'Z' | b'x'..=b'z' | b'S' | b'T' | b'F' | b'G' | b'M'),
        2 | 4..=6 => true,
        _ => false,
    };
    let behind = cursor.claim(letters, is_alnum);
    if shaped { FirstLook::Closer(behind) } else { FirstLook::Skip(behind) }
}

fn digits_first(cursor: Cursor<'_>, i: usize, digits: &Digits) -> FirstLook {
    let first = digits.first;
    // A date with a time is not such a number: `2026-11-20 12:00`.
    let hyphens = cursor.at(first) == b'-' && cursor.at(first + 3) == b'-';
    if first == i + 4 && hyphens && matches!(cursor.slice(i, i + 2), b"19" | b"20") {
        return FirstLook::Skip(time(cursor, first + 6).unwrap_or(first + 6));
    }
    // Four ids have fewer than nine digits here: a Spanish DNI (`12345678Z`), an Irish PPS number (`1234567T`), a
    // Finnish identity code (`010101A123N`) and a Medicare id (`1EG4-TE5-MK73`). All other numbers have nine digits or
    // more.
    let letter = cursor.at(first).is_ascii_uppercase();
    let short = (first == i + 8 && digits.count == 8) || (letter && matches!(first - i, 1 | 6 | 7));
    if digits.count >= 9 || short {
        FirstLook::Closer(cursor.claim(first, is_alnum))
    } else {
        FirstLook::Skip(cursor.claim(digits.end, is_alnum))
    }
}

/// Longest stretch in which digits are counted, in bytes.
const WINDOW: usize = 24;

/// Most signs between two groups, `(030) (12)`. More signs separate columns of a table.
const SIGNS: usize = 3;

/// The digits from one place on, which may have signs between them.
struct Digits {
    count: usize,
    /// The end of the first group.
    first: usize,
    /// The end of the last group that lies wholly inside of the window.
    end: usize,
}

impl Digits {
    fn at(cursor: Cursor<'_>, i: usize) -> Self {
        let first = cursor.ahead_at_most(i, WINDOW, |b| b.is_ascii_digit());
        let mut digits = Self { count: first - i, first, end: first };
        let mut at = first;
        let mut last = first;
        while at < i + WINDOW {
            match cursor.at(at) {
                b'0'..=b'9' => {
                    digits.count += 1;
                    last = at + 1;
                }
                b' ' | b'-' | b'.' | b'/' | b'(' | b')' if at < last + SIGNS => {}
                _ => {
                    digits.end = last;
                    break;
                }
            }
            at += 1;
        }
        digits
    }
}

/// The end of the time after a date that ends at `i`: `T12:00:00.123` (RFC 3339).
fn time(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let time = cursor.slice(i, i + 9).first_chunk::<9>()?;
    let [b'T' | b't' | b' ', h, _, b':', m, _, b':', s, last] = time else { return None };
    if ![h, m, s, last].into_iter().all(u8::is_ascii_digit) {
        return None;
    }
    let fraction = usize::from(cursor.at(i + 9) == b'.');
    Some(cursor.ahead_at_most(i + 9 + fraction, 9, |b| b.is_ascii_digit()))
}

fn look(groups: &Groups<'_>) -> Option<(usize, BuiltIn, Redaction)> {
    let first = groups.text(0);
    if first.first().is_some_and(u8::is_ascii_digit)
        && let Some(end) = card::find(groups)
    {
        return Some((end, BuiltIn::Card, Redaction::Card));
    }
    if let Some(end) = iban::find(groups) {
        return Some((end, BuiltIn::Iban, Redaction::Iban));
    }
    if let Some(end) = national::find(groups) {
        return Some((end, BuiltIn::NationalId, Redaction::NationalId));
    }
    phone::national(groups).map(|end| (end, BuiltIn::Phone, Redaction::Phone))
}
