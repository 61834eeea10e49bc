//! Panics for which it is not known yet whether the program survived them.

use std::thread::ThreadId;
use std::time::Duration;

use crate::store::disk::Store;
use crate::store::spool::{ReportState, StoredReport};

/// Time after which the program has survived a panic.
const SURVIVED: Duration = Duration::from_secs(10);

/// A stored panic. Its file stays locked while it is unresolved, because the lock tells the next start that the process
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

    /// Settles as survived the panics whose time is over. True when there were any.
    pub(super) fn resolve_due(&mut self, store: &Store, now: Duration) -> bool {
        let due = |(due, _): &mut (Duration, UnresolvedPanic)| *due <= now;
        let survived = self
            .panics
            .extract_if(.., due)
            .map(|(_, panic)| resolve(store, &panic, ReportState::Ready))
            .count();
        // While a panic is left, the crash marks stay, because that panic may still end the process.
        if survived > 0 && self.panics.is_empty() {
            forgive(store);
        }
        survived > 0
    }

    /// Settles all panics. A panic of the thread `ending` ended the program. The program survived the others.
    pub(super) fn resolve_all(&mut self, store: &Store, ending: Option<ThreadId>) {
        let ended = |panic: &UnresolvedPanic| ending == Some(panic.thread);
        let survived = !self.panics.is_empty() && !self.panics.iter().any(|(_, panic)| ended(panic));
        for (_, panic) in self.panics.drain(..) {
            let state = if ended(&panic) { ReportState::Fatal } else { ReportState::Ready };
            resolve(store, &panic, state);
        }
        if survived {
            forgive(store);
        }
    }
}

fn resolve(store: &Store, panic: &UnresolvedPanic, state: ReportState) {
    if let Some(spool) = &store.spool {
        // If the file cannot be renamed, the next start takes the panic for the end of the process.
        let _ = spool.resolve(&panic.stored.name, state);
    }
}

/// Removes the crash marks of this process, because it survived all its panics.
fn forgive(store: &Store) {
    if let Some(crash_history) = &store.crash_history {
        crash_history.forgive();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use crawl4ai_telemetry_core::{App, Environment, Event, Level, Privacy};

    use super::*;
    use crate::capture::Captured;
    use crate::capture::stack::Stack;
    use crate::store::crash_loop::YOUNG;
    use crate::store::spool::Clearance;
    use crate::telemetry::Telemetry;

    /// A watch over panics of these threads, with a crash mark for each panic.
    fn watch(telemetry: &Telemetry, threads: &[(Duration, ThreadId)]) -> Watch {
        let pipeline = &telemetry.inner.pipeline;
        let mut watch = Watch::default();
        for (now, thread) in threads {
            let event = Event::new(pipeline.new_id(), pipeline.clock.now(), Level::Fatal);
            let captured = Captured { event, stack: Stack::Addresses(Vec::new()) };
            let stored = pipeline
                .put_without_names(&captured, Privacy::Standard, ReportState::Fatal, Clearance::Rules)
                .unwrap();
            pipeline.store.mark_death(YOUNG / 2, pipeline.clock.now());
            watch.add(UnresolvedPanic { stored, thread: *thread }, *now);
        }
        watch
    }

    #[test]
    fn crash_marks_go_when_all_panics_were_survived() {
        let here = thread::current().id();
        let there = thread::scope(|scope| scope.spawn(|| thread::current().id()).join().unwrap());
        let (first, second) = (Duration::ZERO, Duration::from_secs(5));
        let marks_after = |settle: fn(&mut Watch, &Store, ThreadId)| {
            let folder = tempfile::tempdir().unwrap();
            let telemetry = Telemetry::builder(App::new("tool", "1.0.0"))
                .environment(Environment::Cli)
                .config_folder(folder.path())
                .build()
                .unwrap();
            let mut watch = watch(&telemetry, &[(first, there), (second, here)]);
            settle(&mut watch, &telemetry.inner.pipeline.store, here);
            let marks = std::fs::read_dir(folder.path().join("telemetry/crashes")).unwrap();
            marks.count() > 0
        };
        assert!(
            marks_after(|watch, store, ending| watch.resolve_all(store, Some(ending))),
            "one ended the program"
        );
        assert!(!marks_after(|watch, store, _| watch.resolve_all(store, None)), "both were survived");
        assert!(
            marks_after(|watch, store, _| assert!(watch.resolve_due(store, SURVIVED))),
            "the second one is not settled"
        );
        assert!(
            !marks_after(|watch, store, _| assert!(watch.resolve_due(store, 2 * SURVIVED))),
            "both in time"
        );
    }
}
