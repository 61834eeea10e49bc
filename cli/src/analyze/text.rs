//! Prints the findings as text.

pub(super) mod claims;
pub(super) mod runs;

use crawl4ai_telemetry::printable::line;

use super::changes::first_and_last;
use super::dates::date;
use super::findings::Findings;
use super::names::OTHERS;
use super::program::{Bug, DIMENSIONS, Day, Program, VERSION};
use super::programs::Chosen;
use super::read::Tally;
use super::spans;
use super::versions::in_words;
use crate::exit::Failure;
use crate::output::{Paint, Streams};
use crate::view::words::{counted, grouped};

/// The most bugs and claims that are listed; `--json` has all.
const LISTED: usize = 20;

/// The number of days in a trend.
const TREND: Day = 14;

pub(super) fn print(
    chosen: &Chosen,
    findings: &Findings,
    today: Day,
    streams: &mut Streams,
) -> Result<(), Failure> {
    let Chosen { name, program, spans } = chosen;
    let headline = headline(program, findings);
    streams.paint(Paint::Strong, &format!("{}: {headline}", line(name)))?;
    if program.reports > 0 {
        streams.print("")?;
        print_bugs(program, findings, today, streams)?;
    }
    spans::text::print(spans, streams)?;
    if let Some(runs) = &findings.runs {
        runs::print(spans, runs, streams)?;
    }
    claims::print(chosen, findings, streams)?;
    if !program.lost.is_empty() {
        let lost = program.lost.iter().map(|(reason, n)| format!("{} {}", grouped(*n), line(reason)));
        let lost: Vec<String> = lost.collect();
        streams.print("")?;
        streams.paint(Paint::Strong, "Lost before they were sent, as later reports say")?;
        streams.print(&format!("  {}", lost.join(", ")))?;
    }
    Ok(())
}

/// How many reports there are, of how many bugs and versions, and from which days.
pub(super) fn headline(program: &Program, findings: &Findings) -> String {
    if program.reports == 0 {
        return "no crash reports".to_owned();
    }
    let days = findings.range.map(|range| format!(" from {} to {}", date(range.first), date(range.last)));
    let days = days.unwrap_or_default();
    let bugs = counted(program.bugs.len() as u64, "bug");
    let versions = counted(findings.order.len() as u64, "version");
    let has_more = program.totals.get(VERSION).is_some_and(|totals| totals.of(OTHERS) > 0);
    let versions = if has_more { format!("more than {versions}") } else { versions };
    let fatal = if program.fatal > 0 { format!(", {} fatal", grouped(program.fatal)) } else { String::new() };
    let reports = counted(program.reports, "report");
    format!("{reports}{fatal}, of {bugs} in {versions}{days}")
}

fn print_bugs(
    program: &Program,
    findings: &Findings,
    today: Day,
    streams: &mut Streams,
) -> Result<(), Failure> {
    let until = program.days.keys().next_back().copied().unwrap_or(today);
    let head = format!(
        "{:>9}  {:<10}  {:<10}  {:<14}  {:<16}  {}",
        "REPORTS", "FIRST IN", "LAST IN", "14 DAYS", "FINGERPRINT", "BUG"
    );
    streams.paint(Paint::Faint, &head)?;
    let ranked = program.ranked();
    for (fingerprint, bug) in ranked.iter().take(LISTED) {
        let unknown = || ("unknown".to_owned(), "unknown".to_owned());
        let (first, last) = versions(program, findings, bug).unwrap_or_else(unknown);
        streams.print(&format!(
            "{:>9}  {:<10}  {:<10}  {:<14}  {fingerprint:016x}  {}",
            grouped(bug.count),
            line(in_words(&first)),
            line(in_words(&last)),
            trend(bug, until),
            line(&bug.title)
        ))?;
    }
    let more = ranked.len().saturating_sub(LISTED);
    if more > 0 {
        streams.print(&format!("  and {} (--format json)", counted(more as u64, "more bug")))?;
    }
    if program.of_further_bugs > 0 {
        streams.print(&format!(
            "  and {} of bugs beyond the bound",
            counted(program.of_further_bugs, "report")
        ))?;
    }
    Ok(())
}

/// The first and the last version that has the bug, if they are known.
pub(super) fn versions(program: &Program, findings: &Findings, bug: &Bug) -> Option<(String, String)> {
    let found = bug.counts.get(VERSION).and_then(|counts| first_and_last(counts, &findings.order));
    let text = |name| program.names.get(VERSION).map_or("", |names| names.text(name)).to_owned();
    found.map(|(first, last)| (text(first), text(last)))
}

/// The number of reports on each day, as bars relative to the highest.
fn trend(bug: &Bug, until: Day) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let days = until.saturating_sub(TREND - 1)..=until;
    let counts: Vec<u64> = days.map(|day| bug.days.get(&day).copied().unwrap_or(0)).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let bar = |count: u64| match (count * 7).div_ceil(most.max(1)) {
        _ if count == 0 => ' ',
        height => usize::try_from(height).ok().and_then(|height| BARS.get(height)).copied().unwrap_or('█'),
    };
    counts.into_iter().map(bar).collect()
}

/// Messages for standard error about lines that were not reports.
pub(super) fn left_out(tally: &Tally) -> Vec<String> {
    [
        (tally.torn, "line", "no JSON, or torn"),
        (tally.too_long, "line", "longer than 16 MiB"),
        (tally.others, "record", "JSON, and neither a crash report nor a span"),
        (tally.doubles, "report", "the same id as an earlier report"),
        (tally.span_doubles, "span", "the same id as an earlier span"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, what, why)| format!("{}: {why}", counted(n, what)))
    .chain(
        tally
            .ids_forgotten
            .then(|| "more than 4,000,000 reports or spans: duplicates in the rest are not found".to_owned()),
    )
    .collect()
}

/// Messages about reports that could not be counted by days, for standard error.
pub(super) fn undated(program: &Program) -> Vec<String> {
    [
        (program.in_future, "dated in the future"),
        (program.too_old, "older than 400 days"),
        (program.undated, "without a date"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, why)| format!("{} {why}, counted without a day", counted(n, "report")))
    .collect()
}

/// Messages about reports and starts that are older than the days that count, for standard error.
pub(super) fn apart(findings: &Findings) -> Vec<String> {
    let apart = |n: u64, what: &str, first: Day, so: &str| {
        (n > 0).then(|| format!("{} before {}, apart from all others: {so}", counted(n, what), date(first)))
    };
    let of_reports =
        findings.range.and_then(|range| apart(range.before, "report", range.first, "compared with no day"));
    let of_runs = findings
        .runs
        .as_ref()
        .and_then(|runs| apart(runs.before, "start", *runs.days.start(), "not counted as runs"));
    of_reports.into_iter().chain(of_runs).collect()
}

/// Messages about reports whose names are beyond the bound, for standard error.
pub(super) fn beyond(program: &Program) -> Vec<String> {
    let parts = DIMENSIONS.iter().zip(&program.names).zip(&program.totals);
    let parts = parts.map(|((dimension, names), totals)| (*dimension, names.len(), totals.of(OTHERS)));
    let said = |(dimension, names, n): (&str, usize, u64)| {
        let reports = counted(n, "report");
        let further = if dimension == "os" { "systems".to_owned() } else { format!("{dimension}s") };
        format!("{reports} of further {further}: only {} are told apart", grouped(names as u64))
    };
    parts.filter(|(.., n)| *n > 0).map(said).collect()
}
