//! Names for reports that were stored by their addresses: at the next start, or later in the same run.

use std::time::Duration;

use crawl4ai_telemetry_core::sanitize::{FrameNames, FramePlace};
use crawl4ai_telemetry_core::{App, Kind, RawFrame, Sanitizer};

use super::Pipeline;
use crate::capture::stack::is_orphaned;
use crate::capture::symbol_table::SymbolTable;
use crate::capture::symbols::LoadedModules;
use crate::store::spool::{Clearance, ReportState, StoredName};

/// How long whoever is about to be asked waits for the lines of one report in an unoptimized build.
const AT_THE_QUESTION: Duration = Duration::from_millis(500);

impl FrameNames for LoadedModules {
    fn functions(&self, places: &[FramePlace<'_>], kind: Kind) -> Vec<Vec<RawFrame>> {
        places.iter().map(|place| self.look_up(place, kind)).collect()
    }
}

impl FrameNames for SymbolTable {
    fn functions(&self, places: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
        self.look_up(places)
    }
}

impl Pipeline {
    /// The bytes of a stored report, with names where it has none and this build of the program knows them: with lines, if there
    /// is time.
    ///
    /// Only what was stored without a fingerprint has none: a signal, the first phase of a panic, an error that was not completed
    /// before its process ended. What the user agreed to is not altered: it was completed before they saw it.
    pub(super) fn with_names(&self, name: &StoredName, bytes: Vec<u8>) -> Vec<u8> {
        if name.fingerprint.is_some() || name.clearance == Clearance::Agreed {
            return bytes;
        }
        self.with_lines(name, &bytes).or_else(|| self.with_functions(&bytes)).unwrap_or(bytes)
    }

    /// By debug information, with lines and inlined functions.
    fn with_lines(&self, name: &StoredName, bytes: &[u8]) -> Option<Vec<u8>> {
        // An unoptimized build takes a good part of a second: a report of a program that runs for a moment only would wait for
        // ever. A signal is worth it, and so is what the user is about to see.
        let is_slow = cfg!(debug_assertions) && name.state == ReportState::Ready;
        // In an orphaned child somebody who is gone holds the lock under which names are looked up.
        if is_orphaned() || (is_slow && name.clearance == Clearance::Rules) {
            return None;
        }
        let (sanitizer, app) = (self.sanitizer().clone(), self.policy.admission.app().clone());
        let nameless = bytes.to_vec();
        let names = move || named(&sanitizer, &app, &nameless, &LoadedModules::look());
        let named = if is_slow {
            self.cleaning.symbolication.within_at_most(AT_THE_QUESTION, names)
        } else {
            self.cleaning.symbolication.within(names)
        };
        named.flatten()
    }

    /// By the program's symbol table, which takes milliseconds: no end of a program is too short for it.
    fn with_functions(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let table = SymbolTable::of_this_program()?;
        named(self.sanitizer(), self.policy.admission.app(), bytes, &table)
    }
}

fn named(sanitizer: &Sanitizer, app: &App, bytes: &[u8], names: &dyn FrameNames) -> Option<Vec<u8>> {
    // What is no report says so when it is cleaned.
    let named = sanitizer.restore_named(bytes, app, names).ok().flatten();
    named.and_then(|report| report.to_stored().ok())
}
