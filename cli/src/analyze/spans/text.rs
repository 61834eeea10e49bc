//! Prints spans as text.

use crawl4ai_telemetry::printable::line;

use super::buckets::{self, BUCKETS};
use super::durations::Durations;
use super::{Cell, Spans};
use crate::analyze::names::OTHERS;
use crate::analyze::versions::in_words as version_words;
use crate::exit::Failure;
use crate::output::{Paint, Streams};
use crate::view::words::{counted, grouped};

/// The most names of spans that are listed; `--json` has all.
const LISTED: usize = 20;

/// The counts of a name of spans, or of one version of it.
pub(in crate::analyze) struct Row {
    /// The count, the share that failed, and the percentiles 50, 90 and 99 of the durations.
    pub(in crate::analyze) cells: [String; 5],
    pub(in crate::analyze) text: String,
    pub(in crate::analyze) is_version: bool,
}

impl Row {
    fn of(cell: &Cell, text: String, is_version: bool) -> Self {
        let failed = match cell.failed {
            0 => "-".to_owned(),
            _ => percent(cell.failed_share()),
        };
        let [half, most, nearly_all] = [50, 90, 99].map(|percent| duration(&cell.durations, percent));
        Self { cells: [grouped(cell.count), failed, half, most, nearly_all], text, is_version }
    }
}

/// The rows of the most frequent names, each with its last versions below it, and what is not listed.
pub(in crate::analyze) fn rows(spans: &Spans) -> (Vec<Row>, Vec<String>) {
    let (order, ranked, last) = (spans.order(), spans.ranked(), spans.last_versions());
    let mut rows = Vec::new();
    for (name, cell) in ranked.iter().filter(|(name, _)| *name != OTHERS).take(LISTED) {
        rows.push(Row::of(cell, line(spans.names.text(*name)).into_owned(), false));
        for version in last.iter().filter(|_| order.len() > 1) {
            if let Some(cell) = spans.cell(*name, *version) {
                let version = line(version_words(spans.versions.text(*version)));
                rows.push(Row::of(cell, version.into_owned(), true));
            }
        }
    }
    let more = spans.names.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("and {} (--format json)", counted(more as u64, "more name")));
    let further = spans.of_further_names();
    let further =
        (further > 0).then(|| format!("and {} of names beyond the bound", counted(further, "span")));
    (rows, more.into_iter().chain(further).collect())
}

/// How many spans there are, of how many names and versions.
pub(in crate::analyze) fn title(spans: &Spans) -> String {
    format!(
        "Usage: {}, of {} in {}",
        counted(spans.count, "span"),
        counted(spans.names.len() as u64, "name"),
        counted(spans.order().len() as u64, "version")
    )
}

pub(in crate::analyze) fn print(spans: &Spans, streams: &mut Streams) -> Result<(), Failure> {
    if spans.count == 0 {
        return Ok(());
    }
    streams.print("")?;
    streams.paint(Paint::Strong, &title(spans))?;
    streams.print("")?;
    streams
        .paint(Paint::Faint, &row(&["SPANS", "FAILED", "P50", "P90", "P99"].map(str::to_owned), "SPAN"))?;
    let (rows, more) = rows(spans);
    for Row { cells, text, is_version } in &rows {
        if *is_version {
            streams.paint(Paint::Faint, &row(cells, &format!("  {text}")))?;
        } else {
            streams.print(&row(cells, text))?;
        }
    }
    for said in more {
        streams.print(&format!("  {said}"))?;
    }
    Ok(())
}

fn row([count, failed, half, most, nearly_all]: &[String; 5], name: &str) -> String {
    format!("{count:>9}  {failed:>7}  {half:>8}  {most:>8}  {nearly_all:>8}  {name}")
}

/// A share in percent, with two digits that count.
pub(in crate::analyze) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 9.95 || percent == 0.0 {
        format!("{percent:.0} %")
    } else if percent >= 0.095 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0e} %")
    }
}

fn duration(durations: &Durations, percent: u64) -> String {
    durations.percentile(percent).map_or_else(|| "-".to_owned(), in_words)
}

/// A duration with three digits that count: `1.25 s`.
pub(in crate::analyze) fn in_words(micros: u64) -> String {
    let micros = micros as f64;
    let units =
        [("h", 3_600e6, 99.95 * 60e6), ("min", 60e6, 99.95e6), ("s", 1e6, 999.5e3), ("ms", 1e3, 999.5)];
    let unit = units.into_iter().find(|(.., from)| micros >= *from);
    let (unit, value) = unit.map_or(("µs", micros), |(unit, size, _)| (unit, micros / size));
    let decimals = if unit == "µs" || value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {unit}")
}

/// Messages for standard error about spans that could not be counted in full.
pub(in crate::analyze) fn left_out(spans: &Spans) -> Vec<String> {
    let bound = |names: &str, known: usize| {
        format!("of further {names}: only {} are told apart", grouped(known as u64))
    };
    let wider = (spans.error() > buckets::error(BUCKETS)).then(|| {
        let error = percent(spans.error());
        format!("durations of spans are told to within {error}: there are too many different ones")
    });
    [
        (spans.without_duration, "without a start or an end, counted without a duration".to_owned()),
        (
            spans.undated_starts,
            "of starts in the future, older than 400 days or without a date: not counted as runs".to_owned(),
        ),
        (spans.beyond, "counted without a duration: too many different ones".to_owned()),
        (spans.of_further_names(), bound("names", spans.names.len())),
        (spans.of_further_versions(), bound("versions", spans.versions.len())),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, why)| format!("{} {why}", counted(n, "span")))
    .chain(wider)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_shares_have_the_digits_that_count() {
        let said = [
            0,
            7,
            999,
            1_000,
            1_250,
            12_340,
            999_400,
            999_600,
            1_250_000,
            99_000_000,
            125_000_000,
            36_000_000_000,
        ];
        assert_eq!(
            said.map(in_words),
            [
                "0 µs", "7 µs", "999 µs", "1.00 ms", "1.25 ms", "12.3 ms", "999 ms", "1.00 s", "1.25 s",
                "99.0 s", "2.08 min", "10.0 h"
            ]
        );
        let said = [0.0, 1.0, 0.123, 0.0123, 0.001, 0.000_012].map(percent);
        assert_eq!(said, ["0 %", "100 %", "12 %", "1.2 %", "0.1 %", "1e-3 %"]);
    }
}
