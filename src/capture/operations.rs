//! The operations that this thread is in, outermost first: `crawl > fetch > parse`.
//!
//! Opening one is on the hot path of every annotated function, so the [stack] is a fixed array of constants in a
//! thread-local without a destructor. Attached contexts, and errors that were reported beneath an operation, are kept
//! elsewhere, so that operations without them do not pay for them.

mod scopes;
mod stack;

use std::borrow::Cow;

use crawl4ai_telemetry_core::Context;

pub use scopes::{AttachedScope, OperationGuard, Scope, Suspended};
pub(crate) use stack::OperationName;
use stack::{CARRIED, MOST, NO_LAYER, OPERATIONS, POLLED, SIGNATURES, with_sides};

use super::signature::ErrorSignature;

/// Opens the operations of another task for one poll of a future that came from there, unless they are open already.
pub(crate) fn carry(path: &[&'static str]) -> Option<Scope> {
    OPERATIONS.with(|stack| {
        let here = stack.open().map(|(name, _)| name).take(path.len());
        if path.is_empty() || here.eq(path.iter().copied()) {
            return None;
        }
        let at = stack.depth.get();
        for name in path.iter().copied() {
            stack.push(name, NO_LAYER | POLLED | CARRIED);
        }
        Some(Scope::at(at))
    })
}

/// Is this thread polling a future?
pub(crate) fn is_polled() -> bool {
    OPERATIONS.with(|stack| stack.open().any(|(_, set)| set & POLLED != 0))
}

/// The names of the operations that are open here and were opened by this task.
pub(crate) fn own_names() -> Vec<&'static str> {
    OPERATIONS
        .with(|stack| stack.open().filter(|(_, set)| set & CARRIED == 0).map(|(name, _)| name).collect())
}

/// The names of the operations that are open.
pub(crate) fn names() -> Vec<&'static str> {
    OPERATIONS.with(|stack| stack.open().map(|(name, _)| name).collect())
}

/// The names of the operations that are open, as an event keeps them.
pub(crate) fn current() -> Vec<Cow<'static, str>> {
    names().into_iter().map(Cow::Borrowed).collect()
}

/// Returns `own` followed by the contexts of the open operations, innermost first. A key that is used already gets its
/// operation's name as a prefix, as in `crawl.depth`.
pub(crate) fn context_under(mut own: Context) -> Context {
    OPERATIONS.with(|stack| {
        with_sides(|sides| {
            stack.forget_ended(sides);
            sides.sort_unstable_by_key(|(of, _)| std::cmp::Reverse(*of));
            for (at, side) in sides.iter() {
                let name = stack.name(*at);
                for (key, value) in side.context.iter() {
                    let key = if own.get(key).is_none() { key.clone() } else { format!("{name}.{key}") };
                    own.insert(key, value.clone());
                }
            }
        });
    });
    own
}

/// The layer that remembers a reported error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// The innermost layer. The error does not leave it.
    Here,
    /// The layer around the innermost one. The error is about to leave the innermost.
    Around,
}

/// Remembers a reported error in that layer. Returns the error when there is no such layer.
pub(crate) fn remember(of: Of, mark: ErrorSignature) -> Result<(), ErrorSignature> {
    OPERATIONS.with(|stack| {
        let at = match of {
            Of::Here => stack.layer(),
            Of::Around => stack.layer().and_then(|here| stack.layer_below(here)),
        };
        let Some(at) = at else { return Err(mark) };
        // This fails when the thread's locals are gone. Then no layer is left that could look for the error.
        let _ = stack.side(at, |side| {
            if side.marks.len() >= SIGNATURES {
                side.marks.remove(0);
            }
            side.marks.push(mark);
        });
        Ok(())
    })
}

/// Looks at the errors that were reported beneath the innermost layer, newest first.
pub(crate) fn find_signature<T>(look: impl FnMut(&ErrorSignature) -> Option<T>) -> Option<T> {
    OPERATIONS.with(|stack| {
        let here = stack.layer().filter(|here| stack.has_side(*here))?;
        stack.side(here, |side| side.marks.iter().rev().find_map(look)).flatten()
    })
}

/// The errors that were reported beneath the innermost layer.
#[cfg(all(feature = "tower", feature = "tracing"))]
pub(crate) fn signatures() -> Vec<ErrorSignature> {
    let mut found = Vec::new();
    find_signature(|known| {
        found.push(known.clone());
        None::<()>
    });
    found
}

/// Has anything been reported beneath the innermost layer, caught panics included?
pub(crate) fn was_reported() -> bool {
    OPERATIONS.with(|stack| {
        let here = stack.layer().filter(|here| stack.has_side(*here));
        here.and_then(|here| stack.side(here, |side| side.panicked || !side.marks.is_empty()))
            .unwrap_or(false)
    })
}

/// Notes in every open layer that a panic was reported, because any of them may catch it.
pub(crate) fn note_panic() {
    OPERATIONS.with(|stack| {
        let mut below = stack.depth.get().min(MOST);
        while let Some(at) = stack.layer_below(below) {
            // This fails when the code that panicked was using the thread's locals. Then a server may report its failed
            // response too.
            let _ = stack.side(at, |side| side.panicked = true);
            below = at;
        }
    });
}

/// The name of the innermost layer, and the value of [`now`](super::departures::now) when it was opened.
pub(crate) fn innermost() -> Option<(&'static str, u64)> {
    OPERATIONS.with(|stack| {
        let layer = stack.layer()?;
        Some((stack.name(layer), stack.since(layer)))
    })
}

#[cfg(test)]
mod tests;
