//! Changes of spans between the last two versions: how many fail, how long they take, and how many starts end with a
//! crash.

use super::durations::Durations;
use super::{Cell, Spans};
use crate::analyze::exact::{Tested, claims, either, in_part, over, part};
use crate::analyze::names::Name;
use crate::analyze::runs::Runs;

/// The fewest failed spans or fatal reports of both versions. Fewer say little, however unlikely they are.
const FEWEST: u64 = 5;

/// The smallest change of a share: one and a half times as much, or as little.
const SHARE: f64 = 1.5;

/// The smallest change of a median: a quarter more, or as much less.
const MEDIAN: f64 = 1.25;

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
    let order = spans.order();
    let last = order.len().checked_sub(2).and_then(|at| order.at(at).zip(order.at(at + 1)));
    let Some((from, to)) = last.filter(|_| spans.of_further_versions() == 0) else { return Vec::new() };
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

/// The median test: how many spans of each version took longer than the median of both, by Fisher's exact test (A. M.
/// Mood, *Introduction to the Theory of Statistics*, 1950, section 16.4). It needs no distribution of durations, and is
/// exact with durations in buckets too, if they are in the same ones.
fn median(name: Name, before: &Cell, after: &Cell) -> Option<(Changed, f64)> {
    let pair = [&before.durations, &after.durations];
    let above = above_median(pair)?;
    let count = pair.map(Durations::total);
    let [was, is] = pair.map(|durations| durations.percentile(50));
    let micros = [was?, is?];
    is_changed(micros.map(|micros| micros as f64), MEDIAN)
        .then(|| (Changed::Median { name, micros, count }, differ(above, count)))
}

/// How many durations of each are longer than the median of both. They are in buckets both, or neither.
fn above_median(pair: [&Durations; 2]) -> Option<[u64; 2]> {
    let [before, after] = pair;
    let mut both = before.clone();
    both.merge(after);
    let middle = both.percentile(50)?;
    Some(pair.map(|durations| match both.in_buckets() {
        true => durations.bucketed().above(middle),
        false => durations.above(middle),
    }))
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

/// The chance that parts of two wholes differ so much in either direction.
fn differ([k_before, k_after]: [u64; 2], [before, after]: [u64; 2]) -> f64 {
    let (hits, all) = (k_before + k_after, before + after);
    either(over(k_after, after, hits, all), over(k_before, before, hits, all))
}

fn is_worth_it(parts: [u64; 2], of: [u64; 2]) -> bool {
    let [before, after] = parts;
    let [all_before, all_after] = of;
    let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    before.max(after) >= FEWEST && is_changed([share(before, all_before), share(after, all_after)], SHARE)
}

fn is_changed([before, after]: [f64; 2], factor: f64) -> bool {
    before.max(after) > 0.0 && before.max(after) >= factor * before.min(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A duration of a bucket is not longer than the middle of the same bucket, if only one version is in buckets.
    #[test]
    fn equal_durations_are_equal_in_buckets_too() {
        let (mut many, mut few) = (Durations::default(), Durations::default());
        for millis in 1..=1_500 {
            assert!(many.add(millis * 1_000, true));
        }
        for _ in 0..100 {
            assert!(few.add(760_000, true));
        }
        assert!(many.in_buckets() && !few.in_buckets());
        assert_eq!(above_median([&many, &few]), Some([739, 0]));
        assert_eq!(above_median([&few, &few]), Some([0, 0]));
        assert_eq!(above_median([&Durations::default(), &Durations::default()]), None);
    }
}
