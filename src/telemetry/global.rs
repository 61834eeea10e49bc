//! The one slot of the process, and scoped overrides for tests.

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use crate::admission::refusal_cache::{self, CacheWord};
use crate::telemetry::Telemetry;

static INSTALLED: RwLock<Option<Telemetry>> = RwLock::new(None);

thread_local! {
    static SCOPES: RefCell<Vec<Telemetry>> = const { RefCell::new(Vec::new()) };
}

/// Could any telemetry be reached from here? One relaxed load.
#[inline]
pub(crate) fn is_reachable() -> bool {
    CacheWord::now().is_reachable()
}

/// Takes the slot; false when it is taken.
pub(crate) fn install(telemetry: Telemetry) -> bool {
    let mut slot = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
    if slot.is_some() {
        return false;
    }
    telemetry.inner.installed.store(true, Ordering::Relaxed);
    *slot = Some(telemetry);
    refusal_cache::one_more();
    true
}

/// Empties the slot when this telemetry is in it.
pub(crate) fn uninstall(telemetry: &Telemetry) {
    telemetry.inner.installed.store(false, Ordering::Relaxed);
    let mut slot = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
    if slot.as_ref().is_some_and(|installed| Arc::ptr_eq(&installed.inner, &telemetry.inner)) {
        *slot = None;
        refusal_cache::one_less();
    }
}

/// The telemetry in the slot.
pub(crate) fn installed() -> Option<Telemetry> {
    INSTALLED.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The telemetry that counts here: the innermost scope of this thread, else the installed one.
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
