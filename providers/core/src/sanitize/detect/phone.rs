//! Finds phone numbers: E.164 numbers with a plus sign, numbers of the North American plan, and national numbers that
//! start with a zero.

use super::cursor::{Cursor, is_ident};
use super::groups::Groups;
use super::{Redaction, Span};

/// Number of digits of an international number. E.164 allows 15; numbers with fewer than eight are extensions.
const INTERNATIONAL: std::ops::RangeInclusive<usize> = 8..=15;

/// The number whose `+` is at `at`: `+49 (0)30 1234567`.
pub(super) fn international(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    if !matches!(cursor.at(at + 1), b'0'..=b'9' | b'(')
        || is_ident(cursor.before(at))
        || cursor.before(at) == b'+'
    {
        return None;
    }
    let mut end = at + 1;
    let mut digits = 0;
    let mut i = at + 1;
    while i < at + 40 {
        match cursor.at(i) {
            b'0'..=b'9' => {
                digits += 1;
                end = i + 1;
            }
            // Between groups may be one sign, or a bracket and a space.
            b' ' | b'-' | b'.' | b'/'
                if cursor.at(i + 1).is_ascii_digit() || matches!(cursor.at(i + 1), b'(' | b')') => {}
            // DIN 5008:2001 writes `30 / 8817-2264`.
            b' ' if cursor.has(i, b" / ") && cursor.at(i + 3).is_ascii_digit() => i += 2,
            b'(' | b')' => {}
            _ => break,
        }
        i += 1;
    }
    let start = if cursor.before(at) == b'(' { at - 1 } else { at };
    // No country code starts with a zero, and no offset of a clock has nine digits.
    let written = cursor.at(at + 1) != b'0' || digits >= 9;
    (INTERNATIONAL.contains(&digits) && written && !is_ident(cursor.at(end))).then_some(Span {
        start,
        end,
        kind: Redaction::Phone,
    })
}

/// The number at `start` whose area code is before a slash with blanks, as in older German letters (DIN 5008:2001):
/// `0711 / 90 44 18-27`.
pub(super) fn with_area(cursor: Cursor<'_>, start: usize) -> Option<Span> {
    let area = cursor.ahead_at_most(start, 6, |b| b.is_ascii_digit());
    let coded = cursor.at(start) == b'0' && cursor.at(start + 1) != b'0' && (3..=5).contains(&(area - start));
    if !coded || !cursor.has(area, b" / ") || is_ident(cursor.before(start)) {
        return None;
    }
    let (mut end, mut digits, mut groups) = (area, area - start, 0);
    let mut i = area + 3;
    while digits <= 13 {
        let group = cursor.ahead_at_most(i, 9, |b| b.is_ascii_digit());
        if group == i {
            break;
        }
        (end, digits, groups) = (group, digits + group - i, groups + 1);
        let goes_on = matches!(cursor.at(group), b' ' | b'-') && cursor.at(group + 1).is_ascii_digit();
        if !goes_on {
            break;
        }
        i = group + 1;
    }
    let long = groups > 1 || digits > area - start + 5;
    let whole = (8..=13).contains(&digits) && long && !is_ident(cursor.at(end));
    whole.then_some(Span { start, end, kind: Redaction::Phone })
}

/// The end of a number without a plus sign that starts with the first group.
pub(super) fn national(groups: &Groups<'_>) -> Option<usize> {
    let first = groups.text(0);
    // In `555-123-4567`, `555.123.4567` and `1-555-123-4567`, area and exchange start with 2 to 9 (NANPA).
    for (lens, at) in [(&[3, 3, 4][..], 0), (&[1, 3, 3, 4], 1)] {
        if groups.are_digits(lens, b"-. ")
            && area(groups.text(at))
            && area(groups.text(at + 1))
            && (at == 0 || first == b"1")
        {
            return groups.end(lens.len() - 1);
        }
    }
    // In `(555) 123-4567`, the bracket after the first group ends the row of groups.
    let cursor = groups.cursor;
    if let Some(group) =
        groups.get(0).filter(|g| g.len() == 3 && cursor.before(g.start) == b'(' && cursor.at(g.end) == b')')
    {
        let next = cursor.ahead_at_most(group.end + 1, 1, |b| b == b' ');
        let tail = cursor.slice(next, next + 8);
        let shaped = tail.len() == 8
            && tail
                .iter()
                .enumerate()
                .all(|(n, b)| if n == 3 { matches!(b, b'-' | b'.' | b' ') } else { b.is_ascii_digit() });
        if first.starts_with(b"0") {
            return in_bracket(cursor, group.end + 1);
        }
        return (shaped && area(first) && !is_ident(cursor.at(next + 8))).then_some(next + 8);
    }
    let coded = |first: &[u8]| matches!(first, [b'0', b'1'..=b'9', ..]) && (3..=6).contains(&first.len());
    if let Some(group) = groups.get(0)
        && coded(first)
        && cursor.before(group.start) == b'('
        && cursor.at(group.end) == b')'
    {
        return in_bracket(cursor, group.end + 1);
    }
    // `06 12 34 56 78` (France) has groups of two digits. `020 7946 0958` and `030/1234567` have groups of three or
    // more, because groups of two could be a date.
    let international = first.starts_with(b"00") && matches!(first.get(2), Some(b'1'..=b'9'));
    if !(international || (first.first() == Some(&b'0') && matches!(first.get(1), Some(b'1'..=b'9')))) {
        return None;
    }
    // The end of a longer number is not a number of its own.
    let start = groups.get(0)?.start;
    if cursor.before(start) == b' ' && cursor.before(start - 1).is_ascii_digit() {
        return None;
    }
    if groups.are_digits(&[2, 2, 2, 2, 2], b" .-") {
        return groups.end(4);
    }
    let mut digits = 0;
    for (n, group) in groups.iter().enumerate() {
        let text = groups.text(n);
        if !text.iter().all(u8::is_ascii_digit) || (text.len() < 3 && !international) {
            return None;
        }
        digits += text.len();
        if n > 0 && (9..=13).contains(&digits) && groups.end(n).is_some() {
            return groups.end(n);
        }
        if !matches!(group.sign, b' ' | b'-' | b'/') {
            return None;
        }
    }
    None
}

/// The end of a number whose area code, which starts with a zero, is in a bracket that ends at `end`: `(030) 5557 2291`.
fn in_bracket(cursor: Cursor<'_>, end: usize) -> Option<usize> {
    let mut i = cursor.ahead_at_most(end, 1, |b| b == b' ');
    let mut digits = 0;
    loop {
        let group = cursor.ahead_at_most(i, 9, |b| b.is_ascii_digit());
        digits += group - i;
        let goes_on = matches!(cursor.at(group), b' ' | b'-' | b'/') && cursor.at(group + 1).is_ascii_digit();
        if group == i || !goes_on || digits > 10 {
            return ((6..=10).contains(&digits) && !is_ident(cursor.at(group))).then_some(group);
        }
        i = group + 1;
    }
}

fn area(digits: &[u8]) -> bool {
    matches!(digits.first(), Some(b'2'..=b'9'))
}
