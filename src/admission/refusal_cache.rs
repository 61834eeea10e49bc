//! A cache of the answer that every capture of this process gets at once. It is one atomic integer, so that a no costs
//! one load.
//!
//! The installed telemetry stores a refusal here if no other telemetry can be asked and only a call of this library can
//! change the answer. Every such call removes the refusal.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{refused_by, rule_of};
use crate::consent::Rule;

/// Why a capture is refused before admission is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No telemetry can be reached.
    Nobody,
    /// There is no provider to send to.
    NoProvider,
    /// The decision forbids it.
    NoConsent(Rule),
}

/// The fields, from the lowest bits up: the code of the refusal, which is zero when admission has to be asked; the
/// number of telemetries that can be reached, which are the installed one and every scope; and in the upper half the
/// number of changes. By that number, an answer that is older than a change is recognized and not stored.
static WORD: AtomicU64 = AtomicU64::new(NOBODY);

const CODE: u64 = 0xff;
const REACHABLE: u64 = 0xffff_ff00;
const ONE: u64 = 0x100;
const CHANGE: u64 = 1 << 32;

/// Codes from 4 on are rules, in the encoding of admission.
const NO_PROVIDER: u64 = 1;
const NOBODY: u64 = 2;

/// The value of [`WORD`] at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheWord(u64);

impl CacheWord {
    /// The value for a capture: one relaxed load.
    #[inline]
    pub(crate) fn now() -> Self {
        Self(WORD.load(Ordering::Relaxed))
    }

    /// The value before admission is asked, with which the answer is stored.
    pub(crate) fn before_asking() -> Self {
        Self(WORD.load(Ordering::Acquire))
    }

    /// Does admission have to be asked?
    #[inline]
    pub(crate) fn is_open(self) -> bool {
        self.0 & CODE == 0
    }

    /// Can any telemetry be reached from here?
    #[inline]
    pub(crate) fn is_reachable(self) -> bool {
        self.0 & REACHABLE != 0
    }

    /// Is exactly one telemetry reachable?
    pub(crate) fn is_one(self) -> bool {
        self.0 & REACHABLE == ONE
    }

    /// The refusal that the code means.
    pub(crate) fn refusal(self) -> Refusal {
        match self.0 & CODE {
            NOBODY => Refusal::Nobody,
            NO_PROVIDER => Refusal::NoProvider,
            code => Refusal::NoConsent(rule_of(code as u8)),
        }
    }

    /// Stores a refusal, unless something has changed since this value was read.
    pub(crate) fn cache_refusal(self, refusal: Refusal) {
        let code = match refusal {
            Refusal::Nobody => NOBODY,
            Refusal::NoProvider => NO_PROVIDER,
            Refusal::NoConsent(rule) => u64::from(refused_by(rule)),
        };
        // If this fails, admission is asked again, which only costs time.
        let _ = WORD.compare_exchange(self.0, self.0 & !CODE | code, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Notes that one more telemetry can be reached.
pub(crate) fn one_more() {
    change(ONE);
}

/// Notes that one telemetry fewer can be reached.
pub(crate) fn one_less() {
    change(0_u64.wrapping_sub(ONE));
}

/// Notes that a decision was made.
pub(crate) fn changed() {
    change(0);
}

fn change(by: u64) {
    // This never fails, because the closure always returns a value.
    let _ = WORD.fetch_update(Ordering::Release, Ordering::Relaxed, |word| {
        let reachable = (word & REACHABLE).wrapping_add(by) & REACHABLE;
        let changes = (word & !(REACHABLE | CODE)).wrapping_add(CHANGE);
        Some(changes | reachable | if reachable == 0 { NOBODY } else { 0 })
    });
}
