//! The findings from the counts of one program.

use super::changes::{Change, changes};
use super::exact::Tested;
use super::program::Program;
use super::rises::{Rise, rises};
use super::shares::{Share, shares};
use super::versions::Order;

/// All findings.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    pub(super) order: Order,
    pub(super) changes: Vec<Tested<Change>>,
    pub(super) rises: Vec<Tested<Rise>>,
    pub(super) shares: Vec<Tested<Share>>,
}

impl Findings {
    pub(super) fn of(program: &Program) -> Self {
        let order = program.names.get(super::program::VERSION).map_or_else(Order::none, Order::of);
        Self { changes: changes(program, &order), rises: rises(program), shares: shares(program), order }
    }

    /// Whether there are no findings.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.rises.is_empty() && self.shares.is_empty()
    }
}
