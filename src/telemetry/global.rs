//! The process's slot for the installed telemetry, and scoped overrides for tests.

use std::cell::RefCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use once_cell::race::OnceBox;

use crate::admission::refusal_cache::{self, CacheWord};
use crate::telemetry::{Instance, Telemetry};

/// All telemetries that were ever in the slot, the current one last. No lock, because a child of a fork reads it too.
static FIRST: OnceBox<Turn> = OnceBox::new();

/// One telemetry's time in the slot. A turn stays for as long as the process, and readers walk past it, because a
/// process installs one as a rule. Of a telemetry that is gone it keeps only the place in memory.
struct Turn {
    telemetry: Weak<Instance>,
    over: AtomicBool,
    next: OnceBox<Turn>,
}

/// The last turn, if there was one, and where the next is to be put.
fn last() -> (Option<&'static Turn>, &'static OnceBox<Turn>) {
    let (mut last, mut next) = (None, &FIRST);
    while let Some(turn) = next.get() {
        (last, next) = (Some(turn), &turn.next);
    }
    (last, next)
}

thread_local! {
    static SCOPES: RefCell<Vec<Telemetry>> = const { RefCell::new(Vec::new()) };
}

/// Could any telemetry be reached from here? One relaxed load.
#[inline]
pub(crate) fn is_reachable() -> bool {
    CacheWord::now().is_reachable()
}

/// Puts the telemetry into the slot; false when another is in it. The guard keeps the telemetry alive, not the slot.
pub(crate) fn install(telemetry: &Telemetry) -> bool {
    loop {
        let (last, next) = last();
        if last.is_some_and(|turn| !turn.over.load(Ordering::Acquire)) {
            return false;
        }
        let turn = Turn {
            telemetry: Arc::downgrade(&telemetry.inner),
            over: AtomicBool::new(false),
            next: OnceBox::new(),
        };
        // Set before other threads can find the telemetry in the slot.
        telemetry.inner.installed.store(true, Ordering::Relaxed);
        if next.set(Box::new(turn)).is_ok() {
            refusal_cache::one_more();
            return true;
        }
        telemetry.inner.installed.store(false, Ordering::Relaxed);
    }
}

/// Empties the slot when this telemetry is in it.
pub(crate) fn uninstall(telemetry: &Telemetry) {
    telemetry.inner.installed.store(false, Ordering::Relaxed);
    let own = |turn: &&Turn| ptr::eq(turn.telemetry.as_ptr(), Arc::as_ptr(&telemetry.inner));
    if let Some(turn) = last().0.filter(own)
        && !turn.over.swap(true, Ordering::AcqRel)
    {
        refusal_cache::one_less();
    }
}

/// The telemetry in the slot.
pub(crate) fn installed() -> Option<Telemetry> {
    let turn = last().0.filter(|turn| !turn.over.load(Ordering::Acquire))?;
    Some(Telemetry { inner: turn.telemetry.upgrade()? })
}

/// The telemetry to use here: that of the innermost scope of this thread, else the installed one.
#[inline]
pub(crate) fn current() -> Option<Telemetry> {
    if is_reachable() { look() } else { None }
}

#[inline(never)]
fn look() -> Option<Telemetry> {
    let scoped =
        SCOPES.try_with(|scopes| scopes.try_borrow().ok().and_then(|s| s.last().cloned())).ok().flatten();
    scoped.or_else(installed)
}

/// Runs `body` with this telemetry in place of the installed one, on this thread only.
///
/// For tests: two of them may run side by side, each with a telemetry of its own.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry, capture_message, context, with_telemetry};
///
/// let telemetry = Telemetry::builder(App::new("tool", "1.0")).provider(MemoryProvider::default()).build()?;
/// with_telemetry(&telemetry, || {
///     let outcome = capture_message(crawl4ai_telemetry::Level::Info, "reached only in here", context! {});
/// #   drop(outcome);
/// });
/// # Ok::<(), crawl4ai_telemetry::BuildError>(())
/// ```
pub fn with_telemetry<T>(telemetry: &Telemetry, body: impl FnOnce() -> T) -> T {
    /// Leaves the scope also when `body` panics.
    struct Scope;
    impl Drop for Scope {
        fn drop(&mut self) {
            let _ = SCOPES.try_with(|scopes| scopes.try_borrow_mut().map(|mut s| s.pop()));
            refusal_cache::one_less();
        }
    }
    refusal_cache::one_more();
    let _ = SCOPES.try_with(|scopes| scopes.try_borrow_mut().map(|mut s| s.push(telemetry.clone())));
    let _scope = Scope;
    body()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crawl4ai_telemetry_core::{App, MemoryProvider};

    #[test]
    fn the_slot_takes_one_at_a_time_and_keeps_none_alive() {
        let make = || {
            let builder = Telemetry::builder(App::new("tool", "1.0")).provider(MemoryProvider::default());
            builder.build().expect("built")
        };
        let (first, second) = (make(), make());
        for _ in 0..3 {
            assert!(install(&first) && !install(&second) && !install(&first));
            assert!(installed().is_some_and(|t| Arc::ptr_eq(&t.inner, &first.inner)));
            uninstall(&second);
            assert!(installed().is_some(), "another one's end is none");
            uninstall(&first);
            assert!(installed().is_none() && install(&second));
            uninstall(&second);
            uninstall(&second);
        }
        let weak = Arc::downgrade(&first.inner);
        drop(first);
        assert!(weak.upgrade().is_none());
    }
}
