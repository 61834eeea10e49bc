//! Which thread is calling the previous handler, and whether that call is over.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crawl4ai_telemetry_sys::linux::kernel;

/// One call of the previous handler. While it runs, calls of other threads are not marked, unless their signal was
/// recorded: the mark keeps that record from being withdrawn.
pub(super) struct Chain {
    /// The thread that makes the call; 0 if there is no such call.
    thread: AtomicU32,
    /// The stack pointer at that call, and its time.
    stack: AtomicU64,
    since: AtomicU64,
}

pub(super) static CHAIN: Chain = Chain::new();

/// Largest distance from the call down to the stack pointer of code that the previous handler runs. It is the size of
/// the largest alternate stack seen.
const SPAN: u64 = 1 << 18;

/// Longest time, in nanoseconds, that the previous handler of another thread is waited for. A handler that left by
/// `longjmp` looks as if it ran for ever.
const LONGEST: u64 = 10_000_000_000;

impl Chain {
    const fn new() -> Self {
        Self { thread: AtomicU32::new(0), stack: AtomicU64::new(0), since: AtomicU64::new(0) }
    }

    /// Calls the previous handler by `call`. `is_recorded`: was the signal recorded by this call's thread just now?
    #[inline(never)]
    pub(super) fn run<T>(&self, is_recorded: bool, call: impl FnOnce() -> T) -> T {
        let here = 0_u8;
        let here = (&raw const here) as u64;
        // A call inside another one ends before it, so that the mark of the other one covers it, also when it is left by
        // `longjmp`.
        if self.is_around(|| here) {
            return call();
        }
        let is_marked = self.begin(here, kernel::monotonic(), is_recorded);
        let result = call();
        if is_marked {
            // A handler that was left by `longjmp` may have been followed by one of another thread.
            let _ = self.thread.compare_exchange(kernel::thread(), 0, Ordering::AcqRel, Ordering::Relaxed);
        }
        result
    }

    fn begin(&self, stack: u64, now: u64, is_recorded: bool) -> bool {
        if is_recorded {
            self.announce(now);
        } else {
            let (before, me) = (self.thread.load(Ordering::Acquire), kernel::thread());
            if self.runs_in_another(before, me, now) {
                return false;
            }
            // The time is stored first, because with an old time the mark would look as if its call were over.
            self.since.store(now, Ordering::Release);
            if self.thread.compare_exchange(before, me, Ordering::AcqRel, Ordering::Relaxed).is_err() {
                return false;
            }
        }
        self.stack.store(stack, Ordering::Release);
        true
    }

    /// Marks this thread, whose signal was recorded and which will call the previous handler. It is called before
    /// another thread may withdraw the record.
    pub(super) fn announce(&self, now: u64) {
        self.since.store(now, Ordering::Release);
        self.stack.store(0, Ordering::Release);
        self.thread.store(kernel::thread(), Ordering::Release);
    }

    /// Is the previous handler running in this thread, and does it run code with this stack pointer?
    ///
    /// The stack pointer is not asked for without need, because the signal's stack may have little room.
    pub(super) fn is_around(&self, stack_pointer: impl FnOnce() -> u64) -> bool {
        if self.thread.load(Ordering::Acquire) != kernel::thread() {
            return false;
        }
        let below = self.stack.load(Ordering::Acquire).wrapping_sub(stack_pointer());
        below != 0 && below < SPAN
    }

    /// Has the previous handler returned? If it left by `longjmp`, this is noticed at the next signal of its thread, at
    /// the end of that thread, or after [`LONGEST`].
    pub(super) fn is_over(&self) -> bool {
        let thread = self.thread.load(Ordering::Acquire);
        thread == 0 || !self.runs_in_another(thread, kernel::thread(), kernel::monotonic())
    }

    /// Is no previous handler running, also not around this call? A handler may end the process by `exit`.
    #[inline(never)]
    pub(super) fn is_over_here(&self) -> bool {
        let here = 0_u8;
        !self.is_around(|| (&raw const here) as u64) && self.is_over()
    }

    fn runs_in_another(&self, thread: u32, me: u32, now: u64) -> bool {
        thread != 0
            && thread != me
            // Another thread may have begun after `now`.
            && now.saturating_sub(self.since.load(Ordering::Acquire)) < LONGEST
            && kernel::is_own_thread(thread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::thread;

    /// Runs `check` while another thread is in its previous handler.
    fn beside(chain: &Chain, check: impl FnOnce()) {
        let (begun, done) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                chain.run(false, || {
                    begun.wait();
                    done.wait();
                });
            });
            begun.wait();
            check();
            done.wait();
        });
    }

    #[test]
    fn another_thread_neither_takes_nor_ends_the_mark() {
        let chain = Chain::new();
        beside(&chain, || {
            let owner = chain.thread.load(Ordering::Relaxed);
            chain.run(false, || assert_eq!(chain.thread.load(Ordering::Relaxed), owner));
            assert_eq!(chain.thread.load(Ordering::Relaxed), owner);
            assert!(!chain.is_over() && !chain.is_over_here());
        });
        assert!(chain.is_over() && chain.is_over_here());
    }

    #[test]
    fn the_thread_that_recorded_takes_the_mark() {
        let chain = Chain::new();
        beside(&chain, || {
            chain.run(true, || {
                assert_eq!(chain.thread.load(Ordering::Relaxed), kernel::thread());
                thread::scope(|scope| {
                    // The other thread's handler repairs its signal and returns, and a third thread has one more.
                    scope.spawn(|| chain.run(false, || assert!(!chain.is_over())));
                });
                assert!(!chain.is_over_here());
            });
            assert!(chain.is_over(), "its own call is over");
        });
    }

    #[test]
    fn in_its_own_thread_it_runs_below_the_call_only() {
        let chain = Chain::new();
        let above = 0_u8;
        chain.run(false, || {
            assert!(!chain.is_over_here());
            assert!(!chain.is_around(|| (&raw const above) as u64 + (1 << 16)));
        });
        assert!(chain.is_over_here());
    }

    #[test]
    fn a_call_inside_another_one_ends_before_it() {
        let chain = Chain::new();
        chain.run(false, || {
            let outer = chain.stack.load(Ordering::Relaxed);
            // It may be left by `longjmp` at any point, so it changes nothing.
            chain.run(false, || {
                assert_eq!(chain.stack.load(Ordering::Relaxed), outer);
                assert!(!chain.is_over_here());
            });
            assert_eq!(chain.stack.load(Ordering::Relaxed), outer);
            assert!(!chain.is_over_here());
        });
        assert!(chain.is_over_here());
    }

    #[test]
    fn a_mark_that_was_left_by_a_jump_goes_with_its_thread_or_after_some_seconds() {
        let chain = Chain::new();
        let now = kernel::monotonic();
        thread::scope(|scope| scope.spawn(|| assert!(chain.begin(1, now, false))).join().expect("ended"));
        // The kernel forgets a thread a moment after it was joined.
        let gone = (0..1000).any(|_| {
            kernel::sleep(1_000_000);
            chain.is_over()
        });
        assert!(gone);
        let chain = Chain::new();
        beside(&chain, || {
            let now = kernel::monotonic();
            assert!(!chain.begin(1, 0, false) && !chain.begin(1, now + LONGEST / 2, false));
            assert!(chain.begin(1, now + 2 * LONGEST, false));
        });
    }
}
