//! A value that one thread at a time may use, in a signal handler and across forks.

use core::cell::UnsafeCell;
use core::mem;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU64, Ordering};

use super::kernel;

/// A value, and the thread that uses it. A second claim fails at once instead of waiting.
///
/// When a [`Claim`] is dropped, the value is *kept*: this process can then claim it by [`Exclusive::reclaim`] only, so
/// that a crash is recorded once. A child of a fork may claim a value that was kept or free in its parent. It may not
/// claim a value that a thread of the parent was using, because that thread may share the child's memory (`vfork`).
///
/// ```
/// # #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))] {
/// use crawl4ai_telemetry_sys::linux::Exclusive;
///
/// static VALUE: Exclusive<u32> = Exclusive::new(1);
///
/// let mut claim = VALUE.claim().expect("free");
/// *claim += 1;
/// assert!(VALUE.claim().is_err());
/// drop(claim);
/// assert!(VALUE.claim().is_err(), "kept");
/// let claim = VALUE.reclaim().expect("kept by this process");
/// assert_eq!(*claim, 2);
/// claim.release();
/// assert!(VALUE.claim().is_ok());
/// # }
/// ```
#[derive(Debug)]
// The owner is first, so that a claim touches no page but that of the value's beginning.
#[repr(C)]
pub struct Exclusive<T> {
    /// 0, or three parts: the process in the upper half, the thread shifted left by two, and one of the states below.
    owner: AtomicU64,
    value: UnsafeCell<T>,
}

const FREE: u64 = 0;
const HELD: u64 = 1;
const KEPT: u64 = 2;
const STATE: u64 = 3;

fn me(state: u64) -> u64 {
    // Linux numbers threads below 2 to the power of 22.
    u64::from(kernel::process()).wrapping_shl(32) | u64::from(kernel::thread()).wrapping_shl(2) | state
}

const fn process_of(owner: u64) -> u64 {
    owner.wrapping_shr(32)
}

/// The value cannot be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Did this thread claim the value?
    pub by_this_thread: bool,
    /// Is the value in use at this moment?
    pub in_use: bool,
}

// SAFETY: the value is used through a `Claim` only. There is one claim at a time, and the owner changes with acquire
// and release, so that threads use the value one after the other.
unsafe impl<T: Send> Sync for Exclusive<T> {}

impl<T> Exclusive<T> {
    /// A value that is free.
    pub const fn new(value: T) -> Self {
        Self { owner: AtomicU64::new(FREE), value: UnsafeCell::new(value) }
    }

    /// Claims the value.
    ///
    /// # Errors
    ///
    /// [`Taken`]: a thread is using the value, or this process has used and kept it.
    pub fn claim(&self) -> Result<Claim<'_, T>, Taken> {
        let me = me(HELD);
        // Not read before: a page that is read first and written then costs twice.
        if self.take(FREE, me) {
            return Ok(Claim { of: self, me });
        }
        let owner = self.owner.load(Ordering::Acquire);
        let inherited = owner & STATE == KEPT && process_of(owner) != process_of(me);
        if inherited && self.take(owner, me) {
            return Ok(Claim { of: self, me });
        }
        let owner = self.owner.load(Ordering::Acquire);
        Err(Taken { by_this_thread: owner & !STATE == me & !STATE, in_use: owner & STATE == HELD })
    }

    /// Claims the value if this process has kept it.
    pub fn reclaim(&self) -> Option<Claim<'_, T>> {
        let (owner, me) = (self.owner.load(Ordering::Acquire), me(HELD));
        let kept = owner & STATE == KEPT && process_of(owner) == process_of(me);
        // Not `then_some`, which makes the claim even if the value was not taken: dropping it would change the owner.
        if kept && self.take(owner, me) { Some(Claim { of: self, me }) } else { None }
    }

    /// Is the value in use at this moment?
    pub fn is_in_use(&self) -> bool {
        self.owner.load(Ordering::Acquire) & STATE == HELD
    }

    fn take(&self, from: u64, to: u64) -> bool {
        self.owner.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// The right to use the value, until this is dropped.
#[derive(Debug)]
pub struct Claim<'a, T> {
    of: &'a Exclusive<T>,
    /// The process and the thread that have claimed the value.
    me: u64,
}

impl<T> Claim<'_, T> {
    /// Frees the value, so that any thread can claim it.
    pub fn release(self) {
        self.of.owner.store(FREE, Ordering::Release);
        #[allow(clippy::mem_forget, reason = "what is dropped is kept")]
        mem::forget(self);
    }
}

impl<T> Drop for Claim<'_, T> {
    fn drop(&mut self) {
        self.of.owner.store(self.me & !STATE | KEPT, Ordering::Release);
    }
}

impl<T> Deref for Claim<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is one claim at a time, and it is borrowed.
        unsafe { &*self.of.value.get() }
    }
}

impl<T> DerefMut for Claim<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: there is one claim at a time, and it is borrowed for writing.
        unsafe { &mut *self.of.value.get() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn one_thread_of_many_has_it() {
        static VALUE: Exclusive<u64> = Exclusive::new(0);
        let count = |_| {
            let mut added = 0;
            for _ in 0..10_000 {
                if let Ok(mut claim) = VALUE.claim() {
                    *claim += 1;
                    added += 1;
                    claim.release();
                }
            }
            added
        };
        let added: u64 = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || count(n))).collect();
            threads.into_iter().map(|thread| thread.join().expect("ended")).sum()
        });
        assert_eq!(*VALUE.claim().expect("free"), added);
    }

    #[test]
    fn a_second_claim_is_told_who_has_it() {
        static VALUE: Exclusive<u8> = Exclusive::new(0);
        let claim = VALUE.claim().expect("free");
        let taken = |by_this_thread, in_use| Some(Taken { by_this_thread, in_use });
        assert_eq!(VALUE.claim().err(), taken(true, true));
        let other = thread::scope(|scope| scope.spawn(|| VALUE.claim().err()).join().expect("ended"));
        assert_eq!(other, taken(false, true));
        assert!(VALUE.is_in_use() && VALUE.reclaim().is_none());
        drop(claim);
        assert_eq!(VALUE.claim().err(), taken(true, false));
        assert!(!VALUE.is_in_use());
    }

    #[test]
    fn what_was_not_kept_cannot_be_reclaimed_and_stays_free() {
        static VALUE: Exclusive<u8> = Exclusive::new(0);
        assert!(VALUE.reclaim().is_none());
        VALUE.claim().expect("still free").release();
        assert!(VALUE.reclaim().is_none());
        drop(VALUE.claim().expect("free again"));
        VALUE.reclaim().expect("kept").release();
        assert!(VALUE.claim().is_ok());
    }

    #[test]
    fn a_child_of_a_fork_claims_what_its_parent_kept_and_not_what_it_uses() {
        static KEPT: Exclusive<u8> = Exclusive::new(0);
        static USED: Exclusive<u8> = Exclusive::new(0);
        drop(KEPT.claim().expect("free"));
        let _claim = USED.claim().expect("free");
        // SAFETY: the child reads two atomics, writes one, and ends at once.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let right = KEPT.claim().is_ok() && USED.claim().is_err();
            // SAFETY: ends the process and touches nothing of it.
            unsafe { libc::_exit(i32::from(!right)) };
        }
        let mut status = 0;
        // SAFETY: `status` is a local that outlives the call.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(status, 0);
    }
}
