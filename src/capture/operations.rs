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

/// How many have a name of their own. Deeper ones are counted and share one place, so that leaving them finds
/// the right one again.
const MOST: usize = crawl4ai_telemetry_core::sanitize::limits::OPERATIONS;

/// How many reported errors an operation remembers: more than one only when it collects errors and goes on.
const MARKS: usize = 16;

/// Set in [`Slot::since`] when the operation has a [`Side`]; [`seen::now`] is always even.
const HAS_SIDE: u64 = 1;

thread_local! {
    static STACK: Stack = const { Stack::new() };
    static SIDES: RefCell<Vec<(usize, Side)>> = const { RefCell::new(Vec::new()) };
}

struct Stack {
    depth: Cell<usize>,
    slots: [Slot; MOST + 1],
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
    panicked: bool,
}

impl Stack {
    const fn new() -> Self {
        Self {
            depth: Cell::new(0),
            slots: [const { Slot { name: Cell::new(""), since: Cell::new(0) } }; MOST + 1],
        }
    }

    #[inline]
    fn slot(&self, at: usize) -> Option<&Slot> {
        // Always there; the compiler sees it and drops the test.
        self.slots.get(at.min(MOST))
    }

    #[inline]
    fn push(&self, name: &'static str, since: u64) -> usize {
        let at = self.depth.get();
        if let Some(slot) = self.slot(at) {
            slot.name.set(name);
            slot.since.set(since);
        }
        self.depth.set(at.wrapping_add(1));
        at
    }

    /// The innermost operation.
    fn here(&self) -> Option<usize> {
        self.depth.get().checked_sub(1)
    }

    fn has_side(&self, at: usize) -> bool {
        self.slot(at).is_some_and(|slot| slot.since.get() & HAS_SIDE != 0)
    }

    /// Acts on what stands aside for an operation, which gets it now if it has none.
    fn side<T>(&self, at: usize, act: impl FnOnce(&mut Side) -> T) -> Option<T> {
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
    fn take_side(&self, at: usize) -> Option<Side> {
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
    fn forget_ended(&self, sides: &mut Vec<(usize, Side)>) {
        let depth = self.depth.get();
        sides.retain(|(of, _)| *of < depth && self.has_side(*of));
    }
}

/// Nothing when the thread's locals are gone, or in use by the very code that panicked.
fn with_sides<T>(act: impl FnOnce(&mut Vec<(usize, Side)>) -> T) -> Option<T> {
    SIDES.try_with(|sides| sides.try_borrow_mut().ok().map(|mut sides| act(&mut sides))).ok().flatten()
}

/// Keeps an operation open until it is dropped.
///
/// It belongs to the thread that opened it, and must not be held over an `.await`: a future that sleeps would
/// leave its operation open on a thread that runs others. The compiler sees to the latter wherever futures
/// must be `Send`; [`in_operation`](crate::FutureExt::in_operation) is made for futures.
///
/// ```compile_fail,E0277
/// let operation = crawl4ai_telemetry::operation("fetch");
/// std::thread::spawn(move || drop(operation));
/// ```
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped: keep it in a variable, `let _operation = …`"]
pub struct OperationGuard {
    at: usize,
    /// Not `Send`: the stack is the thread's.
    _thread: PhantomData<*const ()>,
}

/// Opens an operation.
#[inline]
pub fn enter(name: &'static str) -> OperationGuard {
    OperationGuard { at: STACK.with(|stack| stack.push(name, seen::now())), _thread: PhantomData }
}

impl Drop for OperationGuard {
    #[inline]
    fn drop(&mut self) {
        // Not one less than now: guards may be dropped out of order, or forgotten.
        STACK.with(|stack| stack.depth.set(stack.depth.get().min(self.at)));
    }
}

/// Keeps an operation and its context open until it is dropped.
#[derive(Debug)]
pub struct AttachedGuard(OperationGuard);

/// Opens an operation with a context, which every report from inside it carries.
#[inline]
pub fn enter_with(name: &'static str, context: Option<Context>) -> AttachedGuard {
    let guard = enter(name);
    if let Some(context) = context {
        STACK.with(|stack| stack.side(guard.at, |side| side.context = context));
    }
    AttachedGuard(guard)
}

impl Drop for AttachedGuard {
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
pub(crate) struct Suspended {
    name: &'static str,
    /// Nothing before the future first runs.
    since: Option<u64>,
    side: Option<Box<Side>>,
}

impl std::fmt::Debug for Suspended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suspended").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Suspended {
    /// An operation that is not open yet.
    #[inline]
    pub(crate) fn new(name: &'static str, context: Option<Context>) -> Self {
        let side = context.map(|context| Box::new(Side { context, ..Side::default() }));
        Self { name, since: None, side }
    }

    /// Opens it for one poll.
    #[inline]
    pub(crate) fn resume(&mut self) -> Resumed<'_> {
        let since = *self.since.get_or_insert_with(seen::now);
        let at = STACK.with(|stack| stack.push(self.name, since));
        if let Some(own) = self.side.take() {
            STACK.with(|stack| stack.side(at, |side| *side = *own));
        }
        Resumed { own: self, guard: OperationGuard { at, _thread: PhantomData } }
    }
}

/// Keeps a future's operation open for one poll.
#[derive(Debug)]
#[must_use = "the operation is open as long as this value lives"]
pub(crate) struct Resumed<'a> {
    own: &'a mut Suspended,
    guard: OperationGuard,
}

impl Drop for Resumed<'_> {
    #[inline]
    fn drop(&mut self) {
        let at = self.guard.at;
        STACK.with(|stack| {
            if stack.has_side(at) {
                self.own.side = stack.take_side(at).map(Box::new);
            }
        });
    }
}

/// The names of the operations that are open.
pub(crate) fn names() -> Vec<&'static str> {
    STACK.with(|stack| stack.slots.iter().take(stack.depth.get().min(MOST)).map(|s| s.name.get()).collect())
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

/// Which operation an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// The innermost one, which goes on.
    Here,
    /// The one around the innermost, which the error is about to leave.
    Around,
}

/// Remembers an error that was reported, or gives it back when there is no such operation.
pub(crate) fn remember(of: Of, mark: Mark) -> Result<(), Mark> {
    STACK.with(|stack| {
        let at = match of {
            Of::Here => stack.here(),
            Of::Around => stack.here().and_then(|here| here.checked_sub(1)),
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

/// Looks at the errors that were reported beneath the innermost operation, newest first.
pub(crate) fn find_mark<T>(look: impl FnMut(&Mark) -> Option<T>) -> Option<T> {
    STACK.with(|stack| {
        let here = stack.here().filter(|here| stack.has_side(*here))?;
        stack.side(here, |side| side.marks.iter().rev().find_map(look)).flatten()
    })
}

/// The innermost operation: its name, and what [`seen::now`] said when it was opened.
pub(crate) fn innermost() -> Option<(&'static str, u64)> {
    STACK.with(|stack| {
        let slot = stack.slot(stack.here()?)?;
        Some((slot.name.get(), slot.since.get() & !HAS_SIDE))
    })
}

#[cfg(test)]
mod tests;
