//! The programs whose reports were read. The first ones are counted in full, and of all others only the number of
//! reports.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crawl4ai_telemetry::printable::line;

use super::names::start;
use super::program::{Bounds, Program};
use super::record::Record;
use crate::exit::Failure;
use crate::view::words::grouped;

/// The most programs that are counted in full.
const PROGRAMS: usize = 16;

/// The most further programs whose reports are counted by name. They take 4 MB.
const FURTHER: usize = 100_000;

/// The longest name that is kept whole, in bytes.
const LONGEST: usize = 200;

#[derive(Default)]
pub(super) struct Programs {
    /// The program that was asked for. Only its reports are counted in full.
    wanted: Option<String>,
    kept: BTreeMap<String, Program>,
    /// The number of reports of each further program, by a hash of its name.
    further: HashMap<u64, u64>,
    /// Reports of programs beyond both bounds.
    beyond: u64,
    /// Reports of other programs than the wanted one.
    unwanted: u64,
}

impl Programs {
    pub(super) fn new(wanted: Option<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Whether a report is of the program that was asked for. If it is not, it is only counted.
    pub(super) fn is_wanted(&mut self, record: &Record<'_>) -> bool {
        let is_wanted = self.wanted.as_deref().is_none_or(|wanted| wanted == start(&record.program, LONGEST));
        self.unwanted += u64::from(!is_wanted);
        is_wanted
    }

    pub(super) fn add(&mut self, record: &Record<'_>, bounds: Bounds) {
        let name = start(&record.program, LONGEST);
        if let Some(program) = self.kept.get_mut(name) {
            return program.add(record, bounds);
        }
        if self.kept.len() < PROGRAMS {
            let mut program = Program::new(bounds);
            program.add(record, bounds);
            self.kept.insert(name.to_owned(), program);
            return;
        }
        let mut hash = DefaultHasher::new();
        name.hash(&mut hash);
        let hash = hash.finish();
        if let Some(count) = self.further.get_mut(&hash) {
            *count += 1;
        } else if self.further.len() < FURTHER {
            self.further.insert(hash, 1);
        } else {
            self.beyond += 1;
        }
    }

    /// The program with the most reports; `None` if there is no report.
    ///
    /// # Errors
    /// When it may be one of those that were not counted in full.
    pub(super) fn largest(&self) -> Result<Option<(&str, &Program)>, Failure> {
        let largest = self.kept.iter().max_by_key(|(_, program)| program.reports);
        let of_further = self.further.values().copied().max().unwrap_or(0).max(self.beyond);
        if largest.is_some_and(|(_, program)| of_further > program.reports) {
            return Err(Failure::Refused(format!(
                "a later one of more than {PROGRAMS} programs may have the most reports; name one with --program"
            )));
        }
        Ok(largest.map(|(name, program)| (name.as_str(), program)))
    }

    /// The number of reports of programs that are not shown.
    pub(super) fn of_others(&self, shown: &str) -> u64 {
        self.kept.iter().filter(|(name, _)| *name != shown).map(|(_, program)| program.reports).sum::<u64>()
            + self.of_further()
    }

    fn of_further(&self) -> u64 {
        self.further.values().sum::<u64>() + self.beyond + self.unwanted
    }

    /// Says how many reports are of programs that are not shown.
    pub(super) fn left_out(&self, shown: &str) -> Option<String> {
        let others = self.kept.iter().filter(|(name, _)| *name != shown);
        let others = others.map(|(name, program)| format!("{} of {}", grouped(program.reports), line(name)));
        let further = Some(self.of_further()).filter(|further| *further > 0);
        let further = further.map(|further| format!("{} of others", grouped(further)));
        let said: Vec<String> = others.chain(further).collect();
        (!said.is_empty()).then(|| {
            format!(
                "Reports of other programs are left out; `--program NAME` shows them: {}",
                said.join(", ")
            )
        })
    }
}
