//! The counts of one program's spans.

pub(super) mod changes;
mod durations;
pub(super) mod json;
pub(super) mod prometheus;
pub(super) mod text;

use std::collections::BTreeMap;

use crawl4ai_telemetry::usage::{DeclaredSpan, ProgramStarted};

use super::names::{Name, Names, OTHERS};
use super::program::{Bounds, Day, day};
use super::record::SpanRecord;
use super::versions::Order;
use durations::Durations;

/// The most different durations of one program that are kept. They take 6 MB.
const DURATIONS: usize = 200_000;

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
        let cell = self.cells.entry((self.names.name(&span.name), version)).or_default();
        cell.count += 1;
        cell.failed += u64::from(span.failed);
        let Some(nanos) = span.nanos else {
            self.without_duration += 1;
            return;
        };
        let before = cell.durations.kept();
        if cell.durations.add(nanos / 1_000, self.kept < DURATIONS) {
            self.kept = self.kept + cell.durations.kept() - before;
        } else {
            self.beyond += 1;
        }
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
}

impl Cell {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.failed += other.failed;
        self.durations.merge(&other.durations);
    }

    /// The share of spans that failed.
    pub(super) fn failed_share(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.failed as f64 / self.count as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_whatever_spans_say() {
        let mut spans = Spans::new(Bounds { today: 0, bugs: 0, names: 250 });
        for number in 0..300_000_u64 {
            spans.add(
                &SpanRecord {
                    program: None,
                    version: Some(format!("{}{}", number % 300, "x".repeat(300)).into()),
                    name: "a".into(),
                    id: number,
                    time: None,
                    nanos: Some(number * 1_000_000_000),
                    failed: false,
                },
                0,
            );
        }
        assert_eq!((spans.count, spans.versions.len()), (300_000, 250));
        assert!(spans.kept <= DURATIONS, "{}", spans.kept);
        let kept: usize = spans.cells.values().map(|cell| cell.durations.kept()).sum();
        assert_eq!(kept, spans.kept);
        let durations: u64 = spans.cells.values().map(|cell| cell.durations.total()).sum();
        assert_eq!(durations + spans.beyond, 300_000);
        assert!(spans.beyond > 0 && spans.of_further_versions() == 50_000, "{}", spans.beyond);
    }
}
