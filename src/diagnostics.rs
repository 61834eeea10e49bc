//! The library's own failures: counted by reason, and remembered for `status`. This code cannot panic or recurse. It
//! prints nothing, because the terminal belongs to the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crawl4ai_telemetry_core::{Loss, Losses};

use crate::fork_safe::ForkSafe;

/// The counters of one telemetry instance. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    inner: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    /// Losses since the process began, in the order of [`Loss::ALL`].
    total: [AtomicU64; Loss::ALL.len()],
    /// Losses that the next report still has to tell.
    unreported: [AtomicU64; Loss::ALL.len()],
    /// The last failure, as a sentence without personal data.
    last: ForkSafe<Option<String>>,
}

impl Diagnostics {
    /// Counts `n` losses. It takes no lock, so that the panic hook can call it.
    pub(crate) fn lost(&self, reason: Loss, n: u64) {
        for ((known, total), unreported) in
            Loss::ALL.iter().zip(&self.inner.total).zip(&self.inner.unreported)
        {
            if *known == reason {
                total.fetch_add(n, Ordering::Relaxed);
                unreported.fetch_add(n, Ordering::Relaxed);
            }
        }
    }

    /// Remembers what failed, for `status`. The text must be the library's own, because it is not sanitized.
    pub(crate) fn note(&self, what: String) {
        *self.inner.last.lock() = Some(what);
    }

    /// The last failure.
    pub(crate) fn last(&self) -> Option<String> {
        self.inner.last.lock().clone()
    }

    /// All losses since the process began.
    pub(crate) fn total(&self) -> Losses {
        Self::collect(&self.inner.total, |n| n.load(Ordering::Relaxed))
    }

    /// Takes the losses that no report has told. The caller reports them, or gives them
    /// [back](Self::restore_unreported).
    pub(crate) fn take_unreported(&self) -> Losses {
        Self::collect(&self.inner.unreported, |n| n.swap(0, Ordering::Relaxed))
    }

    /// Gives back the losses that a report would have told, because the report itself was lost.
    pub(crate) fn restore_unreported(&self, losses: &Losses) {
        for (reason, unreported) in Loss::ALL.iter().zip(&self.inner.unreported) {
            unreported.fetch_add(losses.count(*reason), Ordering::Relaxed);
        }
    }

    fn collect(counters: &[AtomicU64; Loss::ALL.len()], read: impl Fn(&AtomicU64) -> u64) -> Losses {
        let mut losses = Losses::default();
        for (reason, counter) in Loss::ALL.iter().zip(counters) {
            losses.add(*reason, read(counter));
        }
        losses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_once_and_counted_for_good() {
        let log = Diagnostics::default();
        log.lost(Loss::QueueFull, 2);
        let told = log.take_unreported();
        assert_eq!(told.count(Loss::QueueFull), 2);
        assert!(log.take_unreported().is_empty());
        log.restore_unreported(&told);
        assert_eq!(log.take_unreported(), told);
        assert_eq!(log.total().count(Loss::QueueFull), 2);
    }
}
