//! A line on the screen when Ctrl-C ends a program that has no handler for it.

use core::ffi::c_int;
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};

/// What is written, taken by whoever writes it. Leaked: a handler on another thread may be reading it when the question ends.
static LINE: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static LENGTH: AtomicUsize = AtomicUsize::new(0);
/// The process that it is about: a child of a fork has the handler too, and no question.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// Ctrl-C ends the program at once, as it would without this; one line is written on standard error before.
///
/// Nothing is written where standard error takes nothing at that moment, so that a screen that has stopped holds up no end.
/// A program's own handler stays as it is: see [`InterruptWatch`](crate::InterruptWatch).
#[derive(Debug)]
pub struct InterruptLine(());

impl InterruptLine {
    /// Keeps `line` for as long as it stands. `None` where Ctrl-C does not end the program, and where another one stands.
    /// The bytes of the line stay in memory until the process ends.
    #[must_use]
    pub fn begin(line: String) -> Option<Self> {
        let before = exchange(None)?;
        if before.sa_sigaction != libc::SIG_DFL || !LINE.load(Ordering::Acquire).is_null() {
            return None;
        }
        let line = Box::leak(line.into_bytes().into_boxed_slice());
        PROCESS.store(process(), Ordering::Relaxed);
        LENGTH.store(line.len(), Ordering::Relaxed);
        LINE.store(line.as_mut_ptr(), Ordering::Release);
        let mut ours = before;
        ours.sa_sigaction = on_interrupt as *const () as usize;
        // The default again when it runs, and not held back meanwhile: it raises the signal anew.
        ours.sa_flags = libc::SA_RESETHAND | libc::SA_NODEFER;
        let Some(replaced) = exchange(Some(&ours)) else {
            LINE.store(ptr::null_mut(), Ordering::Release);
            return None;
        };
        if replaced.sa_sigaction != libc::SIG_DFL {
            // Another thread has set one since: it would not be called.
            exchange(Some(&replaced));
            LINE.store(ptr::null_mut(), Ordering::Release);
            return None;
        }
        Some(Self(()))
    }
}

impl Drop for InterruptLine {
    /// The default again, unless the program has set a handler meanwhile.
    fn drop(&mut self) {
        LINE.store(ptr::null_mut(), Ordering::Release);
        let ours = on_interrupt as *const () as usize;
        if let Some(mut now) = exchange(None)
            && now.sa_sigaction == ours
        {
            now.sa_sigaction = libc::SIG_DFL;
            now.sa_flags = 0;
            if let Some(replaced) = exchange(Some(&now))
                && replaced.sa_sigaction != ours
            {
                exchange(Some(&replaced));
            }
        }
    }
}

/// Sets an action, if one is given, and returns the one before.
fn exchange(action: Option<&libc::sigaction>) -> Option<libc::sigaction> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut before: libc::sigaction = unsafe { mem::zeroed() };
    let action = action.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `on_interrupt` has the signature that the flags without SA_SIGINFO ask for; any other action is one that the
    // kernel gave, or its default. An absent one changes nothing. The old one is written to a local.
    let set = unsafe { libc::sigaction(libc::SIGINT, action, &mut before) };
    (set == 0).then_some(before)
}

fn process() -> i32 {
    // SAFETY: it has no preconditions, and may be called in a handler.
    unsafe { libc::getpid() }
}

/// Only atomics, and what POSIX lets a handler call: `getpid`, `poll`, `write`, `raise`.
extern "C" fn on_interrupt(signal: c_int) {
    let line = LINE.swap(ptr::null_mut(), Ordering::AcqRel);
    if !line.is_null() && PROCESS.load(Ordering::Relaxed) == process() && takes_a_line() {
        // SAFETY: the two belong to one leaked slice. How much arrives does not matter.
        let _ = unsafe { libc::write(libc::STDERR_FILENO, line.cast(), LENGTH.load(Ordering::Relaxed)) };
    }
    // SAFETY: it has no preconditions. The action is the default again (SA_RESETHAND), and the signal is not held back
    // (SA_NODEFER): the process ends here.
    unsafe { libc::raise(signal) };
}

/// Can standard error take something now, without waiting?
fn takes_a_line() -> bool {
    let mut screen = libc::pollfd { fd: libc::STDERR_FILENO, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one structure, a local, and no time to wait.
    let found = unsafe { libc::poll(&mut screen, 1, 0) };
    found == 1 && screen.revents & libc::POLLOUT != 0
}
