//! Locks that the child of a fork can take.
//!
//! The child has the memory of all threads of its parent, but only one of the threads. A lock that another thread held
//! at the moment of the fork is held for ever in the child. So each lock here stores the process to which it belongs,
//! and a child makes its own lock with a new value. `tests/source_tree` checks that `src/` has no other lock that is
//! kept longer than a call.
//!
//! Values that the child shares with its parent are kept without a lock, in `once_cell::race`, where no thread waits
//! for another.

use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use once_cell::race::OnceBox;

/// Maximum wait for a lock. After it, the thread that holds the lock counts as gone. This is needed only if a child has
/// the process number of its parent, which is possible for the first process of a PID namespace. No lock is held for
/// longer than two seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// Number of attempts to take a held lock before the thread sleeps between attempts. Most locks are held for less than
/// a microsecond.
const SPINS: u32 = 128;

/// Sleep between two attempts after the first [`SPINS`].
const POLL: Duration = Duration::from_micros(50);

/// The owner of a lock that no process has taken yet.
const UNCLAIMED: u32 = 0;

/// The owner of a lock whose holder is gone. No process has this number.
const ABANDONED: u32 = u32::MAX;

/// A mutex that gets a new value in the child of a fork. The parent's value is never dropped there, because its
/// contents, such as a file lock or the end of a channel, belong to the parent.
#[derive(Default)]
pub(crate) struct ForkSafe<T: Default> {
    process: AtomicU32,
    value: Mutex<T>,
    child: OnceBox<ForkSafe<T>>,
}

impl<T: Default> ForkSafe<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { process: AtomicU32::new(UNCLAIMED), value: Mutex::new(value), child: OnceBox::new() }
    }

    /// Waits for the lock, at most [`PATIENCE`]. A value whose holder panicked is used as it is.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let process = std::process::id();
        let mut lock = self;
        loop {
            if lock.belongs_to(process)
                && let Some(value) = lock.wait()
            {
                return value;
            }
            lock = lock.child.get_or_init(Box::default);
        }
    }

    /// Takes the lock if it is free. The panic hook uses this.
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let process = std::process::id();
        let mut lock = self;
        while !lock.belongs_to(process) {
            lock = lock.child.get_or_init(Box::default);
        }
        lock.take()
    }

    fn belongs_to(&self, process: u32) -> bool {
        match self.process.compare_exchange(UNCLAIMED, process, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => true,
            Err(owner) => owner == process,
        }
    }

    fn take(&self) -> Option<MutexGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(value) => Some(value),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn wait(&self) -> Option<MutexGuard<'_, T>> {
        for _ in 0..SPINS {
            if let Some(value) = self.take() {
                return Some(value);
            }
            std::hint::spin_loop();
        }
        let start = Instant::now();
        loop {
            if let Some(value) = self.take() {
                return Some(value);
            }
            if start.elapsed() > PATIENCE {
                self.process.store(ABANDONED, Ordering::Relaxed);
                return None;
            }
            thread::sleep(POLL);
        }
    }
}

impl<T: Default> Drop for ForkSafe<T> {
    #[expect(clippy::mem_forget, reason = "the value belongs to another process")]
    fn drop(&mut self) {
        let owner = *self.process.get_mut();
        if owner != UNCLAIMED && owner != std::process::id() {
            mem::forget(mem::take(self.value.get_mut().unwrap_or_else(PoisonError::into_inner)));
        }
    }
}

impl<T: Default> fmt::Debug for ForkSafe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForkSafe").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn one_at_a_time_and_every_change_counts() {
        let counted = ForkSafe::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..1_000).for_each(|_| *counted.lock() += 1));
            }
        });
        assert_eq!(*counted.lock(), 8_000);
        let held = counted.lock();
        assert!(counted.try_lock().is_none());
        drop(held);
        assert!(counted.try_lock().is_some());
    }

    #[test]
    fn a_panic_leaves_a_value_that_counts() {
        let lock = ForkSafe::new(7);
        let panicked = thread::scope(|scope| {
            scope
                .spawn(|| {
                    let _held = lock.lock();
                    panic!("while it is held");
                })
                .join()
        });
        assert!(panicked.is_err());
        assert_eq!(*lock.lock(), 7);
    }

    #[test]
    fn another_process_has_its_own_and_leaves_the_parents_alone() {
        let kept = Arc::new(());
        let lock = ForkSafe::new(Some(Arc::clone(&kept)));
        drop(lock.lock());
        // This is the state in a child that was forked while another thread held the lock.
        let held = lock.lock();
        lock.process.store(std::process::id() + 1, Ordering::Relaxed);
        assert_eq!(*lock.lock(), None);
        *lock.lock() = Some(Arc::clone(&kept));
        drop(held);
        drop(lock);
        assert_eq!(Arc::strong_count(&kept), 2, "the parent's is not dropped, its own is");
    }

    #[test]
    fn what_is_held_by_a_thread_that_is_gone_is_given_up() {
        let lock = ForkSafe::new(1);
        let start = Instant::now();
        let held = lock.lock();
        assert_eq!(*lock.lock(), 0);
        assert!(start.elapsed() >= PATIENCE);
        drop(held);
        let start = Instant::now();
        *lock.lock() += 5;
        assert_eq!(*lock.lock(), 5);
        assert!(start.elapsed() < PATIENCE, "waited for once");
    }
}
