//! Which thread is calling the previous handler, and whether that call is over.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crawl4ai_telemetry_sys::linux::kernel;

/// The calls of the previous handler that are marked.
pub(super) struct Chain {
    /// The call for the signal that was recorded. It keeps the record from being withdrawn.
    recorded: Mark,
    /// One call for another signal. While it runs, further such calls of other threads are not marked.
    other: Mark,
}

pub(super) static CHAIN: Chain = Chain::new();

struct Mark {
    /// The thread that makes the call; 0 if there is no such call.
    thread: AtomicU32,
    /// The stack pointer at that call, 0 before it, or [`ENDS`]; and its time.
    stack: AtomicU64,
    since: AtomicU64,
}

/// Stands for a stack pointer after the call, when the process ends in a moment.
const ENDS: u64 = u64::MAX;

/// Largest distance from the call down to the stack pointer of code that the previous handler runs. It is the size of
/// the largest alternate stack seen.
const SPAN: u64 = 1 << 18;

/// Longest time, in nanoseconds, that the previous handler of another thread is waited for. A handler that left by
/// `longjmp` looks as if it ran for ever.
const LONGEST: u64 = 10_000_000_000;

/// The same for the end of the process after that handler. A program may live on after `raise(SIGABRT)`.
const MOMENT: u64 = 1_000_000_000;

/// A call of the previous handler. Nothing happens when it is dropped, because the handler may leave by `longjmp`.
pub(super) struct Call<'a>(Option<&'a Mark>);

impl Chain {
    const fn new() -> Self {
        Self { recorded: Mark::new(), other: Mark::new() }
    }

    /// Marks this thread, whose signal was recorded and which will call the previous handler. It is called before
    /// another thread may withdraw the record.
    pub(super) fn announce(&self) {
        self.recorded.set(0, kernel::monotonic());
    }

    /// Marks a call of the previous handler, which runs below `stack`. `is_recorded`: was the signal recorded by this
    /// thread just now?
    pub(super) fn enter(&self, stack: u64, is_recorded: bool) -> Call<'_> {
        let now = kernel::monotonic();
        if is_recorded {
            self.recorded.set(stack, now);
            return Call(Some(&self.recorded));
        }
        // A call inside another one ends before it, so that the mark of the other one covers it, also when it is left by
        // `longjmp`.
        let is_marked = !self.is_around(|| stack) && self.other.try_set(stack, now);
        Call(is_marked.then_some(&self.other))
    }

    /// Is the previous handler running in this thread, and does it run code with this stack pointer?
    ///
    /// The stack pointer is not asked for without need, because the signal's stack may have little room.
    pub(super) fn is_around(&self, stack_pointer: impl Fn() -> u64) -> bool {
        let me = kernel::thread();
        [&self.recorded, &self.other].into_iter().any(|mark| mark.is_around(me, &stack_pointer))
    }

    /// Has the previous handler returned from the signal that was recorded, and does the process live on? If that
    /// handler left by `longjmp`, this is noticed at the next signal of its thread, at the end of that thread, or after
    /// [`LONGEST`].
    pub(super) fn is_over(&self) -> bool {
        let thread = self.recorded.thread.load(Ordering::Acquire);
        thread == 0 || !self.recorded.runs_in_another(thread, kernel::thread(), kernel::monotonic())
    }

    /// Is no previous handler running, also not around this call? A handler may end the process by `exit`.
    #[inline(never)]
    pub(super) fn is_over_here(&self) -> bool {
        let here = 0_u8;
        let lives_on = || self.recorded.stack.load(Ordering::Acquire) == ENDS;
        !self.is_around(|| (&raw const here) as u64) && (lives_on() || self.is_over())
    }
}

impl Mark {
    const fn new() -> Self {
        Self { thread: AtomicU32::new(0), stack: AtomicU64::new(0), since: AtomicU64::new(0) }
    }

    fn set(&self, stack: u64, now: u64) {
        // The time is stored first, because with an old time the mark would look as if its call were over.
        self.since.store(now, Ordering::Release);
        self.stack.store(stack, Ordering::Release);
        self.thread.store(kernel::thread(), Ordering::Release);
    }

    /// Sets the mark, unless it is another thread's.
    fn try_set(&self, stack: u64, now: u64) -> bool {
        let (before, me) = (self.thread.load(Ordering::Acquire), kernel::thread());
        if self.runs_in_another(before, me, now) {
            return false;
        }
        self.since.store(now, Ordering::Release);
        if self.thread.compare_exchange(before, me, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return false;
        }
        self.stack.store(stack, Ordering::Release);
        true
    }

    fn is_around(&self, me: u32, stack_pointer: impl Fn() -> u64) -> bool {
        if self.thread.load(Ordering::Acquire) != me {
            return false;
        }
        let below = self.stack.load(Ordering::Acquire).wrapping_sub(stack_pointer());
        below != 0 && below < SPAN
    }

    fn runs_in_another(&self, thread: u32, me: u32, now: u64) -> bool {
        let longest = if self.stack.load(Ordering::Acquire) == ENDS { MOMENT } else { LONGEST };
        thread != 0
            && thread != me
            // Another thread may have begun after `now`.
            && now.saturating_sub(self.since.load(Ordering::Acquire)) < longest
            && kernel::is_own_thread(thread)
    }
}

