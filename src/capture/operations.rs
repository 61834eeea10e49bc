//! The operations that this thread is in, outermost first: `crawl > fetch > parse`.
//!
//! Opening one is on the hot path of every annotated function, so the stack is a fixed array of constants in a
//! thread-local without a destructor: four stores and no branch that can be missed. What only some operations
//! have, an attached context or an error that was reported beneath them, stands [aside](Side) and is touched
//! when an error is.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

use crawl4ai_telemetry_core::Context;

use super::seen::{self, Mark};

/// How many have a place of their own. Deeper ones are counted, so that leaving them finds the right one again;
/// they have no name, and share the memory of what was reported.
const MOST: u32 = crawl4ai_telemetry_core::sanitize::limits::OPERATIONS as u32;

/// How many reported errors an operation remembers: more than one only when it collects errors and goes on.
const MARKS: usize = 16;

/// Set in [`Slot::since`] when the operation has a [`Side`]. [`seen::now`] leaves the lowest bits alone.
const HAS_SIDE: u64 = 1;

/// Set when the operation is no layer: errors pass it unseen.
const NO_LAYER: u64 = 2;

/// Set when the operation is a future's: whoever waits there holds up every other task of the thread.
const POLLED: u64 = 4;

/// Set, beside the two before, when another task opened the operation.
const CARRIED: u64 = 8;

thread_local! {
    static STACK: Stack = const { Stack::new() };
    static SIDES: RefCell<Vec<(u32, Side)>> = const { RefCell::new(Vec::new()) };
}

struct Stack {
    depth: Cell<u32>,
    slots: [Slot; MOST as usize + 1],
}

struct Slot {
    name: Cell<&'static str>,
    /// What [`seen::now`] said when it was opened.
    since: Cell<u64>,
}

/// What few operations have.
#[derive(Default)]
struct Side {
    context: Context,
    marks: Vec<Mark>,
    #[cfg_attr(not(feature = "tower"), expect(dead_code, reason = "only servers answer after a panic"))]
    panicked: bool,
}

impl Stack {
    const fn new() -> Self {
        Self {
            depth: Cell::new(0),
            // What is never written, the shared place, was opened after everything.
            slots: [const {
                Slot {
                    name: Cell::new(""),
                    since: Cell::new(u64::MAX & !(HAS_SIDE | NO_LAYER | POLLED | CARRIED)),
                }
            }; MOST as usize + 1],
        }
    }

    #[inline]
    fn slot(&self, at: u32) -> Option<&Slot> {
        self.slots.get(at.min(MOST) as usize)
    }

    #[inline]
    fn push(&self, name: &'static str, since: u64) -> u32 {
        let at = self.depth.get();
        if at < MOST
            && let Some(slot) = self.slots.get(at as usize)
        {
            slot.name.set(name);
            slot.since.set(since);
        }
        self.depth.set(at.wrapping_add(1));
        at
    }

    /// The innermost layer.
    fn layer(&self) -> Option<u32> {
        self.layer_below(self.depth.get())
    }

    /// The innermost layer around the operation at `at`.
    fn layer_below(&self, at: u32) -> Option<u32> {
        (0..at).rev().find(|at| self.slot(*at).is_some_and(|slot| slot.since.get() & NO_LAYER == 0))
    }

    fn open(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().take(self.depth.get().min(MOST) as usize)
    }

    #[inline]
    fn has_side(&self, at: u32) -> bool {
        self.slot(at).is_some_and(|slot| slot.since.get() & HAS_SIDE != 0)
    }

    /// Acts on what stands aside for an operation, which gets it now if it has none.
    fn side<T>(&self, at: u32, act: impl FnOnce(&mut Side) -> T) -> Option<T> {
        let key = at.min(MOST);
        with_sides(|sides| {
            self.forget_ended(sides);
            let known = sides.iter().position(|(of, _)| *of == key);
            let known = known.unwrap_or_else(|| {
                sides.push((key, Side::default()));
                sides.len() - 1
            });
            if let Some(slot) = self.slot(at) {
                slot.since.set(slot.since.get() | HAS_SIDE);
            }
            sides.get_mut(known).map(|(_, side)| act(side))
        })
        .flatten()
    }

    /// Takes away what stands aside for an operation.
    fn take_side(&self, at: u32) -> Option<Side> {
        let key = at.min(MOST);
        if let Some(slot) = self.slot(at) {
            slot.since.set(slot.since.get() & !HAS_SIDE);
        }
        with_sides(|sides| {
            let known = sides.iter().position(|(of, _)| *of == key)?;
            Some(sides.swap_remove(known).1)
        })
        .flatten()
    }

