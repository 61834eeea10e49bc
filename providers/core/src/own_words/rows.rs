//! Rows of names that end with a NUL and to which no table points, such as the names of time zones.

use std::ops::Range;

use super::bytes::breaks_at;
use super::edges::is_name;

/// Number of names in a row that make it a list of words, as in a table.
const LIST: usize = 16;

/// Longest name in such a row, in bytes.
const SHORT: usize = 40;

/// Is the literal at `own` one of a row of names? The literal has bytes that are not text on both sides.
pub(super) fn is_in_one(data: &[u8], own: &Range<usize>) -> bool {
    if !is_name(data.get(own.clone()).unwrap_or_default()) {
        return false;
    }
    let mut names = 1;
    let mut end = own.start;
    while let Some(range) = before(data, end).filter(|range| names < LIST && is_short_name(data, range)) {
        names += 1;
        end = range.start;
    }
    let mut start = own.end;
    while let Some(range) = behind(data, start).filter(|range| names < LIST && is_short_name(data, range)) {
        names += 1;
        start = range.end;
    }
    names >= LIST
}

fn is_short_name(data: &[u8], range: &Range<usize>) -> bool {
    (1..=SHORT).contains(&range.len()) && is_name(data.get(range.clone()).unwrap_or_default())
}

/// The text before the single separator that ends at `end`.
fn before(data: &[u8], end: usize) -> Option<Range<usize>> {
    let last = end.checked_sub(1)?;
    let from = last.saturating_sub(SHORT + 1);
    let start = (from..last).rev().find(|offset| breaks_at(data, *offset)).map_or(from, |offset| offset + 1);
    Some(start..last)
}

/// The text after the single separator at `start`.
fn behind(data: &[u8], start: usize) -> Option<Range<usize>> {
    let first = start + 1;
    let to = data.len().min(first + SHORT + 1);
    let end = (first..to).find(|offset| breaks_at(data, *offset)).unwrap_or(to);
    (first < end).then_some(first..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_names_in_a_row() {
        for (count, is) in [(15, false), (16, true), (40, true)] {
            let zones: Vec<String> = (0..count).map(|i| format!("Europe/Town{i}")).collect();
            let data = format!("\0a message of small letters\0{}\0another message\0", zones.join("\0"));
            for zone in [&zones[0], &zones[count / 2], &zones[count - 1]] {
                let start = data.find(&format!("{zone}\0")).unwrap();
                assert_eq!(is_in_one(data.as_bytes(), &(start..start + zone.len())), is, "{count} {zone}");
            }
            let start = data.find("another").unwrap();
            assert!(!is_in_one(data.as_bytes(), &(start..start + "another message".len())));
        }
    }
}
