//! The program's words, which one thread at a time reads, and the reports that leave without them when the ends of the
//! program have no time to read them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::Privacy;

use super::Pipeline;
use crate::store::delivery_state::EndWithout;
use crate::store::spool::{Clearance, StoredName};

/// Ends of the program in a row without time, after which waiting reports leave without their texts. Otherwise an
/// unoptimized program that runs only for a moment, on a busy machine, would never send anything.
pub(super) const ENDS: u32 = 3;

/// Longest wait of a start for the words after that many such ends, so that it has time left to send. Reading takes
/// less on an idle machine.
const SHORTLY: Duration = Duration::from_millis(if cfg!(debug_assertions) { 150 } else { 50 });

/// Are the program's words at hand for a report, or are texts that need them left out?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    AtHand,
    LeftOut,
}

impl Pipeline {
    /// A job that reads the words, for another thread to run.
    pub(super) fn words_reader(&self) -> impl FnOnce() + Send + 'static {
        let (words, sanitizer) = (Arc::clone(&self.cleaning.words), self.sanitizer().clone());
        move || words.prepare(&sanitizer)
    }

    /// Are the words of a report about to be read, and waited for?
    pub(super) fn will_read_words(&self, name: &StoredName, privacy: Privacy) -> bool {
        needs_words(name, privacy)
            && !self.cleaning.words.is_at_hand()
            && !self.cleaning.symbolication.is_over()
            && self.store.delivery_state.read().ends_without_words < ENDS
    }

    /// Reads the words for a report that is not narrowed yet. After [`ENDS`] ends in a row that had no time for the
    /// words, they are left out, and the report leaves without the texts that need them.
    pub(super) fn words_for(&self, name: &StoredName, privacy: Privacy) -> Words {
        self.cleaning.found.words.store(false, Ordering::Release);
        if !needs_words(name, privacy) {
            return Words::AtHand;
        }
        let is_late = self.store.delivery_state.read().ends_without_words >= ENDS;
        if !self.cleaning.words.is_at_hand() && !self.cleaning.symbolication.is_over() {
            let reader = self.words_reader();
            if is_late {
                let start = Instant::now();
                self.cleaning.symbolication.within_at_most(SHORTLY, reader);
                if start.elapsed() < SHORTLY && !self.cleaning.symbolication.is_over() {
                    // The words have just been read, or no thread could be had and they are read here.
                    self.words_reader()();
                }
            } else {
                self.cleaning.symbolication.within(reader);
            }
        }
        let is_over = self.cleaning.symbolication.is_over();
        // If no thread could be had, there is time to read the words when the report is made.
        if self.cleaning.words.is_at_hand() || !(is_over || is_late) {
            self.cleaning.found.words.store(true, Ordering::Release);
            return Words::AtHand;
        }
        if !is_over {
            return Words::LeftOut;
        }
        // Counted before the words are read, because the process may end meanwhile.
        if self.store.count_end(EndWithout::Words, &self.cleaning.words.end_counted) >= ENDS {
            return Words::LeftOut;
        }
        self.words_reader()();
        self.cleaning.found.words.store(true, Ordering::Release);
        Words::AtHand
    }
}

/// What the user is asked about, and what they agreed to, is not altered.
fn needs_words(name: &StoredName, privacy: Privacy) -> bool {
    name.fingerprint.is_none() && privacy != Privacy::Strict && name.clearance == Clearance::Rules
}

#[cfg(test)]
mod tests;
