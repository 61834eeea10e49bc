//! The findings from the counts of one program.

use super::changes::{Change, changes};
use super::exact::Tested;
use super::program::Program;
use super::range::Range;
use super::rises::{Rise, rises};
use super::runs::Runs;
use super::shares::{Share, shares};
use super::spans::Spans;
use super::spans::changes::{SpanChange, span_changes};
use super::versions::Order;

/// All findings.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    pub(super) order: Order,
    /// The days that are compared, if any report has one.
    pub(super) range: Option<Range>,
    pub(super) changes: Vec<Tested<Change>>,
    pub(super) rises: Vec<Tested<Rise>>,
    pub(super) shares: Vec<Tested<Share>>,
    pub(super) spans: Vec<Tested<SpanChange>>,
    pub(super) runs: Option<Runs>,
}

impl Findings {
    pub(super) fn of(program: &Program, spans: &Spans) -> Self {
        let order = program.names.get(super::program::VERSION).map_or_else(Order::none, Order::of);
        let runs = Runs::of(program, spans);
        let range = Range::of(&program.days);
        Self {
            changes: changes(program, &order),
            rises: range.map(|range| rises(program, range, runs.as_ref())).unwrap_or_default(),
            shares: shares(program),
            spans: span_changes(spans, runs.as_ref()),
            order,
            range,
            runs,
        }
    }

    /// Whether there are no findings.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.rises.is_empty() && self.shares.is_empty() && self.spans.is_empty()
    }
}
