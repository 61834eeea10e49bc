//! Guards that keep an operation open: for a block, for as long as a guard lives, for each poll of a future.

use std::marker::PhantomData;

use crawl4ai_telemetry_core::Context;

use super::stack::{NO_LAYER, OPERATIONS, OperationName, POLLED, Side};
use crate::capture::departures;

/// Keeps an operation open until it is dropped.
///
/// It belongs to the thread that opened it, and must not be held across an `.await`, because a waiting future would
/// leave its operation open on a thread that runs other futures. The compiler checks this wherever futures must be
/// `Send`. For futures, use [`in_operation`](crate::FutureExt::in_operation).
///
/// ```compile_fail,E0277
/// let operation = crawl4ai_telemetry::operation("fetch");
/// std::thread::spawn(move || drop(operation));
/// ```
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped: keep it in a variable, `let _operation = …`"]
pub struct OperationGuard {
    at: u32,
    /// Makes the guard not `Send`, because each thread has its own stack of operations.
    _thread: PhantomData<*const ()>,
}

impl OperationGuard {
    /// Opens an operation that is no layer: errors that leave it are not captured.
    pub(crate) fn enter(name: &'static str) -> Self {
        Self { at: OPERATIONS.with(|stack| stack.push(name, NO_LAYER)), _thread: PhantomData }
    }
}

impl Drop for OperationGuard {
    fn drop(&mut self) {
        // Guards may be dropped out of order; a closed operation stays closed.
        OPERATIONS.with(|stack| stack.depth.set(stack.depth.get().min(self.at)));
    }
}

/// Keeps an operation open until the end of its block, so that scopes are never dropped out of order.
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped"]
pub struct Scope {
    at: u32,
    _thread: PhantomData<*const ()>,
}

impl Scope {
    /// Opens an operation that is a layer.
    #[inline]
    pub fn enter(name: impl OperationName) -> Self {
        Self::push(name, departures::now())
    }

    /// Opens an operation that is no layer, for one poll of a future.
    #[inline]
    pub(crate) fn enter_polled(name: &'static str) -> Self {
        Self::push(name, NO_LAYER | POLLED)
    }

    #[inline]
    fn push(name: impl OperationName, since: u64) -> Self {
        Self::at(OPERATIONS.with(|stack| stack.push(name, since)))
    }

    /// Keeps open the operation at `at` and all operations inside it.
    #[inline]
    pub(super) fn at(at: u32) -> Self {
        Self { at, _thread: PhantomData }
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        // This also closes operations that were left open inside.
        OPERATIONS.with(|stack| stack.depth.set(self.at));
    }
}

/// Keeps an operation and its context open until it is dropped.
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped"]
pub struct AttachedScope(Scope);

impl AttachedScope {
    /// Opens an operation with a context, which every report from inside it carries.
    #[inline]
    pub fn enter(name: impl OperationName, context: Option<Context>) -> Self {
        let scope = Scope::enter(name);
        if let Some(context) = context {
            OPERATIONS.with(|stack| stack.side(scope.at, |side| side.context = context));
        }
        Self(scope)
    }
}

impl Drop for AttachedScope {
    #[inline]
    fn drop(&mut self) {
        OPERATIONS.with(|stack| {
            if stack.has_side(self.0.at) {
                drop(stack.take_side(self.0.at));
            }
        });
    }
}

/// An operation of a future: open while the future runs, on whatever thread, and closed while it waits.
pub struct Suspended {
    since: u64,
    side: Option<Box<Side>>,
}

impl std::fmt::Debug for Suspended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suspended").finish_non_exhaustive()
    }
}

impl Suspended {
    /// An operation that is not open yet. It must be made when the future first runs.
    #[inline]
    pub fn new(context: Option<Context>) -> Self {
        let side = context.map(|context| Box::new(Side { context, ..Side::default() }));
        Self { since: departures::now() | POLLED, side }
    }

    /// Opens the operation for one poll. The name is not stored here: the caller passes it as a constant, which costs
    /// no memory.
    #[inline]
    pub(crate) fn open(&mut self, name: impl OperationName) -> Resumed<'_> {
        let scope = Scope::push(name, self.since);
        let open = Resumed { own: self, scope };
        if open.own.side.is_some() {
            open.own.give_side(open.scope.at);
        }
        open
    }

    #[cold]
    #[inline(never)]
    fn give_side(&mut self, at: u32) {
        if let Some(own) = self.side.take() {
            OPERATIONS.with(|stack| stack.side(at, |side| *side = *own));
        }
    }

    #[cold]
    #[inline(never)]
    fn take_side(&mut self, at: u32) {
        self.side = OPERATIONS.with(|stack| stack.take_side(at).map(Box::new));
    }
}

/// Keeps a future's operation open for one poll.
#[must_use = "the operation is open for as long as this is kept"]
pub(crate) struct Resumed<'a> {
    own: &'a mut Suspended,
    scope: Scope,
}

impl Drop for Resumed<'_> {
    #[inline]
    fn drop(&mut self) {
        if OPERATIONS.with(|stack| stack.has_side(self.scope.at)) {
            self.own.take_side(self.scope.at);
        }
    }
}
