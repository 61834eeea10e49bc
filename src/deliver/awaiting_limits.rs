//! How many reports of one process may wait for the user's answer. Repeats of an error do not count.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crawl4ai_telemetry_core::ReportId;

use crate::fork_safe::ForkSafe;

/// The number of waiting reports that one process may keep. The spool keeps no more than that in all.
const KEPT: usize = 10;

/// The number of captures that one process may examine. Each takes milliseconds, but not on the program's threads.
const ATTEMPTS: usize = 100;

/// The number of panics that one process may keep in addition to these reports.
const PANICS: usize = 10;

/// The number of errors that are remembered. A repeat of a remembered error is not examined.
const KNOWN: usize = 64;

/// May an error wait for the user's answer?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwaitingAdmission {
    /// It may be stored.
    Go,
    /// An error of the same types and stack was admitted under this id.
    Repeat(ReportId),
    /// Enough errors wait already, or enough were examined.
    TooMany,
}

/// The counters. Only the list of known errors has a lock.
#[derive(Debug, Default)]
pub(crate) struct AwaitingLimits {
    kept: AtomicUsize,
    attempts: AtomicUsize,
    panics: AtomicUsize,
    declined: AtomicBool,
    known: ForkSafe<Vec<(u64, ReportId)>>,
}

impl AwaitingLimits {
    /// Notes that the user said not now. Later captures of this run are not kept for a question either.
    pub(super) fn decline(&self) {
        self.declined.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_declined(&self) -> bool {
        self.declined.load(Ordering::Relaxed)
    }

    /// May an error of this signature wait?
    pub(super) fn admit(&self, signature: u64, id: ReportId) -> AwaitingAdmission {
        let mut known = self.known.lock();
        if let Some((_, id)) = known.iter().find(|(s, _)| *s == signature) {
            return AwaitingAdmission::Repeat(*id);
        }
        let enough = self.kept.load(Ordering::Relaxed) >= KEPT
            || self.attempts.fetch_add(1, Ordering::Relaxed) >= ATTEMPTS;
        if enough {
            return AwaitingAdmission::TooMany;
        }
        if known.len() < KNOWN {
            known.push((signature, id));
        }
        AwaitingAdmission::Go
    }

    pub(super) fn admit_panic(&self) -> bool {
        self.panics.fetch_add(1, Ordering::Relaxed) < PANICS
    }

    pub(super) fn count_kept(&self) {
        self.kept.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ReportId {
        ReportId::from_bytes([n; 16])
    }

    #[test]
    fn repeats_use_up_nothing_and_panics_have_room_of_their_own() {
        let limits = AwaitingLimits::default();
        assert_eq!(limits.admit(7, id(1)), AwaitingAdmission::Go);
        for _ in 0..1_000 {
            assert_eq!(limits.admit(7, id(2)), AwaitingAdmission::Repeat(id(1)));
        }
        for signature in 8..17 {
            assert_eq!(limits.admit(signature, id(3)), AwaitingAdmission::Go);
            limits.count_kept();
        }
        limits.count_kept();
        assert_eq!(limits.admit(99, id(4)), AwaitingAdmission::TooMany);
        assert_eq!((0..99).filter(|_| limits.admit_panic()).count(), PANICS);
    }

    #[test]
    fn what_is_looked_at_and_not_kept_is_bounded_too() {
        let limits = AwaitingLimits::default();
        let admitted = (0..1_000).filter(|n| limits.admit(*n, id(1)) == AwaitingAdmission::Go).count();
        assert_eq!(admitted, ATTEMPTS);
    }
}
