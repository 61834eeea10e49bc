//! Prints what stands out, the most certain first.

use crawl4ai_telemetry::printable::line;

use super::LISTED;
use crate::analyze::changes::Kind;
use crate::analyze::dates::{date, weekday};
use crate::analyze::exact::Tested;
use crate::analyze::findings::Findings;
use crate::analyze::program::{DIMENSIONS, Day, Program, VERSION};
use crate::analyze::programs::Chosen;
use crate::analyze::rises::{BEFORE, Rise, Risen};
use crate::analyze::shares::Share;
use crate::analyze::spans::Spans;
use crate::analyze::spans::changes::{Changed, SpanChange};
use crate::analyze::spans::text::{in_words, percent};
use crate::analyze::versions::in_words as version_words;
use crate::exit::Failure;
use crate::output::{Paint, Streams};
use crate::view::words::{counted, grouped};

/// Something that stands out.
pub(in crate::analyze) struct Claim {
    /// The bug that it is about, if it is about one.
    pub(in crate::analyze) bug: Option<u64>,
    /// What it is about if it is about no bug.
    pub(in crate::analyze) what: &'static str,
    pub(in crate::analyze) said: String,
    /// The corrected chance, in words.
    pub(in crate::analyze) p: String,
}

pub(super) fn print(chosen: &Chosen, findings: &Findings, streams: &mut Streams) -> Result<(), Failure> {
    streams.print("")?;
    streams.paint(Paint::Strong, "What stands out")?;
    let all = claims(chosen, findings);
    if all.is_empty() {
        streams.print("  nothing")?;
    }
    for Claim { bug, what, said, p } in all.iter().take(LISTED) {
        let what = bug.map_or_else(|| (*what).to_owned(), |bug| format!("{bug:016x}"));
        streams.print(&format!("  {what:<16}  {said} (p {p})"))?;
    }
    let more = all.len().saturating_sub(LISTED);
    if more > 0 {
        streams.print(&format!("  and {more} more (--format json)"))?;
    }
    streams.paint(
        Paint::Faint,
        "  Exact tests, corrected for their number (Holm): of files without a change, at most one in",
    )?;
    streams.paint(
        Paint::Faint,
        "  twenty shows anything here. Records of one machine count as if they were of many.",
    )
}

/// Everything that stands out, the most certain first.
pub(in crate::analyze) fn claims(chosen: &Chosen, findings: &Findings) -> Vec<Claim> {
    let Chosen { program, spans, .. } = chosen;
    let changes = findings.changes.iter().map(|change| {
        let version = program.names.get(VERSION).map_or("", |names| names.text(change.what.version));
        let version = line(version_words(version)).into_owned();
        let count = counted(change.what.count, "report");
        let without = grouped(change.what.without);
        let said = match change.what.kind {
            Kind::New => {
                format!("new in {version}: {count}, none among {without} reports of earlier versions")
            }
            Kind::Stopped => {
                format!("stopped with {version}: {count} before, none among {without} reports since")
            }
            Kind::CameBack => {
                format!("came back in {version}: none among {without} reports in between")
            }
        };
        (change.corrected, Some(change.what.bug), "", said)
    });
    let rises = findings.rises.iter().map(|rise| {
        let (bug, what) = risen(rise.what.what);
        (rise.corrected, bug, what, rise_words(&rise.what))
    });
    let shares = findings
        .shares
        .iter()
        .map(|share| (share.corrected, Some(share.what.bug), "", share_words(program, share)));
    let of_spans = findings.spans.iter().map(|change| {
        let (what, said) = span_words(spans, &change.what);
        (change.corrected, None, what, said)
    });
    let mut all: Vec<_> = changes.chain(rises).chain(shares).chain(of_spans).collect();
    all.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
    all.into_iter().map(|(p, bug, what, said)| Claim { bug, what, said, p: chance(p) }).collect()
}

fn risen(what: Risen) -> (Option<u64>, &'static str) {
    match what {
        Risen::Bug(bug) => (Some(bug), ""),
        Risen::All => (None, "all reports"),
        Risen::Fatal => (None, "crashes of runs"),
    }
}

fn rise_words(rise: &Rise) -> String {
    let Rise { what, day, count, before, weekdays, starts } = *rise;
    let on = date(day);
    if let (Risen::Fatal, Some((now, earlier))) = (what, starts) {
        let [now, earlier] = [(count, now), (before, earlier)].map(|(count, of)| of_starts(count, of));
        return format!("rose on {on}: {now} that day, {earlier} in the week before");
    }
    let each = |sum: u64, days: Day| format!("{:.1}", sum as f64 / f64::from(days.max(1)));
    let weekdays = weekdays.map(|(sum, weeks)| format!(", {} on {}s before", each(sum, weeks), weekday(day)));
    let starts =
        starts.map(|(now, before)| format!("; starts {} and {}", grouped(now), each(before, BEFORE)));
    format!(
        "rose on {on}: {} that day, {} a day in the week before{}{}",
        grouped(count),
        each(before, BEFORE),
        weekdays.unwrap_or_default(),
        starts.unwrap_or_default()
    )
}

fn of_starts(count: u64, starts: u64) -> String {
    format!("{} of {}", grouped(count), counted(starts, "start"))
}

/// What changed, and how.
fn span_words(spans: &Spans, change: &SpanChange) -> (&'static str, String) {
    let [from, to] =
        [change.from, change.to].map(|version| line(version_words(spans.versions.text(version))));
    let name = |name| format!("\"{}\" ", line(spans.names.text(name)));
    let (what, said, [was, is]) = match change.what {
        Changed::Failed { name: of, failed, count } => {
            let shares = pairs(failed, count).map(|(part, all)| percent(part as f64 / all.max(1) as f64));
            ("failed spans", name(of), shares)
        }
        Changed::Median { name: of, micros, .. } => ("median duration", name(of), micros.map(in_words)),
        Changed::Fatal { fatal, starts } => {
            let shares = pairs(fatal, starts).map(|(part, all)| of_starts(part, all));
            ("crashes of runs", String::new(), shares)
        }
    };
    (what, format!("{said}with {to}: {is}, {was} with {from}"))
}

fn pairs([a, b]: [u64; 2], [of_a, of_b]: [u64; 2]) -> [(u64, u64); 2] {
    [(a, of_a), (b, of_b)]
}

fn share_words(program: &Program, share: &Tested<Share>) -> String {
    let (here, elsewhere) = share.what.parts();
    let value = value_words(program, &share.what);
    format!("{value}: {:.0} % of this bug, {:.0} % of other bugs", here * 100.0, elsewhere * 100.0)
}

/// The value of a share, such as `os linux`.
pub(in crate::analyze) fn value_words(program: &Program, what: &Share) -> String {
    let value = program.names.get(what.dimension).map_or("", |names| names.text(what.value));
    let dimension = DIMENSIONS.get(what.dimension).copied().unwrap_or_default();
    // A report without an operation has an empty one.
    if value.is_empty() { format!("no {dimension}") } else { format!("{dimension} {}", line(value)) }
}

fn chance(p: f64) -> String {
    if p >= 0.001 { format!("{p:.3}") } else { format!("{p:.0e}") }
}
