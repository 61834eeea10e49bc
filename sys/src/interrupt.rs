//! Notices Ctrl-C while a question is asked, in a program that has its own handler for Ctrl-C.
//!
//! Without such a handler, Ctrl-C ends the program, and there is nothing to notice. With such a handler, the handler
//! runs, but a question that waits for a line would go on waiting. A read that a signal interrupts does not tell which
//! signal it was, and a change of the window's size is a signal too.

use core::ffi::{c_int, c_void};
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

/// Has `SIGINT` come since the watch began?
static CAME: AtomicBool = AtomicBool::new(false);
/// Is there a watch? There is at most one at a time.
static WATCHED: AtomicBool = AtomicBool::new(false);
/// The program's handler and its flags. They are kept after a watch, because a handler that the program set during the
/// watch may go on calling this module's handler.
static HANDLER: AtomicUsize = AtomicUsize::new(0);
static FLAGS: AtomicI32 = AtomicI32::new(0);

/// The flags that this module's handler copies from the program's handler.
const KEPT: c_int = libc::SA_ONSTACK | libc::SA_RESTART | libc::SA_NODEFER | libc::SA_NOCLDSTOP;

/// Notices `SIGINT` until it is dropped. The program's own handler is called as before.
#[derive(Debug)]
pub struct InterruptWatch {
    before: Before,
}

/// The action that is restored after the watch.
struct Before(libc::sigaction);

impl core::fmt::Debug for Before {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("sigaction")
    }
}

impl InterruptWatch {
    /// Begins a watch. Returns `None` if the program has no handler, ignores the signal, or has a handler that is
    /// called only once. Also returns `None` if there is a watch already, or if the program set another handler during
    /// an earlier watch.
    #[must_use]
    pub fn begin() -> Option<Self> {
        if WATCHED.swap(true, Ordering::AcqRel) {
            return None;
        }
        let begun = begin();
        if begun.is_none() {
            WATCHED.store(false, Ordering::Release);
        }
        begun
    }

    /// Has the signal come since the watch began?
    #[must_use]
    pub fn came(&self) -> bool {
        CAME.load(Ordering::Acquire)
    }
}

impl Drop for InterruptWatch {
    /// Restores the program's handler, unless the program has set another one meanwhile.
    fn drop(&mut self) {
        // A handler that another thread has set meanwhile is restored. It may call this module's handler as long as the
        // process lives, so there is no further watch.
        let is_over = match exchange(&self.before.0) {
            Some(now) if is_ours(&now) => true,
            Some(now) => {
                exchange(&now);
                false
            }
            None => false,
        };
        if is_over {
            WATCHED.store(false, Ordering::Release);
        }
    }
}

fn begin() -> Option<InterruptWatch> {
    let before = current()?;
    CAME.store(false, Ordering::Release);
    if is_ours(&before)
        || matches!(before.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN)
        || before.sa_flags & libc::SA_RESETHAND != 0
    {
        return None;
    }
    HANDLER.store(before.sa_sigaction, Ordering::Release);
    FLAGS.store(before.sa_flags, Ordering::Release);
    let mut ours = before;
    ours.sa_sigaction = on_interrupt as *const () as usize;
    ours.sa_flags = (before.sa_flags & KEPT) | libc::SA_SIGINFO;
    let replaced = exchange(&ours)?;
    if replaced.sa_sigaction != before.sa_sigaction {
        // Another thread has set a handler meanwhile, which a watch would not call.
        exchange(&replaced);
        return None;
    }
    Some(InterruptWatch { before: Before(before) })
}

/// Sets an action for this signal, and returns the previous one. `action` was returned by the kernel, or is this
/// module's action, made from such a one.
fn exchange(action: &libc::sigaction) -> Option<libc::sigaction> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut before: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: `on_interrupt` has the signature that SA_SIGINFO asks for, and its mask is the one of the program's
    // handler; any other action is one that the kernel gave. The old one is written to a local.
    let set = unsafe { libc::sigaction(libc::SIGINT, action, &mut before) };
    (set == 0).then_some(before)
}

fn current() -> Option<libc::sigaction> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut now: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: the new action is absent, and the old one is written to a local.
    let asked = unsafe { libc::sigaction(libc::SIGINT, ptr::null(), &mut now) };
    (asked == 0).then_some(now)
}

fn is_ours(action: &libc::sigaction) -> bool {
    action.sa_sigaction == on_interrupt as *const () as usize
}

/// Uses atomics only, and then calls the program's handler.
extern "C" fn on_interrupt(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    CAME.store(true, Ordering::Release);
    let (handler, flags) = (HANDLER.load(Ordering::Acquire), FLAGS.load(Ordering::Acquire));
    if flags & libc::SA_SIGINFO != 0 {
        // SAFETY: the program set this address with SA_SIGINFO, so it is a function of three arguments, which are the
        // kernel's. It was neither SIG_DFL nor SIG_IGN.
        let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
            unsafe { mem::transmute(handler) };
        handler(signal, info, context);
    } else {
        // SAFETY: the program set this address without SA_SIGINFO, so it is a function of one argument.
        let handler: extern "C" fn(c_int) = unsafe { mem::transmute(handler) };
        handler(signal);
    }
}
