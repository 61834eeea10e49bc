//! Finds days on which a bug, or all bugs together, occurred more often than in the week before, or more starts ended with
//! a crash.

use super::exact::{Tested, claims, in_part, over, part};
use super::program::{Day, Program};
use super::runs::Runs;

/// The number of days before. In a week, each day of the week occurs once.
pub(super) const BEFORE: Day = 7;

/// The fewest reports of a rise, because fewer would interest nobody.
const FEWEST: u64 = 5;

/// The smallest rise: twice as many.
const FACTOR: u64 = 2;

/// A rise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rise {
    pub(super) what: Risen,
    pub(super) day: Day,
    pub(super) count: u64,
    /// The sum of the reports in the seven days before.
    pub(super) before: u64,
    /// The starts on the day and in the seven days before, where they are known.
    pub(super) starts: Option<(u64, u64)>,
}

/// What rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Risen {
    /// A bug's share of all reports.
    Bug(u64),
    /// The number of all reports.
    All,
    /// Fatal reports for each start.
    Fatal,
}

impl Risen {
    pub(super) const fn bug(self) -> Option<u64> {
        match self {
            Self::Bug(bug) => Some(bug),
            Self::All | Self::Fatal => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bug(_) => "bug",
            Self::All => "all_reports",
            Self::Fatal => "fatal_reports_per_start",
        }
    }
}

/// A bug's share of a day's reports is compared with its share in the week before, so that more users are not a rise.
/// For the same reason, fatal reports are compared by the number of starts where starts are known. The number of all
/// reports of a day is compared with that of the week before. Of each bug only the first such day is a finding.
pub(super) fn rises(program: &Program, runs: Option<&Runs>) -> Vec<Tested<Rise>> {
    let (Some(first), Some(last)) = (program.days.keys().next(), program.days.keys().next_back()) else {
        return Vec::new();
    };
    // The first day is rarely complete.
    let from = first + 1 + BEFORE;
    let mut tests = 0;
    let mut tested = Vec::new();
    for day in from..=*last {
        let starts = runs.and_then(|runs| runs.starts(day, BEFORE));
        let (count, before) = (on(&program.days, day), week_before(&program.days, day));
        tests += 1 + program.bugs.len() as u64;
        if is_worth_it(count, before, 1, u64::from(BEFORE)) {
            let p = in_part(part(1, u64::from(BEFORE)), count, count + before);
            tested.push((Rise { what: Risen::All, day, count, before, starts }, p));
        }
        if let Some((runs, (now, earlier))) = runs.zip(starts) {
            let (count, before) = runs.fatal(day, BEFORE);
            tests += 1;
            // More reports than starts came from others than those who tell starts, as when a collector was away. Of a day
            // with less than half the usual starts, some did not come.
            let is_whole = now.saturating_mul(2 * u64::from(BEFORE)) >= earlier;
            if is_whole && count <= now && before <= earlier && is_worth_it(count, before, now, earlier) {
                let p = in_part(part(now, earlier), count, count + before);
                tested.push((Rise { what: Risen::Fatal, day, count, before, starts }, p));
            }
        }
    }
    for (fingerprint, bug) in &program.bugs {
        for (day, count) in bug.days.range(from..) {
            let before = week_before(&bug.days, *day);
            if is_worth_it(*count, before, 1, u64::from(BEFORE)) {
                let (all, all_before) = (on(&program.days, *day), week_before(&program.days, *day));
                let p = over(*count, all, *count + before, all + all_before);
                let what = Risen::Bug(*fingerprint);
                tested.push((Rise { what, day: *day, count: *count, before, starts: None }, p));
            }
        }
    }
    let mut found = claims(tests, tested);
    found.sort_by_key(|rise| (rise.what.what, rise.what.day));
    found.dedup_by_key(|rise| rise.what.what);
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    found
}

fn on(days: &std::collections::BTreeMap<Day, u64>, day: Day) -> u64 {
    days.get(&day).copied().unwrap_or(0)
}

fn week_before(days: &std::collections::BTreeMap<Day, u64>, day: Day) -> u64 {
    days.range(day - BEFORE..day).map(|(_, count)| count).sum()
}

/// Whether a rise is large enough, from the exposures now and before.
fn is_worth_it(count: u64, before: u64, now: u64, earlier: u64) -> bool {
    count >= FEWEST && count.saturating_mul(earlier) >= FACTOR.saturating_mul(before).saturating_mul(now)
}
