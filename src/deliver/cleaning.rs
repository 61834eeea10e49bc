//! The parts that make a report from an event: the sanitizer, the names of functions, and the program's words.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::own_words::WordSource;
use crawl4ai_telemetry_core::sanitize::SanitizerBuilder;
use once_cell::race::OnceBox;

use super::symbolication::SymbolicationDeadline;
use crate::admission::AdmissionControl;
use crate::environment::known_values;
use crate::fork_safe::ForkSafe;
#[cfg(not(shuttle))]
use crate::words;

/// Each part is made or read when the first report needs it.
pub(crate) struct Cleaning {
    /// The sanitizer, made with the first report, because making it reads the environment.
    made: OnceBox<Sanitizer>,
    given: SanitizerBuilder,
    /// The sources of words of other languages.
    #[cfg_attr(shuttle, expect(dead_code, reason = "no words are read there"))]
    sources: Vec<Arc<dyn WordSource>>,
    /// The deadline for looking up the names of functions.
    pub(crate) symbolication: SymbolicationDeadline,
    pub(super) words: Arc<WordsReading>,
    /// The parts that were found in time for the stored report that is being completed.
    pub(super) found: FoundLate,
}

/// The parts with which a stored report was completed. The count of the ends that had no time for a part is reset only
/// when the completed report is stored. If finding the part reset it, a program that always ends right after that would
/// never send.
#[derive(Debug, Default)]
pub(super) struct FoundLate {
    pub(super) words: AtomicBool,
    pub(super) lines: AtomicBool,
}

impl Cleaning {
    pub(crate) fn new(given: SanitizerBuilder, sources: Vec<Arc<dyn WordSource>>) -> Self {
        let (symbolication, words) = (SymbolicationDeadline::default(), Arc::default());
        Self { made: OnceBox::new(), given, sources, symbolication, words, found: FoundLate::default() }
    }

    /// The sanitizer. It knows the values of this machine that it removes.
    pub(super) fn sanitizer(&self, admission: &AdmissionControl) -> &Sanitizer {
        self.made.get_or_init(|| {
            let known = known_values(admission.env(), &admission.run_environment().host);
            let builder = self.given.clone().known(known);
            // The words are not read under shuttle, because each of its thousands of executions would read the program.
            #[cfg(not(shuttle))]
            let builder = {
                let others = self.sources.clone();
                builder.program_words(move || words::of_this_process(&others))
            };
            Box::new(builder.build())
        })
    }
}

/// The state of reading the program's words. Reading takes some milliseconds, and in an unoptimized build a tenth of a
/// second.
#[derive(Debug, Default)]
pub(crate) struct WordsReading {
    /// Held by the thread that reads, because two threads that both read take twice as long. A forked child reads by
    /// itself, and so does a thread that has waited for as long as the lock allows.
    turn: ForkSafe<()>,
    at_hand: AtomicBool,
    /// Has this end of the program been counted as an end without words?
    pub(super) end_counted: AtomicBool,
}

impl WordsReading {
    pub(super) fn is_at_hand(&self) -> bool {
        self.at_hand.load(Ordering::Acquire)
    }

    /// Reads the words, or waits for the thread that reads them.
    pub(super) fn prepare(&self, sanitizer: &Sanitizer) {
        if self.is_at_hand() {
            return;
        }
        let _turn = self.turn.lock();
        if !self.is_at_hand() {
            sanitizer.prepare_words();
            self.at_hand.store(true, Ordering::Release);
        }
    }
}
