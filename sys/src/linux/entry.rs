//! The function that the kernel calls for a signal.

use core::ffi::{c_int, c_void};
use core::mem::offset_of;

use super::action::{reset, take};
use super::fault::{Fault, send_to_this_thread};
use super::mask::{ALL, bit, is_readable, set_mask};
use super::signals::{Before, SIGNALS, details_came, handler, is_second_question, slot};

/// Handles a signal.
///
/// It is `C-unwind`, because the earlier handler may leave by an exception of C++, which then goes through the functions
/// that lead to it. None of these has anything to drop. A program that is built with `panic = "abort"` aborts instead.
pub(super) unsafe extern "C-unwind" fn on_signal(
    signal: c_int,
    info: *mut libc::siginfo_t,
    context: *mut c_void,
) {
    allow_unaligned();
    // The kernel has blocked every signal, but a handler that was installed later and calls this one has not. The handler
    // of another signal would run on the alternate stack from its beginning, where the frames of this one lie.
    let mask = set_mask(ALL);
    // SAFETY: `errno` is this thread's own. The handler restores it at its end.
    let errno = unsafe { *libc::__errno_location() };
    let index = SIGNALS.iter().position(|known| *known == signal);
    if let (Some(index), Some(handler)) = (index, handler()) {
        if is_of_kernel(signal, info, context.cast()) {
            details_came(index);
            // SAFETY: both pointers were just checked. They stay valid as long as the kernel's handler runs, which is
            // this one or a later one that called it.
            handler(&mut unsafe { Fault::new(index, signal, info, context.cast(), mask) });
        } else {
            set_mask(mask);
            without_details(index, signal, info, context);
        }
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    set_mask(mask);
}

/// Allows accesses that are not aligned, as compiled code makes them. A program may have forbidden them (EFLAGS.AC), and
/// the kernel does not allow them for a handler.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn allow_unaligned() {
    // SAFETY: one bit of the flags is cleared, by a word below the stack pointer, which is restored.
    unsafe { core::arch::asm!("pushfq", "and dword ptr [rsp], 0xfffbffff", "popfq") };
}

/// A program cannot forbid them on this architecture.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn allow_unaligned() {}

/// The distance from the context up to the signal's details, as the kernel lays out a handler's frame.
#[cfg(target_arch = "x86_64")]
const KERNELS_DISTANCE: usize = 304;
#[cfg(target_arch = "aarch64")]
const KERNELS_DISTANCE: usize = (size_of::<libc::siginfo_t>() as isize).wrapping_neg() as usize;

/// How far the context is used: up to the blocked signals on one architecture, and to the registers on the other.
#[cfg(target_arch = "x86_64")]
const CONTEXT: usize = offset_of!(libc::ucontext_t, uc_sigmask) + 8;
#[cfg(target_arch = "aarch64")]
const CONTEXT: usize = offset_of!(libc::ucontext_t, uc_mcontext) + offset_of!(libc::mcontext_t, pstate) + 8;

/// Are these the kernel's details of the signal? A handler that was installed later may call this one with the signal's
/// number only, or with copies.
fn is_of_kernel(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::ucontext_t) -> bool {
    let (details, registers) = (info as usize, context as usize);
    let is_aligned = details.is_multiple_of(8) && registers.is_multiple_of(8);
    let is_frame = details.wrapping_sub(registers) == KERNELS_DISTANCE;
    let are_readable = |address: usize, length: usize| {
        is_readable(address) && is_readable(address.wrapping_add(length).wrapping_sub(8))
    };
    is_aligned
        && details > CONTEXT
        && registers > CONTEXT
        && (is_frame
            || are_readable(details, size_of::<libc::siginfo_t>()) && are_readable(registers, CONTEXT))
        // SAFETY: the pointer is aligned and can be read, by what was just checked.
        && unsafe { (*info).si_signo } == signal
}

/// Handles a signal whose details the caller has not passed on.
fn without_details(index: usize, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let Some(slot) = slot(index) else { return };
    if slot.before == Before::Foreign {
        // SAFETY: the caller would have called this function in the same way, if `install` had not been called.
        unsafe { slot.call(signal, info, context) };
        return;
    }
    if is_second_question(index) {
        // The kernel itself calls with details that are not recognized, or the caller's handler sets itself again. The
        // signal happens now, before that can happen once more.
        reset(signal);
        send_to_this_thread(signal);
        let mask = set_mask(ALL & !bit(signal));
        set_mask(mask);
    } else {
        // The kernel calls this handler once more, with the details, when the caller's has returned.
        take(signal, slot);
        send_to_this_thread(signal);
    }
}
