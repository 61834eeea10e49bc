//! The parts that make a report of an event: the sanitizer, the names of functions, and the program's words.

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
    /// Made with the first report, because making it looks at the environment.
    made: OnceBox<Sanitizer>,
    given: SanitizerBuilder,
    /// Words of other languages.
    #[cfg_attr(shuttle, expect(dead_code, reason = "no words are read there"))]
    sources: Vec<Arc<dyn WordSource>>,
    /// The deadline for looking up the names of functions.
    pub(crate) symbolication: SymbolicationDeadline,
    pub(super) words: Arc<WordsReading>,
    /// What there was time for, for the stored report that is being completed.
    pub(super) found: FoundLate,
}

/// What a stored report was completed with. The ends of the program that had no time for it count until the report is stored so:
/// one that found it and ended right then must not begin to count anew, or a program that always ends so never sends.
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

    /// The sanitizer, with the values of this machine.
    pub(super) fn sanitizer(&self, admission: &AdmissionControl) -> &Sanitizer {
        self.made.get_or_init(|| {
            let known = known_values(admission.env(), &admission.run_environment().host);
            let builder = self.given.clone().known(known);
            // Not during exploration, where each of thousands of executions would read the program.
            #[cfg(not(shuttle))]
            let builder = {
                let others = self.sources.clone();
                builder.program_words(move || words::of_this_process(&others))
            };
            Box::new(builder.build())
        })
    }
}

/// The state of reading the program's words. That takes some milliseconds, and in an unoptimized build a tenth of a
/// second.
#[derive(Debug, Default)]
pub(crate) struct WordsReading {
    /// Held by the thread that reads, because two threads that both read take twice as long. A child of a fork reads by
    /// itself, and so does a thread that waited for as long as the lock lets it.
    turn: ForkSafe<()>,
    at_hand: AtomicBool,
    /// Is this end of the program counted as one without words?
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