impl Call<'_> {
    /// Is the mark still that of this thread? After [`LONGEST`] it may be another's, and so may the record.
    pub(super) fn is_marked(&self) -> bool {
        self.0.is_some_and(|mark| mark.thread.load(Ordering::Acquire) == kernel::thread())
    }

    /// The call is over.
    pub(super) fn leave(self) {
        if let Some(mark) = self.0 {
            // A handler that was left by `longjmp` may have been followed by one of another thread.
            let _ = mark.thread.compare_exchange(kernel::thread(), 0, Ordering::AcqRel, Ordering::Relaxed);
        }
    }

    /// The call is over, and the process ends in a moment. Until then no other thread may withdraw the record.
    pub(super) fn leave_to_end(self) {
        match self.0.filter(|_| self.is_marked()) {
            Some(mark) => mark.set(ENDS, kernel::monotonic()),
            None => self.leave(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::thread;

    /// Runs `inside` as the previous handler.
    fn run(chain: &Chain, is_recorded: bool, inside: impl FnOnce()) {
        let here = 0_u8;
        let call = chain.enter((&raw const here) as u64, is_recorded);
        below(inside);
        call.leave();
    }

    #[inline(never)]
    fn below(inside: impl FnOnce()) {
        inside();
    }

    /// Runs `check` while another thread is in its previous handler for the signal that was recorded, or for another.
    fn beside(chain: &Chain, is_recorded: bool, check: impl FnOnce()) {
        let (begun, done) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                run(chain, is_recorded, || {
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
    fn the_record_is_kept_while_its_thread_is_at_work() {
        let chain = Chain::new();
        beside(&chain, true, || {
            assert!(!chain.is_over() && !chain.is_over_here());
            // Another thread's handler repairs its signal meanwhile.
            run(&chain, false, || assert!(!chain.is_over()));
            assert!(!chain.is_over());
        });
        assert!(chain.is_over() && chain.is_over_here());
    }

    #[test]
    fn another_thread_that_is_at_work_already_changes_nothing() {
        let chain = Chain::new();
        beside(&chain, false, || {
            assert!(chain.is_over(), "its signal was not recorded");
            chain.announce();
            thread::scope(|scope| {
                scope.spawn(|| run(&chain, false, || assert!(!chain.is_over())));
            });
            run(&chain, true, || assert!(!chain.is_over_here()));
            assert!(chain.is_over());
        });
    }

    #[test]
    fn in_its_own_thread_it_runs_below_the_call_only() {
        for is_recorded in [false, true] {
            let chain = Chain::new();
            let above = 0_u8;
            run(&chain, is_recorded, || {
                assert!(!chain.is_over_here());
                assert!(!chain.is_around(|| (&raw const above) as u64 + (1 << 16)));
            });
            assert!(chain.is_over_here());
        }
    }

    #[test]
    fn a_call_inside_another_one_ends_before_it() {
        let chain = Chain::new();
        run(&chain, false, || {
            let outer = chain.other.stack.load(Ordering::Relaxed);
            // It may be left by `longjmp` at any point, so it changes nothing.
            run(&chain, false, || {
                assert_eq!(chain.other.stack.load(Ordering::Relaxed), outer);
                assert!(!chain.is_over_here());
            });
            assert_eq!(chain.other.stack.load(Ordering::Relaxed), outer);
            assert!(!chain.is_over_here());
        });
        assert!(chain.is_over_here());
    }

    /// Does `check` become true while a thread that has ended is forgotten by the kernel?
    fn soon(check: impl Fn() -> bool) -> bool {
        (0..1000).any(|_| {
            kernel::sleep(1_000_000);
            check()
        })
    }

    #[test]
    fn a_mark_that_was_left_by_a_jump_goes_with_its_thread_or_after_some_seconds() {
        let chain = Chain::new();
        thread::scope(|scope| {
            scope.spawn(|| assert!(chain.enter(1, true).is_marked())).join().expect("ended")
        });
        assert!(soon(|| chain.is_over()));
        let mark = Mark::new();
        let (begun, done) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                mark.set(1, kernel::monotonic());
                begun.wait();
                done.wait();
            });
            begun.wait();
            let now = kernel::monotonic();
            assert!(!mark.try_set(1, 0) && !mark.try_set(1, now + LONGEST / 2));
            assert!(mark.try_set(1, now + 2 * LONGEST));
            done.wait();
        });
    }

    #[test]
    fn after_a_handler_that_gave_up_the_record_stays_for_a_moment_and_goes_if_the_program_ends_normally() {
        let chain = Chain::new();
        let (begun, done) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                chain.enter((&raw const done) as u64, true).leave_to_end();
                assert!(chain.is_over(), "this thread lives on");
                begun.wait();
                done.wait();
            });
            begun.wait();
            assert!(!chain.is_over() && chain.is_over_here());
            let thread = chain.recorded.thread.load(Ordering::Relaxed);
            let after = |time| chain.recorded.runs_in_another(thread, 1, kernel::monotonic() + time);
            assert!(after(MOMENT / 2) && !after(2 * MOMENT));
            done.wait();
        });
    }
}
