//! The counts of one program's spans.

mod buckets;
pub(super) mod changes;
mod durations;
pub(super) mod json;
mod medians;
pub(super) mod prometheus;
pub(super) mod text;

use std::collections::BTreeMap;

use crawl4ai_telemetry::usage::{DeclaredSpan, ProgramStarted};

use super::names::{Name, Names, OTHERS};
use super::program::{Bounds, Day, day};
use super::record::SpanRecord;
use super::versions::Order;
use buckets::BUCKETS;
use durations::Durations;

/// The most different durations of one program that are kept. They take 6 MB.
const DURATIONS: usize = 200_000;

/// The fewest spans of a version that counts as one of the last two, so that a few of somebody who tries the next one
/// out do not hide what changed.
const OF_VERSION: u64 = 20;

/// The spans of one program.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub(super) count: u64,
    pub(super) names: Names,
    pub(super) versions: Names,
    /// By the names of the span and of the version.
    cells: BTreeMap<(Name, Name), Cell>,
    /// Starts of the program by version and day.
    pub(super) starts: BTreeMap<(Name, Day), u64>,
    /// Starts whose day is not counted.
    pub(super) undated_starts: u64,
    /// Different durations of all cells.
    kept: usize,
    /// The widest buckets that durations are in.
    buckets: Option<u32>,
    /// Whether the widest buckets left too little room, so that no more durations are kept.
    is_full: bool,
    /// Spans without a start or an end, or that ended before they began.
    pub(super) without_duration: u64,
    /// Spans whose durations are beyond the bound.
    pub(super) beyond: u64,
}

/// The spans of one name, of one version or of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) count: u64,
    pub(super) failed: u64,
    pub(super) durations: Durations,
    /// Spans whose durations are beyond the bound.
    beyond: u64,
}

impl Spans {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            count: 0,
            names: Names::new(bounds.names),
            versions: Names::new(bounds.names),
            cells: BTreeMap::new(),
            starts: BTreeMap::new(),
            undated_starts: 0,
            kept: 0,
            buckets: None,
            is_full: false,
            without_duration: 0,
            beyond: 0,
        }
    }

    pub(super) fn add(&mut self, span: &SpanRecord<'_>, today: Day) {
        self.count += 1;
        let version = self.versions.name(span.version.as_deref().unwrap_or_default());
        if span.name == ProgramStarted::SPEC.name() {
            match day(span.time, today) {
                Ok(day) => *self.starts.entry((version, day)).or_default() += 1,
                Err(_) => self.undated_starts += 1,
            }
        }
        let key = (self.names.name(&span.name), version);
        let cell = self.cells.entry(key).or_default();
        cell.count += 1;
        cell.failed += u64::from(span.failed);
        let Some(nanos) = span.nanos else {
            self.without_duration += 1;
            return;
        };
        let micros = nanos / 1_000;
        if cell.durations.add(micros, false) {
            return;
        }
        if self.kept >= DURATIONS && !self.is_full {
            self.widen();
        }
        let room = self.kept < DURATIONS && !self.is_full;
        let Some(cell) = self.cells.get_mut(&key) else { return };
        let before = cell.durations.kept();
        if cell.durations.add(micros, room) {
            self.kept = self.kept + cell.durations.kept() - before;
        } else {
            cell.beyond += 1;
            self.beyond += 1;
        }
    }

    /// Makes room by wider buckets; the widest hold all durations up to twice the shortest of them. Each time makes much
    /// room, so that it is not needed often.
    fn widen(&mut self) {
        let mut buckets = self.buckets.unwrap_or(BUCKETS);
        loop {
            self.cells.values_mut().for_each(|cell| cell.durations.widen(buckets));
            self.kept = self.cells.values().map(|cell| cell.durations.kept()).sum();
            self.buckets = Some(buckets);
            if self.kept <= DURATIONS / 8 * 7 {
                return;
            }
            let Some(wider) = buckets.checked_sub(1) else { break };
            buckets = wider;
        }
        self.is_full = true;
    }

    /// The largest error of a percentile, as a share of it.
    pub(super) fn error(&self) -> f64 {
        buckets::error(self.buckets.unwrap_or(BUCKETS))
    }

    /// The names of spans with their counts over all versions, the most frequent first, and those beyond the bound last.
    pub(super) fn ranked(&self) -> Vec<(Name, Cell)> {
        let mut all = BTreeMap::<Name, Cell>::new();
        for ((name, _), cell) in &self.cells {
            all.entry(*name).or_default().merge(cell);
        }
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by_key(|(name, cell)| (*name == OTHERS, std::cmp::Reverse(cell.count), *name));
        all
    }

    pub(super) fn cell(&self, name: Name, version: Name) -> Option<&Cell> {
        self.cells.get(&(name, version))
    }

    /// The number of spans whose name or version is beyond the bound.
    fn of_further(&self, is_further: impl Fn(&(Name, Name)) -> bool) -> u64 {
        self.cells.iter().filter(|(key, _)| is_further(key)).map(|(_, cell)| cell.count).sum()
    }

    pub(super) fn of_further_names(&self) -> u64 {
        self.of_further(|(name, _)| *name == OTHERS)
    }

    pub(super) fn of_further_versions(&self) -> u64 {
        self.of_further(|(_, version)| *version == OTHERS)
    }

    /// The versions, the oldest first.
    pub(super) fn order(&self) -> Order {
        Order::of(&self.versions)
    }

    /// The last two versions of which there are enough spans, the older one first.
    pub(super) fn last_versions(&self) -> Vec<Name> {
        let mut counts = BTreeMap::<Name, u64>::new();
        for ((_, version), cell) in &self.cells {
            *counts.entry(*version).or_default() += cell.count;
        }
        let order = self.order();
        let of_enough = |version: &Name| counts.get(version).is_some_and(|count| *count >= OF_VERSION);
        let mut last: Vec<Name> = order.iter().filter(of_enough).collect();
        last.drain(..last.len().saturating_sub(2));
        last
    }
}

