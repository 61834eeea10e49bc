//! Changes of spans between the last two versions: how many fail, how long they take, and how many starts end with a
//! crash.

use super::durations::Durations;
use super::medians::{self, is_changed};
use super::{Cell, Spans};
use crate::analyze::exact::{Tested, claims, differ, either, in_part, part};
use crate::analyze::names::Name;
use crate::analyze::runs::Runs;

/// The fewest failed spans or fatal reports of both versions. Fewer say little, however unlikely they are.
const FEWEST: u64 = 5;

/// The smallest change of a share: one and a half times as much, or as little.
const SHARE: f64 = 1.5;

/// A change from the last but one version to the last.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::analyze) struct SpanChange {
    pub(in crate::analyze) what: Changed,
    pub(in crate::analyze) from: Name,
    pub(in crate::analyze) to: Name,
}

/// What changed. Each pair is before and after.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::analyze) enum Changed {
    /// Failed spans of all.
    Failed { name: Name, failed: [u64; 2], count: [u64; 2] },
    /// The median duration in microseconds.
    Median { name: Name, micros: [u64; 2], count: [u64; 2] },
    /// Fatal reports, and starts.
    Fatal { fatal: [u64; 2], starts: [u64; 2] },
}

/// All changes that may be claimed. There are none where versions are beyond the bound, because nobody knows then which
/// ones are the last.
pub(in crate::analyze) fn span_changes(spans: &Spans, runs: Option<&Runs>) -> Vec<Tested<SpanChange>> {
    let [from, to] = *spans.last_versions() else { return Vec::new() };
    if spans.of_further_versions() > 0 {
        return Vec::new();
    }
    let mut tested = Vec::new();
    for (name, _) in spans.names.iter() {
        if let Some((before, after)) = spans.cell(name, from).zip(spans.cell(name, to)) {
            tested.extend(failed(name, before, after));
            tested.extend(median(name, before, after));
        }
    }
    tested.extend(runs.and_then(|runs| fatal(runs, from, to)));
    let change = |(what, p)| (SpanChange { what, from, to }, p);
    claims(2 * spans.names.len() as u64 + 1, tested.into_iter().map(change).collect())
}

/// Fisher's exact test, for more failures and for fewer.
fn failed(name: Name, before: &Cell, after: &Cell) -> Option<(Changed, f64)> {
    let (failed, count) = ([before.failed, after.failed], [before.count, after.count]);
    is_worth_it(failed, count).then(|| (Changed::Failed { name, failed, count }, differ(failed, count)))
}

/// Of versions whose durations could not all be kept, no median is known.
fn median(name: Name, before: &Cell, after: &Cell) -> Option<(Changed, f64)> {
    let pair = [&before.durations, &after.durations];
    let (micros, p) = medians::median(pair).filter(|_| before.beyond + after.beyond == 0)?;
    Some((Changed::Median { name, micros, count: pair.map(Durations::total) }, p))
}

/// The conditional test of two rates, with the starts as exposure, where the share of crashes is known.
fn fatal(runs: &Runs, from: Name, to: Name) -> Option<(Changed, f64)> {
    let of = |name| runs.versions.iter().find(|of| of.version == name && of.crash_free().is_some());
    let (before, after) = of(from).zip(of(to))?;
    let (fatal, starts) = ([before.fatal?, after.fatal?], [before.starts, after.starts]);
    let ([k_before, k_after], [all_before, all_after]) = (fatal, starts);
    let all = k_before + k_after;
    let more = in_part(part(all_after, all_before), k_after, all);
    let less = in_part(part(all_before, all_after), k_before, all);
    is_worth_it(fatal, starts).then(|| (Changed::Fatal { fatal, starts }, either(more, less)))
}

fn is_worth_it(parts: [u64; 2], of: [u64; 2]) -> bool {
    let [before, after] = parts;
    let [all_before, all_after] = of;
    let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    before.max(after) >= FEWEST && is_changed([share(before, all_before), share(after, all_after)], SHARE)
}
