//! Is this thread polling a future? Whoever waits there holds up every other task of the thread.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Marks the thread until it is dropped.
#[derive(Debug)]
#[must_use = "the mark lasts as long as this value"]
pub(crate) struct Polled(PhantomData<*const ()>);

/// Marks the thread as polling a future.
pub(crate) fn enter() -> Polled {
    // A thread whose locals are gone polls nothing any more.
    let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_add(1)));
    Polled(PhantomData)
}

impl Drop for Polled {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

/// Is it?
pub(crate) fn is_polled() -> bool {
    DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn futures_nest() {
        let outer = enter();
        drop(enter());
        assert!(is_polled());
        drop(outer);
        assert!(!is_polled());
    }
}
