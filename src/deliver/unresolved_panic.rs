//! Panics for which it is not known yet whether the program survived them.

use std::thread::ThreadId;
use std::time::Duration;

use crate::store::disk::Store;
use crate::store::spool::{ReportState, StoredReport};

/// Time after which the program has survived a panic.
const SURVIVED: Duration = Duration::from_secs(10);

/// A stored panic. Its file stays locked while it is unresolved: the lock tells the next start that the process
/// still lives.
pub(crate) struct UnresolvedPanic {
    pub(crate) stored: StoredReport,
    pub(crate) thread: ThreadId,
}

impl UnresolvedPanic {
    /// Keeps the lock until the process ends, for a panic that nobody watches over.
    #[expect(
        clippy::mem_forget,
        reason = "the descriptor is the lock, and it must live as long as the process"
    )]
    pub(crate) fn keep_locked(self) {
        std::mem::forget(self.stored.file);
    }
}

/// The panics that the store watches over.
#[derive(Default)]
pub(super) struct Watch {
    panics: Vec<(Duration, UnresolvedPanic)>,
}

impl Watch {
    pub(super) fn add(&mut self, panic: UnresolvedPanic, now: Duration) {
        self.panics.push((now.saturating_add(SURVIVED), panic));
    }

    /// Time until the next panic counts as survived; `None` if there is no panic.
    pub(super) fn due_in(&self, now: Duration) -> Option<Duration> {
        self.panics.iter().map(|(due, _)| due.saturating_sub(now)).min()
    }

    /// Settles the panics whose time has come as survived. True when there were any.
    pub(super) fn resolve_due(&mut self, store: &Store, now: Duration) -> bool {
        let due = |(due, _): &mut (Duration, UnresolvedPanic)| *due <= now;
        self.panics.extract_if(.., due).map(|(_, panic)| resolve(store, &panic, ReportState::Ready)).count()
            > 0
    }

    /// Settles all panics. A panic of the thread `ending` ended the program, the others were survived.
    pub(super) fn resolve_all(&mut self, store: &Store, ending: Option<ThreadId>) {
        // The survived panics first. Each of them removes all crash marks of this process.
        self.panics.sort_by_key(|(_, panic)| ending == Some(panic.thread));
        for (_, panic) in self.panics.drain(..) {
            let state = if ending == Some(panic.thread) { ReportState::Fatal } else { ReportState::Ready };
            resolve(store, &panic, state);
        }
    }
}

fn resolve(store: &Store, panic: &UnresolvedPanic, state: ReportState) {
    if let Some(spool) = &store.spool {
        // If the file cannot be renamed, the next start takes the panic for the end of the process.
        let _ = spool.resolve(&panic.stored.name, state);
    }
    if let (ReportState::Ready, Some(crash_history)) = (state, &store.crash_history) {
        crash_history.forgive();
    }
}
