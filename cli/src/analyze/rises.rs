//! Finds days on which a bug, or all bugs together, occurred more often than in the week before.

use super::exact::{Tested, claims, one_day_of, over};
use super::program::{Day, Program};

/// The number of days before. In a week, each day of the week occurs once.
pub(super) const BEFORE: Day = 7;

/// The fewest reports of a rise, because fewer would interest nobody.
const FEWEST: u64 = 5;

/// The smallest rise: twice as many.
const FACTOR: u64 = 2;

/// A rise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rise {
    /// The bug, or `None` for all reports.
    pub(super) bug: Option<u64>,
    pub(super) day: Day,
    pub(super) count: u64,
    /// The sum of the reports in the seven days before.
    pub(super) before: u64,
}

/// A bug's share of a day's reports is compared with its share in the week before, so that more users are not a rise.
/// The number of all reports of a day is compared with that of the week before. Of each bug only the first such day is
/// a finding.
pub(super) fn rises(program: &Program) -> Vec<Tested<Rise>> {
    let (Some(first), Some(last)) = (program.days.keys().next(), program.days.keys().next_back()) else {
        return Vec::new();
    };
    // The first day is rarely complete.
    let from = first + 1 + BEFORE;
    let days = u64::from((last + 1).saturating_sub(from));
    let bugs = program.bugs.len() as u64;
    let mut tested = Vec::new();
    for day in from..=*last {
        let (count, before) = (on(&program.days, day), week_before(&program.days, day));
        if is_worth_it(count, before) {
            let p = one_day_of(BEFORE + 1, count, count + before);
            tested.push((Rise { bug: None, day, count, before }, p));
        }
    }
    for (fingerprint, bug) in &program.bugs {
        for (day, count) in bug.days.range(from..) {
            let before = week_before(&bug.days, *day);
            if is_worth_it(*count, before) {
                let (all, all_before) = (on(&program.days, *day), week_before(&program.days, *day));
                let p = over(*count, all, *count + before, all + all_before);
                tested.push((Rise { bug: Some(*fingerprint), day: *day, count: *count, before }, p));
            }
        }
    }
    let mut found = claims(days * (bugs + 1), tested);
    found.sort_by_key(|rise| (rise.what.bug, rise.what.day));
    found.dedup_by_key(|rise| rise.what.bug);
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    found
}

fn on(days: &std::collections::BTreeMap<Day, u64>, day: Day) -> u64 {
    days.get(&day).copied().unwrap_or(0)
}

fn week_before(days: &std::collections::BTreeMap<Day, u64>, day: Day) -> u64 {
    days.range(day - BEFORE..day).map(|(_, count)| count).sum()
}

fn is_worth_it(count: u64, before: u64) -> bool {
    count >= FEWEST && count * u64::from(BEFORE) >= FACTOR * before
}
