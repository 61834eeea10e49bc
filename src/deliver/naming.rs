//! Adds function names to reports that were stored with addresses only, at the next start or later in the same run.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crawl4ai_telemetry_core::sanitize::{FrameNames, FramePlace};
use crawl4ai_telemetry_core::{App, Kind, Privacy, RawFrame, Sanitizer};

use super::Pipeline;
use super::cleaning::WordsReading;
use super::symbolication::start;
use super::sync::mpsc::Receiver;
use super::words_reading::ENDS;
use crate::capture::stack::is_orphaned;
use crate::capture::symbol_table::SymbolTable;
use crate::capture::symbols::LoadedModules;
use crate::store::delivery_state::EndWithout;
use crate::store::spool::{Clearance, ReportState, StoredName};

/// The longest wait for the line numbers of one report before the user is asked about it, in an unoptimized build.
const AT_THE_QUESTION: Duration = Duration::from_millis(500);

impl FrameNames for LoadedModules {
    fn functions(&self, places: &[FramePlace<'_>], kind: Kind) -> Vec<Vec<RawFrame>> {
        let mut functions: Vec<_> = places.iter().map(|place| self.look_up(place, kind)).collect();
        if let Some(table) = SymbolTable::of_this_program() {
            table.rename(places, functions.iter_mut().map(|functions| functions.last_mut()));
        }
        functions
    }
}

impl FrameNames for SymbolTable {
    fn functions(&self, places: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
        self.look_up(places)
    }
}

/// Names that are looked up while another thread reads the program's words. After the look-up, the thread waits for the
/// words, which the report needs next, because two threads that both read take twice as long.
struct Beside<N> {
    names: N,
    words: Arc<WordsReading>,
    sanitizer: Sanitizer,
}

impl<N: FrameNames> FrameNames for Beside<N> {
    fn functions(&self, places: &[FramePlace<'_>], kind: Kind) -> Vec<Vec<RawFrame>> {
        let functions = self.names.functions(places, kind);
        self.words.prepare(&self.sanitizer);
        functions
    }
}

/// Receives a report with its names, once they are found.
pub(super) type NamesBeside = Receiver<Option<Vec<u8>>>;

impl Pipeline {
    /// Starts to look names up for a report whose words are about to be read. In an unoptimized build, names and words
    /// take a tenth of a second each, and a program that runs for a moment has a quarter of a second. `None` if
    /// starting now gains nothing.
    pub(super) fn names_beside_words<N: FrameNames>(
        &self,
        name: &StoredName,
        bytes: &[u8],
        privacy: Privacy,
        names: impl FnOnce() -> N + Send + 'static,
    ) -> Option<NamesBeside> {
        if !self.will_read_words(name, privacy) || is_slow(name) || is_orphaned() {
            return None;
        }
        let (sanitizer, app) = (self.sanitizer().clone(), self.policy.admission.app().clone());
        let (words, nameless) = (Arc::clone(&self.cleaning.words), bytes.to_vec());
        start(move || {
            let beside = Beside { names: names(), words, sanitizer: sanitizer.clone() };
            named(&sanitizer, &app, &nameless, &beside)
        })
    }

    /// The bytes of a stored report. If it has no function names and this build of the program knows them, they are
    /// added, with line numbers if there is time.
    ///
    /// Only reports without a fingerprint have no names. Such reports are of a signal, of phase 1 of a panic, or of an
    /// error that was not completed before its process ended. A report that the user agreed to is not altered, because
    /// it was completed before they saw it.
    ///
    /// `beside` is the look-up that [`names_beside_words`](Self::names_beside_words) has started.
    pub(super) fn with_names(
        &self,
        name: &StoredName,
        bytes: Vec<u8>,
        beside: Option<&NamesBeside>,
    ) -> Vec<u8> {
        if name.fingerprint.is_some() || name.clearance == Clearance::Agreed {
            return bytes;
        }
        let lines = match beside {
            Some(beside) => self.cleaning.symbolication.outcome(beside).flatten(),
            None => self.with_lines(name, &bytes),
        };
        let lines = lines.or_else(|| self.with_lines_late(name, &bytes));
        self.cleaning.found.lines.store(lines.is_some(), Ordering::Release);
        lines.or_else(|| self.with_functions(&bytes)).unwrap_or(bytes)
    }

    /// Adds names from the debug information, with line numbers and inlined functions.
    fn with_lines(&self, name: &StoredName, bytes: &[u8]) -> Option<Vec<u8>> {
        let is_slow = is_slow(name);
        // In an orphaned child, a thread that no longer exists may hold the lock under which names are looked up.
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

    /// Adds names from the debug information although the program ends and its time is up. Meanwhile the report stays
    /// on the disk with addresses only, and if the process ends first, the next start tries again.
    ///
    /// Names from the symbol table say less, because the table has no lines and no inlined functions. The table is used
    /// at the third such end in a row, for a program that is always busy at its end.
    fn with_lines_late(&self, name: &StoredName, bytes: &[u8]) -> Option<Vec<u8>> {
        let may_wait = name.clearance == Clearance::Rules && !is_slow(name) && !is_orphaned();
        if !(may_wait && self.cleaning.symbolication.is_over()) {
            return None;
        }
        // The end is counted before the look-up, because the process may end during the look-up.
        if self.store.count_end(EndWithout::Lines, &self.cleaning.symbolication.end_counted) >= ENDS {
            return None;
        }
        named(self.sanitizer(), self.policy.admission.app(), bytes, &LoadedModules::look())
    }

    /// Adds names from the program's symbol table. That takes milliseconds, so that there is time for it at every end
    /// of a program.
    fn with_functions(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let table = SymbolTable::of_this_program()?;
        named(self.sanitizer(), self.policy.admission.app(), bytes, &table)
    }
}

/// Does the look-up take too long for this report? In an unoptimized build it takes a good part of a second, so that
/// reports of a program that runs only for a moment would wait for ever. For a report of an error that ended a process,
/// the time is spent.
fn is_slow(name: &StoredName) -> bool {
    cfg!(debug_assertions) && name.state == ReportState::Ready
}

fn named(sanitizer: &Sanitizer, app: &App, bytes: &[u8], names: &dyn FrameNames) -> Option<Vec<u8>> {
    // If the bytes are no report, the error is ignored here, because it occurs again when they are cleaned.
    let named = sanitizer.restore_named(bytes, app, names).ok().flatten();
    named.and_then(|report| report.to_stored().ok())
}

#[cfg(test)]
mod tests;
