//! A value that is set once, and that a signal handler may read at any moment.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU8, Ordering};

/// A value, or none yet. Unlike `OnceLock`, one without a value is all zeros, so that it takes no space in the program's
/// file.
pub(super) struct SetOnce<T> {
    state: AtomicU8,
    value: UnsafeCell<MaybeUninit<T>>,
}

const NONE: u8 = 0;
const BEING_SET: u8 = 1;
const SET: u8 = 2;

// SAFETY: the value is written by the one thread that changed the state from `NONE`, and read only after that thread has
// stored `SET`. From then on it never changes.
unsafe impl<T: Send + Sync> Sync for SetOnce<T> {}

impl<T: Copy> SetOnce<T> {
    pub(super) const fn new() -> Self {
        Self { state: AtomicU8::new(NONE), value: UnsafeCell::new(MaybeUninit::zeroed()) }
    }

    pub(super) fn get(&self) -> Option<&T> {
        if self.state.load(Ordering::Acquire) != SET {
            return None;
        }
        // SAFETY: the value is set, and does not change any more.
        Some(unsafe { (*self.value.get()).assume_init_ref() })
    }

    /// Sets the value, and returns `false` if another thread has set it or is setting it.
    pub(super) fn set(&self, value: T) -> bool {
        if self.state.compare_exchange(NONE, BEING_SET, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return false;
        }
        // SAFETY: only the thread that changed the state from `NONE` writes, and nothing reads before `SET`.
        unsafe { (*self.value.get()).write(value) };
        self.state.store(SET, Ordering::Release);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays() {
        static VALUE: SetOnce<u32> = SetOnce::new();
        assert_eq!(VALUE.get(), None);
        assert!(VALUE.set(1) && !VALUE.set(2));
        assert_eq!(VALUE.get(), Some(&1));
    }
}
