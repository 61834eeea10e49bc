//! Finds values that occur more often in a bug's reports than in others: a system, a version, an environment, an
//! operation.

use super::exact::{Tested, claims, over};
use super::names::{Name, OTHERS};
use super::program::Program;

/// The fewest reports with a value. Fewer say little, however unlikely they are.
const FEWEST: u64 = 5;

/// The smallest ratio between the value's share in the bug's reports and in those of the other bugs.
const FACTOR: f64 = 1.5;

/// A value that occurs more often in a bug's reports than in those of the other bugs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) bug: u64,
    /// The index in [`super::program::DIMENSIONS`].
    pub(super) dimension: usize,
    pub(super) value: Name,
    /// Reports of the bug that have the value.
    pub(super) count: u64,
    /// All reports of the bug.
    pub(super) of: u64,
    /// Reports of the other bugs that have the value.
    pub(super) elsewhere: u64,
    /// All reports of the other bugs.
    pub(super) of_others: u64,
}

impl Share {
    /// The share of the value in the bug's reports, and in those of the other bugs.
    pub(super) fn parts(&self) -> (f64, f64) {
        let part = |count: u64, of: u64| if of == 0 { 0.0 } else { count as f64 / of as f64 };
        (part(self.count, self.of), part(self.elsewhere, self.of_others))
    }
}

pub(super) fn shares(program: &Program) -> Vec<Tested<Share>> {
    let total = program.counted();
    let mut tested = Vec::new();
    for (fingerprint, bug) in &program.bugs {
        for (dimension, (counts, totals)) in bug.counts.iter().zip(&program.totals).enumerate() {
            for (value, count) in counts.iter().filter(|(value, count)| *value != OTHERS && *count >= FEWEST)
            {
                let of_total = totals.of(value);
                let share = Share {
                    bug: *fingerprint,
                    dimension,
                    value,
                    count,
                    of: bug.count,
                    elsewhere: of_total.saturating_sub(count),
                    of_others: total.saturating_sub(bug.count),
                };
                let (here, elsewhere) = share.parts();
                if here >= FACTOR * elsewhere && share.of_others > 0 {
                    let p = over(count, bug.count, of_total, total);
                    tested.push((share, p));
                }
            }
        }
    }
    let values: u64 = program.names.iter().map(|names| names.len() as u64).sum();
    claims(program.bugs.len() as u64 * values, tested)
}