impl Cell {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.failed += other.failed;
        self.durations.merge(&other.durations);
        self.beyond += other.beyond;
    }

    /// The share of spans that failed.
    pub(super) fn failed_share(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.failed as f64 / self.count as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(spans: &mut Spans, name: u64, version: u64, micros: u64) {
        let span = SpanRecord {
            program: None,
            version: Some(format!("{version}{}", "x".repeat(300)).into()),
            name: name.to_string().into(),
            id: 1,
            time: None,
            nanos: Some(micros * 1_000),
            failed: false,
        };
        spans.add(&span, 0);
    }

    /// Checks that what is kept is within the bound, and that no duration is missing but those beyond it.
    fn check(spans: &Spans, count: u64) {
        assert_eq!((spans.count, spans.versions.len()), (count, 250));
        assert!(spans.kept <= DURATIONS, "{}", spans.kept);
        let kept: usize = spans.cells.values().map(|cell| cell.durations.kept()).sum();
        assert_eq!(kept, spans.kept);
        let durations: u64 = spans.cells.values().map(|cell| cell.durations.total()).sum();
        assert_eq!(durations + spans.beyond, count);
        let beyond: u64 = spans.cells.values().map(|cell| cell.beyond).sum();
        assert_eq!(beyond, spans.beyond);
    }

    #[test]
    fn memory_is_bounded_whatever_spans_say() {
        let bounds = Bounds { today: 0, bugs: 0, names: 250 };
        let mut spans = Spans::new(bounds);
        for number in 0..300_000_u64 {
            add(&mut spans, 1, number % 300, number * 1_000_000);
        }
        check(&spans, 300_000);
        assert_eq!((spans.beyond, spans.of_further_versions(), spans.buckets), (0, 50_000, Some(BUCKETS)));
        // So many names and versions that even the widest buckets are too many.
        let mut spans = Spans::new(bounds);
        for power in 0..8 {
            for cell in 0..62_500_u64 {
                add(&mut spans, cell / 250, cell % 250, 1 << power);
            }
        }
        check(&spans, 500_000);
        assert!(spans.beyond > 250_000 && spans.is_full, "{}", spans.beyond);
        assert!((spans.error() - 0.5).abs() < 1e-9);
    }
}
