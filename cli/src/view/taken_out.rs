//! The data that was removed from reports, by kind and over time, as a picture and in numbers.

use std::collections::BTreeMap;

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::sanitize::{Counts, Redaction};

use super::bars::{Bar, HEIGHT, STEP};
use super::words::{day, grouped, kind};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// The most bars in a row: as many as can be distinguished on a phone.
const BARS: u64 = 31;

/// The fewest bars in a row, so that a single day does not fill it.
const LEAST: u64 = 14;

/// The picture, row by row.
#[derive(Debug)]
pub(super) struct TakenOut {
    pub(super) rows: Vec<Row>,
    /// The width of the picture.
    pub(super) width: u64,
    /// The height of the picture.
    pub(super) height: u64,
    /// The first day, and the last.
    pub(super) from: String,
    pub(super) until: String,
    /// The time that a bar stands for: `a day`, `7 days`.
    pub(super) each: String,
    /// The number that the highest bar stands for.
    pub(super) most: String,
    /// The sum of all rows.
    pub(super) total: u64,
}

/// One kind of data.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) total: String,
    pub(super) bars: Vec<Bar>,
}

/// `None` if nothing was removed.
pub(super) fn over_time<'a>(reports: impl Iterator<Item = (Timestamp, &'a Counts)>) -> Option<TakenOut> {
    let mut by_day: BTreeMap<(Redaction, u64), u64> = BTreeMap::new();
    for (time, counts) in reports {
        for (kind, n) in counts.iter().filter(|(_, n)| *n > 0) {
            let sum = by_day.entry((kind, time.as_millis() / DAY)).or_default();
            *sum = sum.saturating_add(n.into());
        }
    }
    let days = || by_day.keys().map(|(_, day)| *day);
    let (first, last) = (days().min()?, days().max()?);
    let span = last - first + 1;
    // A bar stands for a day. If there are too many days it stands for a week, and then for a longer span.
    let each = [1, 7].into_iter().find(|each| span.div_ceil(*each) <= BARS).unwrap_or(span.div_ceil(BARS));
    let bars = span.div_ceil(each).max(LEAST);
    // Spans are counted back from the last day, so that the last bar is complete.
    let first = (last + 1).saturating_sub(bars * each);

    let mut by_kind: BTreeMap<Redaction, BTreeMap<u64, u64>> = BTreeMap::new();
    for ((kind, day), n) in by_day {
        let sum = by_kind.entry(kind).or_default().entry((day - first) / each).or_default();
        *sum = sum.saturating_add(n);
    }
    let most = by_kind.values().flat_map(BTreeMap::values).copied().max()?;
    let begins = |at: u64| day(Timestamp::from_millis((first + at * each) * DAY));
    let bar = |(at, n): (u64, u64)| Bar::new(at, n, most, begins(at));
    let sum = |bars: &BTreeMap<u64, u64>| bars.values().fold(0_u64, |sum, n| sum.saturating_add(*n));
    let total = by_kind.values().map(sum).fold(0_u64, u64::saturating_add);
    let mut rows: Vec<(u64, Row)> = by_kind
        .into_iter()
        .map(|(of, bars)| {
            let total = sum(&bars);
            let bars = bars.into_iter().map(bar).collect();
            (total, Row { kind: kind(of), placeholder: of.placeholder(), total: grouped(total), bars })
        })
        .collect();
    rows.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    Some(TakenOut {
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        width: bars * STEP,
        height: HEIGHT,
        from: begins(0),
        until: day(Timestamp::from_millis(last * DAY)),
        each: if each == 1 { "a day".to_owned() } else { format!("{} days", grouped(each)) },
        most: grouped(most),
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(counts: &[(&str, &str)]) -> Option<TakenOut> {
        let parsed: Vec<(Timestamp, Counts)> = counts
            .iter()
            .map(|(time, json)| (time.parse().unwrap(), serde_json::from_str(json).unwrap()))
            .collect();
        over_time(parsed.iter().map(|(time, counts)| (*time, counts)))
    }

    #[test]
    fn nothing_is_no_picture() {
        assert!(picture(&[]).is_none());
        assert!(
            picture(&[("2026-11-20T12:00:00Z", "{}"), ("2026-11-20T12:00:00Z", r#"{"url":0}"#)]).is_none()
        );
    }

    #[test]
    fn days_are_bars_of_two_weeks_and_the_highest_fills_its_row() {
        let found = picture(&[
            ("2026-11-20T12:00:00Z", r#"{"url":3,"email":1}"#),
            ("2026-11-20T23:59:59Z", r#"{"url":1}"#),
            ("2026-11-27T00:00:00Z", r#"{"url":2}"#),
        ])
        .unwrap();
        assert_eq!(
            (&*found.from, &*found.until, &*found.each),
            ("14 November 2026", "27 November 2026", "a day")
        );
        assert_eq!((found.width, &*found.most, found.total), (140, "4", 7));
        let rows: Vec<_> = found.rows.iter().map(|row| (row.kind, &*row.total)).collect();
        assert_eq!(rows, [("Web addresses", "6"), ("E-mail addresses", "1")]);
        let bars: Vec<_> =
            found.rows[0].bars.iter().map(|bar| (bar.x, bar.y, bar.height, &*bar.day)).collect();
        assert_eq!(bars, [(61, 0, 40, "20 November 2026"), (131, 20, 20, "27 November 2026")]);
    }

    #[test]
    fn any_time_and_any_number_fits() {
        let huge = format!(r#"{{"url":{}}}"#, u32::MAX);
        for times in [
            ["2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"],
            ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
            ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
        ] {
            let found = picture(&times.map(|time| (time, &*huge))).unwrap();
            assert!(found.width <= BARS * STEP, "{found:?}");
            for bar in found.rows.iter().flat_map(|row| &row.bars) {
                assert!(bar.x < found.width && bar.y + bar.height == HEIGHT, "{bar:?}");
            }
            assert_eq!(found.total, 2 * u64::from(u32::MAX));
        }
    }
}
