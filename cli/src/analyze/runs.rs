//! Runs of a program: how many started, and how many of them a crash ended.
//!
//! Starts come from people who consented to usage figures, and fatal reports from people who consented to crash reports.
//! Their ratio is an estimate, and only within the days of which starts are known.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::names::{Name, OTHERS};
use super::program::{Day, Program, VERSION};
use super::range::Range;
use super::spans::Spans;

/// The number of runs by version and day.
type ByDay = BTreeMap<(Name, Day), u64>;

/// The runs of which starts are known.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    /// The versions with starts, the oldest first.
    pub(super) versions: Vec<OfVersion>,
    /// The first and the last day with starts.
    pub(super) days: RangeInclusive<Day>,
    /// Starts before the first day, which are not counted.
    pub(super) before: u64,
    /// Starts of versions beyond the bound, which are not in `versions`.
    pub(super) of_further_versions: u64,
    /// By day, of all versions.
    starts: BTreeMap<Day, u64>,
    /// The same of fatal reports. `None` where there is no report at all, because then nothing is known of crashes.
    fatal: Option<BTreeMap<Day, u64>>,
}

/// The runs of one version.
#[derive(Clone, Debug)]
pub(super) struct OfVersion {
    /// In the table of versions of the spans.
    pub(super) version: Name,
    pub(super) starts: u64,
    /// Fatal reports. `None` if those of the version are not told apart from those of others, or if there is no report
    /// at all.
    pub(super) fatal: Option<u64>,
}

impl OfVersion {
    /// The share of runs that ended without a crash. `None` where there are more fatal reports than starts, because then
    /// others consented to the ones than to the others.
    pub(super) fn crash_free(&self) -> Option<f64> {
        let fatal = self.fatal.filter(|fatal| *fatal <= self.starts)?;
        Some((self.starts - fatal) as f64 / self.starts as f64)
    }
}

impl Runs {
    /// `None` if no starts are known.
    pub(super) fn of(program: &Program, spans: &Spans) -> Option<Self> {
        let mut starts = per_day(&spans.starts);
        let Range { first, last, before } = Range::of(&starts)?;
        starts.retain(|day, _| *day >= first);
        let of_version = |version| {
            let of_starts = in_all(&spans.starts, version, &starts);
            (of_starts > 0).then(|| OfVersion {
                version,
                starts: of_starts,
                fatal: fatal_of(program, spans, version, &starts),
            })
        };
        let versions: Vec<OfVersion> = spans.order().iter().filter_map(of_version).collect();
        // Versions that tell no starts have crashes of other runs.
        let names = program.names.get(VERSION);
        let known = |of: &OfVersion| names.and_then(|names| names.known(spans.versions.text(of.version)));
        let told: BTreeSet<Name> = versions.iter().filter_map(known).collect();
        let fatal = program.fatal_on.iter().filter(|((version, _), _)| told.contains(version));
        let fatal = per_day(&fatal.map(|(key, count)| (*key, *count)).collect());
        let fatal = (program.reports > 0).then_some(fatal);
        let of_further_versions = in_all(&spans.starts, OTHERS, &starts);
        Some(Self { versions, days: first..=last, before, of_further_versions, starts, fatal })
    }

    /// The starts on a day and in the days before it. `None` if those of one of these days are not known.
    pub(super) fn starts(&self, day: Day, before: Day) -> Option<(u64, u64)> {
        // The first day is rarely complete.
        let is_known = day.checked_sub(before)? > *self.days.start() && day <= *self.days.end();
        is_known.then(|| on_and_before(&self.starts, day, before))
    }

    /// The days of which starts are known, with their starts and their fatal reports.
    pub(super) fn by_day(&self) -> impl Iterator<Item = (Day, u64, Option<u64>)> {
        let of = |counts: &BTreeMap<Day, u64>, day| counts.get(&day).copied().unwrap_or(0);
        let fatal = move |day| self.fatal.as_ref().map(|fatal| of(fatal, day));
        self.days.clone().map(move |day| (day, of(&self.starts, day), fatal(day)))
    }

    /// The fatal reports on a day and in the days before it.
    pub(super) fn fatal(&self, day: Day, before: Day) -> (u64, u64) {
        self.fatal.as_ref().map_or((0, 0), |fatal| on_and_before(fatal, day, before))
    }
}

fn on_and_before(days: &BTreeMap<Day, u64>, day: Day, before: Day) -> (u64, u64) {
    let sum = days.range(day.saturating_sub(before)..day).map(|(_, count)| count).sum();
    (days.get(&day).copied().unwrap_or(0), sum)
}

/// The fatal reports of the version, on days with starts only: crash reports wait on a disk, starts do not.
fn fatal_of(program: &Program, spans: &Spans, version: Name, days: &BTreeMap<Day, u64>) -> Option<u64> {
    if program.reports == 0 {
        return None;
    }
    let names = program.names.get(VERSION)?;
    match names.known(spans.versions.text(version)) {
        Some(version) => Some(in_all(&program.fatal_on, version, days)),
        // Reports of the version may be among those beyond the bound.
        None if program.fatal_on.keys().any(|(version, _)| *version == OTHERS) => None,
        None => Some(0),
    }
}

fn in_all(counts: &ByDay, version: Name, days: &BTreeMap<Day, u64>) -> u64 {
    let of_version = counts.range((version, Day::MIN)..=(version, Day::MAX));
    of_version.filter(|((_, day), _)| days.contains_key(day)).map(|(_, count)| count).sum()
}

fn per_day(counts: &ByDay) -> BTreeMap<Day, u64> {
    let mut days = BTreeMap::new();
    for ((_, day), count) in counts {
        *days.entry(*day).or_default() += count;
    }
    days
}
