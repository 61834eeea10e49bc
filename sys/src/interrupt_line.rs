//! Writes a line on the screen when Ctrl-C ends a program that has no handler for Ctrl-C.

use core::ffi::c_int;
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};

/// Is a line kept? There is at most one at a time.
static KEPT: AtomicBool = AtomicBool::new(false);
/// The line to write; null if there is none. Whoever writes it takes it. Its memory is leaked, because a handler on
/// another thread may be reading it when the question ends.
static LINE: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static LENGTH: AtomicUsize = AtomicUsize::new(0);
/// The process that asks the question. A child of a fork has the handler too, but no question.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// Writes one line to standard error when Ctrl-C ends the program. The program ends at once, as it would without this.
///
/// Nothing is written if standard error would block at that moment, so that a stopped screen does not delay the end. A
/// program's own handler stays as it is: see [`InterruptWatch`](crate::InterruptWatch).
#[derive(Debug)]
pub struct InterruptLine(());

impl InterruptLine {
    /// Keeps `line` until this is dropped. Returns `None` if Ctrl-C does not end the program, or if another line is
    /// kept. The bytes of the line stay in memory until the process ends.
    #[must_use]
    pub fn begin(line: String) -> Option<Self> {
        if KEPT.swap(true, Ordering::AcqRel) {
            return None;
        }
        let begun = Self::begin_alone(line);
        if begun.is_none() {
            KEPT.store(false, Ordering::Release);
        }
        begun
    }

    /// Does what [`begin`](Self::begin) does. No other thread keeps a line.
    fn begin_alone(line: String) -> Option<Self> {
        let before = exchange(None)?;
        if before.sa_sigaction != libc::SIG_DFL {
            return None;
        }
        let line = Box::leak(line.into_bytes().into_boxed_slice());
        PROCESS.store(process(), Ordering::Relaxed);
        LENGTH.store(line.len(), Ordering::Relaxed);
        LINE.store(line.as_mut_ptr(), Ordering::Release);
        let mut ours = before;
        ours.sa_sigaction = on_interrupt as *const () as usize;
        // When the handler runs, the default action is restored and the signal is not blocked, because the handler
        // raises the signal again.
        ours.sa_flags = libc::SA_RESETHAND | libc::SA_NODEFER;
        let Some(replaced) = exchange(Some(&ours)) else {
            LINE.store(ptr::null_mut(), Ordering::Release);
            return None;
        };
        if replaced.sa_sigaction != libc::SIG_DFL {
            // Another thread has set a handler meanwhile, which would not be called.
            exchange(Some(&replaced));
            LINE.store(ptr::null_mut(), Ordering::Release);
            return None;
        }
        Some(Self(()))
    }
}

impl Drop for InterruptLine {
    /// Restores the default action, unless the program has set a handler meanwhile.
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
        KEPT.store(false, Ordering::Release);
    }
}

/// Sets an action, if one is given, and returns the previous one.
fn exchange(action: Option<&libc::sigaction>) -> Option<libc::sigaction> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut before: libc::sigaction = unsafe { mem::zeroed() };
    let action = action.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `on_interrupt` has the signature that the flags without SA_SIGINFO ask for; any other action was returned
    // by the kernel, or is the default. Without an action nothing changes. The old one is written to a local.
    let set = unsafe { libc::sigaction(libc::SIGINT, action, &mut before) };
    (set == 0).then_some(before)
}

fn process() -> i32 {
    // SAFETY: `getpid` has no preconditions, and may be called in a handler.
    unsafe { libc::getpid() }
}

/// Uses atomics only, and functions that POSIX allows in a handler: `sigaction`, `getpid`, `poll`, `write`, `raise`. A
/// `sigaction` that succeeds leaves `errno` as it is, so that it is right where this returns.
extern "C" fn on_interrupt(signal: c_int) {
    // Another handler may have kept this one as its predecessor, and calls it. Then the program does not end here.
    if exchange(None).is_none_or(|now| now.sa_sigaction != libc::SIG_DFL) {
        return;
    }
    let line = LINE.swap(ptr::null_mut(), Ordering::AcqRel);
    if !line.is_null() && PROCESS.load(Ordering::Relaxed) == process() && takes_a_line() {
        // SAFETY: pointer and length belong to one leaked slice. It does not matter how many bytes are written.
        let _ = unsafe { libc::write(libc::STDERR_FILENO, line.cast(), LENGTH.load(Ordering::Relaxed)) };
    }
    // SAFETY: `raise` has no preconditions. The default action is restored (SA_RESETHAND) and the signal is not blocked
    // (SA_NODEFER), so the process ends here.
    unsafe { libc::raise(signal) };
}

/// Can standard error accept bytes now, without waiting?
fn takes_a_line() -> bool {
    let mut screen = libc::pollfd { fd: libc::STDERR_FILENO, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one structure is given, which is a local. The call does not wait.
    let found = unsafe { libc::poll(&mut screen, 1, 0) };
    found == 1 && screen.revents & libc::POLLOUT != 0
}
