//! The program's words, read by one thread at a time; and what leaves where no end of the program has the time for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{Privacy, Sanitizer};

use super::Pipeline;
use crate::fork_safe::ForkSafe;
use crate::store::spool::{Clearance, StoredName};

/// At so many ends of the program in a row there was no time: an unoptimized program that runs for a moment only, on a
/// machine that does something else, would never send anything. What waits then leaves without its texts.
pub(super) const ENDS: u32 = 3;

/// From then on a start waits for the words no longer than this, so that it has time left to send: longer than they take on a
/// machine that has nothing else to do.
const SHORTLY: Duration = Duration::from_millis(if cfg!(debug_assertions) { 150 } else { 50 });

/// Are the program's words at hand for a report, or are texts that need them left out?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    AtHand,
    LeftOut,
}

/// Reading takes some milliseconds, and in an unoptimized build a tenth of a second.
#[derive(Debug, Default)]
pub(crate) struct WordsReading {
    /// Two threads that both read take twice as long. A child of a fork reads by itself, and so does who has waited for the
    /// patience of the lock.
    turn: ForkSafe<()>,
    at_hand: AtomicBool,
    /// This end of the program is counted already.
    counted: AtomicBool,
}

impl WordsReading {
    /// Reads the words, or waits for who reads them.
    pub(super) fn prepare(&self, sanitizer: &Sanitizer) {
        if self.at_hand.load(Ordering::Acquire) {
            return;
        }
        let _turn = self.turn.lock();
        if !self.at_hand.load(Ordering::Acquire) {
            sanitizer.prepare_words();
            self.at_hand.store(true, Ordering::Release);
        }
    }
}

impl Pipeline {
    /// What reads the words, for another thread than this one.
    pub(super) fn words_reader(&self) -> impl FnOnce() + Send + 'static {
        let (words, sanitizer) = (Arc::clone(&self.words), self.sanitizer().clone());
        move || words.prepare(&sanitizer)
    }

    /// Reads the words for a report that is not narrowed yet. Left out are they where the program ends before they are read,
    /// and its last ends were no longer either: then the report leaves without its texts, which need the words.
    pub(super) fn words_for(&self, name: &StoredName, privacy: Privacy) -> Words {
        let needs_none = name.fingerprint.is_some() || privacy == Privacy::Strict;
        // What the user is asked about, and what they agreed to, is not altered.
        if needs_none || name.clearance != Clearance::Rules {
            return Words::AtHand;
        }
        let is_late = self.store.delivery_state.read().ends_without_words >= ENDS;
        if !self.words.at_hand.load(Ordering::Acquire) && !self.symbolication.is_over() {
            let reader = self.words_reader();
            if is_late {
                let start = Instant::now();
                self.symbolication.within_at_most(SHORTLY, reader);
                if start.elapsed() < SHORTLY && !self.symbolication.is_over() {
                    // No thread could be had, or another has just read them.
                    self.words_reader()();
                }
            } else {
                self.symbolication.within(reader);
            }
        }
        let is_over = self.symbolication.is_over();
        // Where no thread could be had there is time: they are read when the report is made.
        if self.words.at_hand.load(Ordering::Acquire) || !(is_over || is_late) {
            self.forget_ends();
            return Words::AtHand;
        }
        if !is_over {
            return Words::LeftOut;
        }
        // Counted before the words are read on: the process may end meanwhile.
        let is_first = !self.words.counted.swap(true, Ordering::AcqRel);
        let ends = self.store.delivery_state.update(|state| {
            state.ends_without_words = state.ends_without_words.saturating_add(u32::from(is_first));
            state.ends_without_words
        });
        if ends >= ENDS {
            return Words::LeftOut;
        }
        self.words_reader()();
        self.forget_ends();
        Words::AtHand
    }

    /// There was time: what waits need not leave without its texts.
    pub(super) fn forget_ends(&self) {
        if self.store.delivery_state.read().ends_without_words > 0 {
            self.store.delivery_state.update(|state| state.ends_without_words = 0);
        }
    }
}

#[cfg(test)]
mod tests;
