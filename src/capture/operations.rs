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

/// Opens the operations of another task, unless they are open, for one poll of a future that came from there.
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

/// `own`, followed by the contexts that the open operations have attached, innermost first. A key that is taken gets
/// its operation's name in front, `crawl.depth`.
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

/// Which layer an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// The innermost one, which goes on.
    Here,
    /// The one around the innermost, which the error is about to leave.
    Around,
}

/// Remembers an error that was reported, or gives it back when there is no such layer.
pub(crate) fn remember(of: Of, mark: ErrorSignature) -> Result<(), ErrorSignature> {
    OPERATIONS.with(|stack| {
        let at = match of {
            Of::Here => stack.layer(),
            Of::Around => stack.layer().and_then(|here| stack.layer_below(here)),
        };
        let Some(at) = at else { return Err(mark) };
        // Fails when the thread's locals are gone; then no layer is left that could ask.
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

/// Remembers that a panic was reported, for every layer that may survive it.
pub(crate) fn note_panic() {
    OPERATIONS.with(|stack| {
        let mut below = stack.depth.get().min(MOST);
        while let Some(at) = stack.layer_below(below) {
            // Fails when the code that panicked was using the thread's locals; then a server may report its answer too.
            let _ = stack.side(at, |side| side.panicked = true);
            below = at;
        }
    });
}

/// The innermost layer: its name, and what [`now`](super::departures::now) said when it was opened.
pub(crate) fn innermost() -> Option<(&'static str, u64)> {
    OPERATIONS.with(|stack| {
        let layer = stack.layer()?;
        Some((stack.name(layer), stack.since(layer)))
    })
}

#[cfg(test)]
mod tests;
