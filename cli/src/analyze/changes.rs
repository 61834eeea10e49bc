//! Changes from version to version: new bugs, bugs that stopped, bugs that came back.

use super::exact::{Tested, all_inside, claims};
use super::names::{Counts, Name, OTHERS};
use super::program::{Program, VERSION};
use super::versions::Order;

/// The effect of a version on a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No earlier version had the bug.
    New,
    /// No later version has the bug.
    Stopped,
    /// Versions in between did not have the bug.
    CameBack,
}

/// A bug that is new, has stopped or has come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) bug: u64,
    pub(super) kind: Kind,
    /// The first version with the bug, the first without it, or the one with which it came back.
    pub(super) version: Name,
    pub(super) count: u64,
    /// Reports of any bug from the versions without this one.
    pub(super) without: u64,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Stopped => "stopped",
            Self::CameBack => "came_back",
        }
    }
}

/// A rare bug may be absent from a version by chance. So a change is only reported if it is unlikely that all the bug's
/// reports missed those versions, assuming that they are distributed over versions as all reports are.
pub(super) fn changes(program: &Program, order: &Order) -> Vec<Tested<Change>> {
    let Some(totals) = program.totals.get(VERSION) else { return Vec::new() };
    // The number of reports before each version, and of all versions at the end.
    let mut before = vec![0];
    for version in order.iter() {
        before.push(before.last().copied().unwrap_or(0) + totals.of(version));
    }
    let total = before.last().copied().unwrap_or(0);
    let of = |from: usize, to: usize| {
        let at = |place: usize| before.get(place).copied().unwrap_or(total);
        at(to).saturating_sub(at(from))
    };
    let versions = order.len();
    // Any sequence of versions between two others is a possible gap.
    let gaps = (versions * versions.saturating_sub(1) / 2).max(1) as f64;
    let mut tested = Vec::new();
    for (fingerprint, bug) in &program.bugs {
        // Where versions are beyond the bound, nobody knows the bug's first and last one.
        let counts = bug.counts.get(VERSION).filter(|counts| counts.of(OTHERS) == 0);
        let Some(counts) = counts else { continue };
        let places = places(counts, order);
        let (Some(first), Some(last)) = (places.first(), places.last()) else { continue };
        let count: u64 = order.iter().map(|version| counts.of(version)).sum();
        let mut test = |kind, place: usize, without: u64, factor: f64| {
            if let Some(version) = order.at(place).filter(|_| without > 0) {
                let p = all_inside(count, total - without, total) * factor;
                tested.push((Change { bug: *fingerprint, kind, version, count, without }, p.min(1.0)));
            }
        };
        test(Kind::New, *first, of(0, *first), 1.0);
        test(Kind::Stopped, *last + 1, of(*last + 1, versions), 1.0);
        let gap = places.windows(2).filter_map(|pair| match pair {
            [left, right] if right - left > 1 => Some((*right, of(left + 1, *right))),
            _ => None,
        });
        if let Some((back, without)) = gap.max_by_key(|(_, without)| *without) {
            test(Kind::CameBack, back, without, gaps);
        }
    }
    claims(3 * program.bugs.len() as u64, tested)
}

/// The positions of the versions that have a bug.
fn places(counts: &Counts, order: &Order) -> Vec<usize> {
    let mut places: Vec<usize> = counts.iter().filter_map(|(version, _)| order.place(version)).collect();
    places.sort_unstable();
    places
}

/// The first and the last version that has a bug. `None` if the bug has versions beyond the bound.
pub(super) fn first_and_last(counts: &Counts, order: &Order) -> Option<(Name, Name)> {
    if counts.of(OTHERS) > 0 {
        return None;
    }
    let places = places(counts, order);
    Some((order.at(*places.first()?)?, order.at(*places.last()?)?))
}
