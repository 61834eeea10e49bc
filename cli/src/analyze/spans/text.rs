//! Prints spans as text.

use crawl4ai_telemetry::printable::line;

use super::durations::Durations;
use super::{Cell, Spans};
use crate::analyze::names::OTHERS;
use crate::exit::Failure;
use crate::output::{Paint, Streams};
use crate::view::words::{counted, grouped};

/// The most names of spans that are listed; `--json` has all.
const LISTED: usize = 20;

/// The number of versions that are told apart for each name, the last ones.
const VERSIONS: usize = 2;

pub(in crate::analyze) fn print(spans: &Spans, streams: &mut Streams) -> Result<(), Failure> {
    if spans.count == 0 {
        return Ok(());
    }
    let order = spans.order();
    let (ranked, all) = (spans.ranked(), counted(spans.count, "span"));
    let title = format!(
        "Usage: {all}, of {} in {}",
        counted(spans.names.len() as u64, "name"),
        counted(order.len() as u64, "version")
    );
    streams.print("")?;
    streams.paint(Paint::Strong, &title)?;
    streams.print("")?;
    let head = row("SPANS", "FAILED", ["P50", "P90", "P99"].map(str::to_owned), "SPAN");
    streams.paint(Paint::Faint, &head)?;
    let last: Vec<_> = order.iter().skip(order.len().saturating_sub(VERSIONS)).collect();
    for (name, cell) in ranked.iter().filter(|(name, _)| *name != OTHERS).take(LISTED) {
        streams.print(&counts(cell, &line(spans.names.text(*name))))?;
        for version in last.iter().filter(|_| order.len() > 1) {
            if let Some(cell) = spans.cell(*name, *version) {
                let version = spans.versions.text(*version);
                let version = if version.is_empty() { "no version".into() } else { line(version) };
                streams.paint(Paint::Faint, &counts(cell, &format!("  {version}")))?;
            }
        }
    }
    let more = spans.names.len().saturating_sub(LISTED);
    if more > 0 {
        streams.print(&format!("  and {} (--format json)", counted(more as u64, "more name")))?;
    }
    let further = spans.of_further_names();
    if further > 0 {
        streams.print(&format!("  and {} of names beyond the bound", counted(further, "span")))?;
    }
    Ok(())
}

fn counts(cell: &Cell, name: &str) -> String {
    let failed = match cell.failed {
        0 => "-".to_owned(),
        _ => percent(cell.failed_share()),
    };
    let percentiles = [50, 90, 99].map(|percent| duration(&cell.durations, percent));
    row(&grouped(cell.count), &failed, percentiles, name)
}

fn row(count: &str, failed: &str, [half, most, nearly_all]: [String; 3], name: &str) -> String {
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
    let micros = durations.percentile(percent).filter(|_| !durations.is_instant());
    micros.map_or_else(|| "-".to_owned(), in_words)
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