    /// Most operations end without looking aside, so what they left there is swept when somebody looks next.
    fn forget_ended(&self, sides: &mut Vec<(u32, Side)>) {
        let depth = self.depth.get();
        sides.retain(|(of, _)| *of < depth && self.has_side(*of));
    }
}

/// Nothing when the thread's locals are gone, or in use by the very code that panicked.
fn with_sides<T>(act: impl FnOnce(&mut Vec<(u32, Side)>) -> T) -> Option<T> {
    SIDES.try_with(|sides| sides.try_borrow_mut().ok().map(|mut sides| act(&mut sides))).ok().flatten()
}

/// Keeps an operation open until it is dropped.
///
/// It belongs to the thread that opened it, and must not be held over an `.await`: a future that sleeps would
/// leave its operation open on a thread that runs others. The compiler sees to that wherever futures must be
/// `Send`; [`in_operation`](crate::FutureExt::in_operation) is made for futures.
///
/// ```compile_fail,E0277
/// let operation = crawl4ai_telemetry::operation("fetch");
/// std::thread::spawn(move || drop(operation));
/// ```
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped: keep it in a variable, `let _operation = …`"]
pub struct OperationGuard {
    at: u32,
    /// Not `Send`: the stack is the thread's.
    _thread: PhantomData<*const ()>,
}

impl OperationGuard {
    pub(crate) fn enter(name: &'static str) -> Self {
        let scope = Scope::enter_no_layer(name);
        let guard = Self { at: scope.at, _thread: PhantomData };
        std::mem::forget(scope);
        guard
    }
}

impl Drop for OperationGuard {
    fn drop(&mut self) {
        // Guards may be dropped out of order: what is closed stays closed.
        STACK.with(|stack| stack.depth.set(stack.depth.get().min(self.at)));
    }
}

/// Keeps an operation open until it is dropped, which is where its block ends: never out of order.
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped"]
pub struct Scope {
    at: u32,
    _thread: PhantomData<*const ()>,
}

impl Scope {
    /// Opens an operation that is a layer.
    #[inline]
    pub fn enter(name: &'static str) -> Self {
        Self { at: STACK.with(|stack| stack.push(name, seen::now())), _thread: PhantomData }
    }

    /// Opens an operation that errors pass unseen.
    #[inline]
    pub(crate) fn enter_no_layer(name: &'static str) -> Self {
        Self { at: STACK.with(|stack| stack.push(name, NO_LAYER)), _thread: PhantomData }
    }

    /// The same, for one poll of a future.
    #[inline]
    pub(crate) fn enter_polled(name: &'static str) -> Self {
        Self { at: STACK.with(|stack| stack.push(name, NO_LAYER | POLLED)), _thread: PhantomData }
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        // Closes what was left open inside, too.
        STACK.with(|stack| stack.depth.set(self.at));
    }
}

/// Keeps an operation and its context open until it is dropped.
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped"]
pub struct AttachedScope(Scope);

impl AttachedScope {
    /// Opens an operation with a context, which every report from inside it carries.
    #[inline]
    pub fn enter(name: &'static str, context: Option<Context>) -> Self {
        let scope = Scope::enter(name);
        if let Some(context) = context {
            STACK.with(|stack| stack.side(scope.at, |side| side.context = context));
        }
        Self(scope)
    }
}

