//! The handling of one signal, as the kernel knows it.

use core::ffi::c_int;
use core::mem;
use core::ptr;

use super::entry::on_signal;
use super::mask::{ALL, set_first_word};
use super::signals::{Before, Slot};

/// What stands for the earlier handling of a signal that was given up.
// SAFETY: the structure consists of numbers and an optional function; zero is SIG_DFL.
pub(super) static DEFAULT: Slot = Slot { old: unsafe { mem::zeroed() }, before: Before::Default };

/// The current handling of a signal: the function's address, and the flags.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) function: usize,
    flags: c_int,
}

impl Action {
    /// Does this handling call [`on_signal`]?
    pub(super) fn calls_ours(self) -> bool {
        self.function == on_signal as *const () as usize
    }
}

/// The current handling of a signal.
///
/// It is not inlined, because the stack of a signal may have little room while the earlier handler runs, and the
/// structure of the C library takes 152 bytes of it.
#[inline(never)]
pub(super) fn action_of(signal: c_int) -> Option<Action> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut now: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: the new action is absent, and the old one is written to a local.
    let asked = unsafe { libc::sigaction(signal, ptr::null(), &mut now) };
    (asked == 0).then_some(Action { function: now.sa_sigaction, flags: now.sa_flags })
}

/// Does the signal call this handler now?
pub(super) fn is_ours(signal: c_int) -> bool {
    action_of(signal).is_some_and(Action::calls_ours)
}

/// Restores the kernel's own handling of a signal.
#[inline(never)]
pub(super) fn reset(signal: c_int) {
    // SAFETY: the action is a whole structure that says SIG_DFL, and the null pointer asks for no old action.
    unsafe { libc::sigaction(signal, &DEFAULT.old, ptr::null_mut()) };
}

/// Makes the signal call [`on_signal`].
#[inline(never)]
pub(super) fn take(signal: c_int, slot: &Slot) {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let mut ours: libc::sigaction = unsafe { mem::zeroed() };
    ours.sa_sigaction = on_signal as *const () as usize;
    ours.sa_flags = libc::SA_SIGINFO | flags_of(slot);
    set_first_word(&mut ours.sa_mask, ALL);
    // SAFETY: `on_signal` has the signature that SA_SIGINFO asks for. It stays loaded as long as the process lives, because
    // the library that contains it must not be unloaded after this call. CPython does not unload extension modules.
    unsafe { libc::sigaction(signal, &ours, ptr::null_mut()) };
}

/// A system call that the signal interrupts goes on only where the earlier handler asked for it. The same holds for the
/// alternate stack, because that stack may be too small for the earlier handler. Where there was none, an overflow of
/// the stack needs the alternate stack, and so do runtimes such as Go's, which end the process otherwise.
fn flags_of(slot: &Slot) -> c_int {
    let asked = match slot.before {
        Before::Default => libc::SA_RESTART | libc::SA_ONSTACK,
        Before::Ignored | Before::Standard | Before::Foreign => slot.old.sa_flags,
    };
    asked & (libc::SA_RESTART | libc::SA_ONSTACK | SA_EXPOSE_TAGBITS)
}

/// The handler sees the tag of an address that could not be accessed (`sigaction(2)`). A kernel that does not know this
/// flag ignores it.
const SA_EXPOSE_TAGBITS: c_int = 0x800;
