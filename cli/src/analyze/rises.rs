//! Finds days on which a bug, or all bugs together, occurred more often than in the week before, or more starts ended with
//! a crash.

use std::collections::BTreeMap;

use super::exact::{Tested, claims, in_part, over, part};
use super::program::{Day, Program};
use super::range::Range;
use super::runs::Runs;

/// The number of days before. In a week, each day of the week occurs once.
pub(super) const BEFORE: Day = 7;

/// The most weeks before of which the same day is looked at.
const WEEKS: Day = 4;

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
    /// The sum of the reports on the same day of so many weeks before. `None` of fatal reports for each start.
    pub(super) weekdays: Option<(u64, Day)>,
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
///
/// Many programs have a rhythm of weeks. So bugs and all reports must also have risen above the same day of the weeks
/// before, and the larger chance of both counts (R. L. Berger, *Multiparameter hypothesis testing and acceptance
/// sampling*, Technometrics 24, 1982: the intersection-union test).
pub(super) fn rises(program: &Program, range: Range, runs: Option<&Runs>) -> Vec<Tested<Rise>> {
    // The first day is rarely complete.
    let complete = range.first + 1;
    let from = complete + BEFORE;
    let mut tests = 0;
    let mut tested = Vec::new();
    for day in from..=range.last {
        let starts = runs.and_then(|runs| runs.starts(day, BEFORE));
        tests += 1 + program.bugs.len() as u64;
        let (counts, weeks) = (Counts::of(&program.days, day, complete), weeks(day, complete));
        if counts.rose(weeks) {
            let Counts { on, before, weekdays } = counts;
            let of_week = in_part(part(1, u64::from(BEFORE)), on, on + before);
            let of_weekdays = in_part(part(1, u64::from(weeks)), on, on + weekdays);
            tested.push((counts.rise(Risen::All, day, weeks, starts), of_week.max(of_weekdays)));
        }
        if let Some((runs, (now, earlier))) = runs.zip(starts) {
            let (count, before) = runs.fatal(day, BEFORE);
            tests += 1;
            // More reports than starts came from others than those who tell starts, as when a collector was away. Of a day
            // with less than half the usual starts, some did not come.
            let is_whole = now.saturating_mul(2 * u64::from(BEFORE)) >= earlier;
            if is_whole && count <= now && before <= earlier && is_worth_it(count, before, now, earlier) {
                let p = in_part(part(now, earlier), count, count + before);
                tested.push((Rise { what: Risen::Fatal, day, count, before, weekdays: None, starts }, p));
            }
        }
    }
    for (fingerprint, bug) in &program.bugs {
        for (day, _) in bug.days.range(from..) {
            let (counts, weeks) = (Counts::of(&bug.days, *day, complete), weeks(*day, complete));
            if counts.rose(weeks) {
                let p = counts.chance_among(Counts::of(&program.days, *day, complete));
                tested.push((counts.rise(Risen::Bug(*fingerprint), *day, weeks, None), p));
            }
        }
    }
    let mut found = claims(tests, tested);
    found.sort_by_key(|rise| (rise.what.what, rise.what.day));
    found.dedup_by_key(|rise| rise.what.what);
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    found
}

/// Reports on a day, in the week before, and on the same day of the weeks before.
#[derive(Clone, Copy)]
struct Counts {
    on: u64,
    before: u64,
    weekdays: u64,
}

impl Counts {
    /// `complete` is the first day of which all reports are there.
    fn of(days: &BTreeMap<Day, u64>, day: Day, complete: Day) -> Self {
        let on = |day| days.get(&day).copied().unwrap_or(0);
        Self {
            on: on(day),
            before: days.range(day - BEFORE..day).map(|(_, count)| count).sum(),
            weekdays: (1..=weeks(day, complete)).map(|ago| on(day - ago * BEFORE)).sum(),
        }
    }

    fn rose(self, weeks: Day) -> bool {
        is_worth_it(self.on, self.before, 1, u64::from(BEFORE))
            && is_worth_it(self.on, self.weekdays, 1, u64::from(weeks))
    }

    /// The chance of such a part of all reports.
    fn chance_among(self, all: Self) -> f64 {
        let of = |before, all_before| over(self.on, all.on, self.on + before, all.on + all_before);
        of(self.before, all.before).max(of(self.weekdays, all.weekdays))
    }

    fn rise(self, what: Risen, day: Day, weeks: Day, starts: Option<(u64, u64)>) -> Rise {
        let weekdays = Some((self.weekdays, weeks));
        Rise { what, day, count: self.on, before: self.before, weekdays, starts }
    }
}

/// The number of weeks before the day of which the same day is known.
fn weeks(day: Day, complete: Day) -> Day {
    ((day - complete) / BEFORE).min(WEEKS)
}

/// Whether a rise is large enough, from the exposures now and before.
fn is_worth_it(count: u64, before: u64, now: u64, earlier: u64) -> bool {
    count >= FEWEST && count.saturating_mul(earlier) >= FACTOR.saturating_mul(before).saturating_mul(now)
}