impl Drop for AttachedScope {
    #[inline]
    fn drop(&mut self) {
        STACK.with(|stack| {
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
    /// An operation that is not open yet; to be made when the future first runs.
    #[inline]
    pub fn new(context: Option<Context>) -> Self {
        let side = context.map(|context| Box::new(Side { context, ..Side::default() }));
        Self { since: seen::now() | POLLED, side }
    }

    /// Runs one poll in it. The name is not kept here: as a constant of the caller it costs no memory.
    #[inline]
    pub fn run<T>(&mut self, name: &'static str, poll: impl FnOnce() -> T) -> T {
        let at = STACK.with(|stack| stack.push(name, self.since));
        let open = Resumed { own: self, scope: Scope { at, _thread: PhantomData } };
        if let Some(side) = open.own.side.take() {
            give_side(at, side);
        }
        let polled = poll();
        drop(open);
        polled
    }
}

#[cold]
fn give_side(at: u32, own: Box<Side>) {
    STACK.with(|stack| stack.side(at, |side| *side = *own));
}

#[cold]
fn take_side(at: u32) -> Option<Box<Side>> {
    STACK.with(|stack| stack.take_side(at)).map(Box::new)
}

/// Keeps a future's operation open for one poll.
struct Resumed<'a> {
    own: &'a mut Suspended,
    scope: Scope,
}

impl Drop for Resumed<'_> {
    #[inline]
    fn drop(&mut self) {
        if STACK.with(|stack| stack.has_side(self.scope.at)) {
            self.own.side = take_side(self.scope.at);
        }
    }
}

/// Opens the operations of another task, unless they are open, for one poll of a future that came from there.
pub(crate) fn carry(path: &[&'static str]) -> Option<Scope> {
    STACK.with(|stack| {
        let here = stack.open().map(|slot| slot.name.get()).take(path.len());
        if path.is_empty() || here.eq(path.iter().copied()) {
            return None;
        }
        let at = stack.depth.get();
        for name in path {
            stack.push(name, NO_LAYER | POLLED | CARRIED);
        }
        Some(Scope { at, _thread: PhantomData })
    })
}

/// Is this thread polling a future?
pub(crate) fn is_polled() -> bool {
    STACK.with(|stack| stack.open().any(|slot| slot.since.get() & POLLED != 0))
}

/// The names of the operations that are open here and were opened by this task.
pub(crate) fn own_names() -> Vec<&'static str> {
    STACK.with(|stack| {
        stack.open().filter(|slot| slot.since.get() & CARRIED == 0).map(|slot| slot.name.get()).collect()
    })
}

/// The names of the operations that are open.
pub(crate) fn names() -> Vec<&'static str> {
    STACK.with(|stack| stack.open().map(|slot| slot.name.get()).collect())
}

/// The names of the operations that are open, as an event keeps them.
pub(crate) fn current() -> Vec<Cow<'static, str>> {
    names().into_iter().map(Cow::Borrowed).collect()
}

/// `own`, and below it what the open operations have attached, innermost first. A key that is taken gets its
/// operation's name in front, `crawl.depth`.
pub(crate) fn context_under(mut own: Context) -> Context {
    STACK.with(|stack| {
        with_sides(|sides| {
            stack.forget_ended(sides);
            sides.sort_unstable_by_key(|(of, _)| std::cmp::Reverse(*of));
            for (at, side) in sides.iter() {
                let name = stack.slot(*at).map_or("", |slot| slot.name.get());
                for (key, value) in side.context.iter() {
                    let key = if own.get(key).is_none() { key.clone() } else { format!("{name}.{key}") };
                    own.insert(key, value.clone());
                }
            }
        });
    });
    own
}

/// Which layer an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// The innermost one, which goes on.
    Here,
    /// The one around the innermost, which the error is about to leave.
    Around,
}

/// Remembers an error that was reported, or gives it back when there is no such layer.
pub(crate) fn remember(of: Of, mark: Mark) -> Result<(), Mark> {
    STACK.with(|stack| {
        let at = match of {
            Of::Here => stack.layer(),
            Of::Around => stack.layer().and_then(|here| stack.layer_below(here)),
        };
        let Some(at) = at else { return Err(mark) };
        // When the thread's locals are gone there is nobody left to tell.
        let _ = stack.side(at, |side| {
            if side.marks.len() >= MARKS {
                side.marks.remove(0);
            }
            side.marks.push(mark);
        });
        Ok(())
    })
}

/// Looks at the errors that were reported beneath the innermost layer, newest first.
pub(crate) fn find_mark<T>(look: impl FnMut(&Mark) -> Option<T>) -> Option<T> {
    STACK.with(|stack| {
        let here = stack.layer().filter(|here| stack.has_side(*here))?;
        stack.side(here, |side| side.marks.iter().rev().find_map(look)).flatten()
    })
}

/// Has anything been reported beneath the innermost layer, be it a panic that was caught?
#[cfg(feature = "tower")]
pub(crate) fn was_reported() -> bool {
    STACK.with(|stack| {
        let here = stack.layer().filter(|here| stack.has_side(*here));
        here.and_then(|here| stack.side(here, |side| side.panicked || !side.marks.is_empty()))
            .unwrap_or(false)
    })
}

/// Remembers that a panic was reported, for every layer that may survive it.
pub(crate) fn note_panic() {
    STACK.with(|stack| {
        let mut below = stack.depth.get().min(MOST);
        while let Some(at) = stack.layer_below(below) {
            // When the thread's locals are in use by what panicked, a server may report its answer too.
            let _ = stack.side(at, |side| side.panicked = true);
            below = at;
        }
    });
}

/// The innermost layer: its name, and what [`seen::now`] said when it was opened.
pub(crate) fn innermost() -> Option<(&'static str, u64)> {
    STACK.with(|stack| {
        let slot = stack.slot(stack.layer()?)?;
        Some((slot.name.get(), slot.since.get()))
    })
}

#[cfg(test)]
mod tests;
