//! The counts of one program's reports.

use std::collections::{BTreeMap, HashMap};

use super::names::{Counts, Name, Names, start};
use super::record::Record;

/// The properties by which reports are compared.
pub(super) const DIMENSIONS: [&str; 4] = ["os", "version", "environment", "operation"];

/// A day, by its number since 1970.
pub(super) type Day = u32;

/// The greatest age of a counted day, in days.
pub(super) const DAYS: Day = 400;

/// One program.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) reports: u64,
    pub(super) fatal: u64,
    /// Fatal reports by version and day.
    pub(super) fatal_on: BTreeMap<(Name, Day), u64>,
    pub(super) bugs: HashMap<u64, Bug>,
    /// Reports of bugs beyond the first [`Bounds::bugs`].
    pub(super) of_further_bugs: u64,
    pub(super) days: BTreeMap<Day, u64>,
    pub(super) names: [Names; 4],
    pub(super) totals: [Counts; 4],
    pub(super) lost: BTreeMap<String, u64>,
    pub(super) in_future: u64,
    pub(super) undated: u64,
    pub(super) too_old: u64,
}

/// One bug: reports of one fingerprint.
#[derive(Clone, Debug, Default)]
pub(super) struct Bug {
    pub(super) title: String,
    pub(super) count: u64,
    pub(super) fatal: u64,
    pub(super) days: BTreeMap<Day, u64>,
    /// Counts of names, by dimension.
    pub(super) counts: [Counts; 4],
}

/// Bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Today.
    pub(super) today: Day,
    /// Bugs of one program.
    pub(super) bugs: usize,
    /// Names in a dimension.
    pub(super) names: usize,
}

/// The index of the version in [`DIMENSIONS`].
pub(super) const VERSION: usize = 1;

const MILLIS: u64 = 24 * 60 * 60 * 1000;

/// Why a record counts without a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undated {
    NoTime,
    InFuture,
    TooOld,
}

/// The day of a time in milliseconds since 1970.
///
/// # Errors
/// When the day is not one that is counted.
pub(super) fn day(time: Option<u64>, today: Day) -> Result<Day, Undated> {
    match time.and_then(|time| Day::try_from(time / MILLIS).ok()) {
        None => Err(Undated::NoTime),
        // The clock of a user may be ahead by a time zone.
        Some(day) if day > today + 1 => Err(Undated::InFuture),
        Some(day) if day + DAYS < today => Err(Undated::TooOld),
        Some(day) => Ok(day),
    }
}

impl Program {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            reports: 0,
            fatal: 0,
            fatal_on: BTreeMap::new(),
            bugs: HashMap::new(),
            of_further_bugs: 0,
            days: BTreeMap::new(),
            names: std::array::from_fn(|_| Names::new(bounds.names)),
            totals: std::array::from_fn(|_| Counts::default()),
            lost: BTreeMap::new(),
            in_future: 0,
            undated: 0,
            too_old: 0,
        }
    }

    pub(super) fn add(&mut self, record: &Record<'_>, bounds: Bounds) {
        self.reports += 1;
        let is_fatal = record.level == "fatal";
        self.fatal += u64::from(is_fatal);
        let day = self.day(record.time, bounds.today);
        if let Some(day) = day {
            *self.days.entry(day).or_default() += 1;
            if is_fatal && let Some(versions) = self.names.get_mut(VERSION) {
                *self.fatal_on.entry((versions.name(&record.version), day)).or_default() += 1;
            }
        }
        for (reason, n) in &record.losses {
            // The library writes few different reasons. The bound keeps other writers from filling the memory with
            // theirs.
            if self.lost.len() < 64 || self.lost.contains_key(&**reason) {
                let lost = self.lost.entry(start(reason, 64).to_owned()).or_default();
                *lost = lost.saturating_add(*n);
            }
        }
        let is_full = self.bugs.len() >= bounds.bugs;
        if is_full && !self.bugs.contains_key(&record.fingerprint) {
            self.of_further_bugs += 1;
            return;
        }
        let operation = record.operation.as_deref().unwrap_or_default();
        let values = [&*record.os, &*record.version, &*record.environment, operation];
        let bug = self.bugs.entry(record.fingerprint).or_insert_with(|| Bug::new(record));
        bug.count += 1;
        bug.fatal += u64::from(is_fatal);
        if let Some(day) = day {
            *bug.days.entry(day).or_default() += 1;
        }
        let parts = self.names.iter_mut().zip(&mut self.totals).zip(&mut bug.counts).zip(values);
        for (((names, totals), counts), value) in parts {
            let name: Name = names.name(value);
            totals.add(name);
            counts.add(name);
        }
    }

    fn day(&mut self, time: Option<u64>, today: Day) -> Option<Day> {
        match day(time, today) {
            Ok(day) => return Some(day),
            Err(Undated::NoTime) => self.undated += 1,
            Err(Undated::InFuture) => self.in_future += 1,
            Err(Undated::TooOld) => self.too_old += 1,
        }
        None
    }

    /// Reports of the bugs that are kept.
    pub(super) fn counted(&self) -> u64 {
        self.reports - self.of_further_bugs
    }

    /// The bugs, the most frequent first.
    pub(super) fn ranked(&self) -> Vec<(u64, &Bug)> {
        let mut bugs: Vec<_> = self.bugs.iter().map(|(fingerprint, bug)| (*fingerprint, bug)).collect();
        bugs.sort_by_key(|(fingerprint, bug)| (std::cmp::Reverse(bug.count), *fingerprint));
        bugs
    }
}

impl Bug {
    fn new(record: &Record<'_>) -> Self {
        let failed = record.failure.described();
        let place = failed.function.or_else(|| {
            failed.file.map(|file| match failed.line {
                Some(line) => format!("{file}:{line}"),
                None => file,
            })
        });
        let place = place.map(|place| format!(" in {}", start(&place, 160))).unwrap_or_default();
        Self { title: format!("{}{place}", start(&failed.type_name, 160)), ..Self::default() }
    }
}
