//! The stack of operations: a fixed array of constants, with separate storage for the data that only some operations
//! have.

use std::cell::{Cell, RefCell};

use crawl4ai_telemetry_core::Context;

use crate::capture::signature::ErrorSignature;

/// Number of operations that have a place of their own. Deeper operations have no name and share one place for reported
/// errors. They are counted, so that leaving them finds the right operation again.
pub(super) const MOST: u32 = crawl4ai_telemetry_core::sanitize::limits::OPERATIONS as u32;

/// Maximum number of reported errors that an operation remembers. Only an operation that collects errors and continues
/// has more than one.
pub(super) const SIGNATURES: usize = 16;

/// Set in [`OperationStack::since`] when the operation has a [`Side`]. [`now`](crate::capture::departures::now) does
/// not use the lowest five bits.
pub(super) const HAS_SIDE: u64 = 1;

/// Set when the operation is no layer, so that errors that leave it are not captured.
pub(super) const NO_LAYER: u64 = 2;

/// Set when the operation belongs to a future. Waiting there would block every other task of the thread.
pub(super) const POLLED: u64 = 4;

/// Set, with [`NO_LAYER`] and [`POLLED`], when another task opened the operation.
pub(super) const CARRIED: u64 = 8;

/// Set when the caller passed the name. Otherwise the macro wrote it.
const HANDED_IN: u64 = 16;

const FLAGS: u64 = HAS_SIDE | NO_LAYER | POLLED | CARRIED | HANDED_IN;

const PLACES: usize = MOST as usize + 1;

thread_local! {
    pub(super) static OPERATIONS: OperationStack = const { OperationStack::new() };
    static SIDES: RefCell<Vec<(u32, Side)>> = const { RefCell::new(Vec::new()) };
}

/// The data of every operation, in one array for each field, so that opening an operation is one store to each array
/// without a multiplication.
pub struct OperationStack {
    pub(super) depth: Cell<u32>,
    /// The result of [`now`](crate::capture::departures::now) when the operation was opened, and the flags above.
    since: [Cell<u64>; PLACES],
    /// The name, if the macro wrote it. A pointer to the text costs one store, the text itself two.
    written: [Cell<&'static &'static str>; PLACES],
    /// The name, if the caller passed it.
    handed_in: [Cell<&'static str>; PLACES],
}

/// The name of an operation.
pub trait OperationName: Copy {
    /// Stores the name at `at`, if there is a place for it; returns the flag to set.
    #[doc(hidden)]
    fn put(self, stack: &OperationStack, at: usize) -> u64;
}

impl OperationName for &'static &'static str {
    #[inline]
    fn put(self, stack: &OperationStack, at: usize) -> u64 {
        if let Some(place) = stack.written.get(at) {
            place.set(self);
        }
        0
    }
}

impl OperationName for &'static str {
    #[inline]
    fn put(self, stack: &OperationStack, at: usize) -> u64 {
        if let Some(place) = stack.handed_in.get(at) {
            place.set(self);
        }
        HANDED_IN
    }
}

/// Data that few operations have.
#[derive(Default)]
pub(super) struct Side {
    pub(super) context: Context,
    pub(super) marks: Vec<ErrorSignature>,
    pub(super) panicked: bool,
}

impl OperationStack {
    pub(super) const fn new() -> Self {
        Self {
            depth: Cell::new(0),
            // No operation is ever opened in the shared place, so that it counts as opened after every departure.
            since: [const { Cell::new(!FLAGS) }; PLACES],
            written: [const { Cell::new(&"") }; PLACES],
            handed_in: [const { Cell::new("") }; PLACES],
        }
    }

    /// The cell of `since` for the operation at `at`. Operations deeper than [`MOST`] share one cell.
    #[inline]
    fn place(&self, at: u32) -> Option<&Cell<u64>> {
        self.since.get(at.min(MOST) as usize)
    }

    #[inline]
    pub(super) fn since(&self, at: u32) -> u64 {
        self.place(at).map_or(!FLAGS, Cell::get)
    }

    pub(super) fn name(&self, at: u32) -> &'static str {
        let at = at.min(MOST) as usize;
        let handed_in = self.since.get(at).is_some_and(|since| since.get() & HANDED_IN != 0);
        let name = if handed_in {
            self.handed_in.get(at).map(Cell::get)
        } else {
            self.written.get(at).map(|name| *name.get())
        };
        name.unwrap_or_default()
    }

    #[inline]
    pub(super) fn push(&self, name: impl OperationName, since: u64) -> u32 {
        let at = self.depth.get();
        if at < MOST
            && let Some(place) = self.since.get(at as usize)
        {
            place.set(since | name.put(self, at as usize));
        }
        self.depth.set(at.wrapping_add(1));
        at
    }

    /// The innermost layer.
    pub(super) fn layer(&self) -> Option<u32> {
        self.layer_below(self.depth.get())
    }

    /// The innermost layer around the operation at `at`.
    pub(super) fn layer_below(&self, at: u32) -> Option<u32> {
        (0..at).rev().find(|at| self.since(*at) & NO_LAYER == 0)
    }

    /// The open operations that have a name, outermost first: their names, and their `since`.
    pub(super) fn open(&self) -> impl Iterator<Item = (&'static str, u64)> {
        (0..self.depth.get().min(MOST)).map(|at| (self.name(at), self.since(at)))
    }

    #[inline]
    pub(super) fn has_side(&self, at: u32) -> bool {
        self.since(at) & HAS_SIDE != 0
    }

    /// Calls `act` with the [`Side`] of an operation, and first makes the side if there is none.
    pub(super) fn side<T>(&self, at: u32, act: impl FnOnce(&mut Side) -> T) -> Option<T> {
        let key = at.min(MOST);
        with_sides(|sides| {
            self.forget_ended(sides);
            let known = sides.iter().position(|(of, _)| *of == key);
            let known = known.unwrap_or_else(|| {
                sides.push((key, Side::default()));
                sides.len() - 1
            });
            if let Some(since) = self.place(at) {
                since.set(since.get() | HAS_SIDE);
            }
            sides.get_mut(known).map(|(_, side)| act(side))
        })
        .flatten()
    }

    /// Removes the [`Side`] of an operation and returns it.
    pub(super) fn take_side(&self, at: u32) -> Option<Side> {
        let key = at.min(MOST);
        if let Some(since) = self.place(at) {
            since.set(since.get() & !HAS_SIDE);
        }
        with_sides(|sides| {
            let known = sides.iter().position(|(of, _)| *of == key)?;
            Some(sides.swap_remove(known).1)
        })
        .flatten()
    }

    /// Removes the sides of operations that have ended, because most operations end without removing their own.
    pub(super) fn forget_ended(&self, sides: &mut Vec<(u32, Side)>) {
        let depth = self.depth.get();
        sides.retain(|(of, _)| *of < depth && self.has_side(*of));
    }
}

/// Calls `act` with [`SIDES`]. Returns `None` when the thread's locals are gone, or borrowed by the code that panicked.
pub(super) fn with_sides<T>(act: impl FnOnce(&mut Vec<(u32, Side)>) -> T) -> Option<T> {
    SIDES.try_with(|sides| sides.try_borrow_mut().ok().map(|mut sides| act(&mut sides))).ok().flatten()
}
