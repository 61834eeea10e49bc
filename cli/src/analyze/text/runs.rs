//! Prints which share of runs ended without a crash.

use crawl4ai_telemetry::printable::line;

use crate::analyze::dates::date;
use crate::analyze::runs::{OfVersion, Runs};
use crate::analyze::spans::Spans;
use crate::analyze::versions::in_words;
use crate::exit::Failure;
use crate::output::{Paint, Streams};
use crate::view::words::{counted, grouped};

/// The most versions that are listed, the last ones; `--json` has all.
const LISTED: usize = 10;

pub(super) fn print(spans: &Spans, runs: &Runs, streams: &mut Streams) -> Result<(), Failure> {
    streams.print("")?;
    streams.paint(Paint::Strong, &title(runs))?;
    streams.print("")?;
    let head = format!("{:>9}  {:>9}  {:>10}  {}", "STARTS", "FATAL", "CRASH-FREE", "VERSION");
    streams.paint(Paint::Faint, &head)?;
    let more = runs.versions.len().saturating_sub(LISTED);
    for [starts, fatal, crash_free, version] in rows(spans, runs).iter().skip(more) {
        streams.print(&format!("{starts:>9}  {fatal:>9}  {crash_free:>10}  {version}"))?;
    }
    if more > 0 {
        streams.print(&format!("  and {more} earlier (--format json)"))?;
    }
    if let Some(further) = further(runs) {
        streams.print(&format!("  and {further}"))?;
    }
    streams.paint(
        Paint::Faint,
        "  An estimate: starts are of people who consented to usage figures, fatal reports of people",
    )?;
    streams.paint(Paint::Faint, "  who consented to crash reports.")
}

pub(in crate::analyze) fn title(runs: &Runs) -> String {
    format!("Runs from {} to {}", date(*runs.days.start()), date(*runs.days.end()))
}

/// The starts that have no row, if there are any.
pub(in crate::analyze) fn further(runs: &Runs) -> Option<String> {
    let further = runs.of_further_versions;
    (further > 0).then(|| format!("{} of versions beyond the bound", counted(further, "start")))
}

/// The starts, the fatal reports, the share of runs without a crash, and the version: a row each, the oldest first.
pub(in crate::analyze) fn rows(spans: &Spans, runs: &Runs) -> Vec<[String; 4]> {
    let row = |of: &OfVersion| {
        let version = line(in_words(spans.versions.text(of.version)));
        [grouped(of.starts), known(of.fatal), crash_free(of), version.into_owned()]
    };
    runs.versions.iter().map(row).collect()
}

/// A number of fatal reports, which is not always known.
pub(in crate::analyze) fn known(fatal: Option<u64>) -> String {
    fatal.map_or_else(|| "unknown".to_owned(), grouped)
}

/// The share in percent, as exact as the share of crashes is with two digits.
fn crash_free(of: &OfVersion) -> String {
    let Some(share) = of.crash_free() else { return "unknown".to_owned() };
    let crashes = 100.0 * (1.0 - share);
    let decimals = match crashes {
        0.0 => 0,
        10.0.. => 0,
        1.0.. => 1,
        0.1.. => 2,
        _ => 3,
    };
    // Not even one crash among a million is none.
    let shown = format!("{:.decimals$} %", 100.0 - crashes);
    if crashes > 0.0 && shown == "100.000 %" { "> 99.999 %".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_show_crashes_however_few_there_are() {
        let free = |starts, fatal| crash_free(&OfVersion { version: 1, starts, fatal });
        let all =
            [(100, 0), (100, 100), (1_000, 123), (1_000, 12), (10_000, 12), (100_000, 7), (10_000_000, 1)];
        let said = all.map(|(starts, fatal)| free(starts, Some(fatal)));
        assert_eq!(said, ["100 %", "0 %", "88 %", "98.8 %", "99.88 %", "99.993 %", "> 99.999 %"]);
        assert_eq!((free(1, Some(2)), free(1, None)), ("unknown".to_owned(), "unknown".to_owned()));
    }
}
