//! Takes the six signals of a crash, and remembers their earlier handlers.

use core::ffi::{c_int, c_void};
use core::fmt;
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use super::action::{Action, DEFAULT, action_of, is_ours, reset, take};
use super::entry::on_signal;
use super::fault::Fault;
use super::kernel;
use super::mask::first_word;
use super::own_code::OwnCode;
use super::set_once::SetOnce;

/// The signals, by number: those that the kernel sends for an instruction, and the one that `abort` raises.
pub const SIGNALS: [c_int; 6] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP];

/// The handling of a signal before [`install`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// No handler: the process ends.
    Default,
    /// The signal is ignored, and was not taken.
    Ignored,
    /// The handler of Rust's standard library, which reports an overflow of the stack and leaves all other faults to
    /// the kernel.
    Standard,
    /// A handler of the host's, or of another library.
    Foreign,
}

/// The function that the signal handler calls, with every signal blocked. It runs on the stack that the earlier handler
/// would have run on. An alternate stack may have little room above what the kernel needs for its own frame
/// (`AT_MINSIGSTKSZ`); where there is less than that, the kernel ends the process and calls no handler.
pub type Handler = fn(&mut Fault<'_>);

/// Why no signal was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// The module that this code lies in was not found.
    OwnModule,
    /// The kernel refused.
    Refused,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnModule => "the module that the handler lies in was not found",
            Self::Refused => "the kernel refused the handler",
        })
    }
}

impl std::error::Error for InstallError {}

/// The earlier handling of a signal.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) old: libc::sigaction,
    pub(super) before: Before,
}

impl Slot {
    /// Calls the earlier handler, on this stack and with the current mask.
    ///
    /// # Safety
    ///
    /// `before` is [`Before::Foreign`] or [`Before::Standard`], and the pointers are those that this function would have
    /// been given without [`install`].
    pub(super) unsafe fn call(&self, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
        if self.old.sa_flags & libc::SA_SIGINFO != 0 {
            type WithInfo = unsafe extern "C-unwind" fn(c_int, *mut libc::siginfo_t, *mut c_void);
            // SAFETY: the program gave the kernel this function for this signal, with these flags.
            let function = unsafe { mem::transmute::<usize, WithInfo>(self.old.sa_sigaction) };
            // SAFETY: it is called as it would have been, by the promise of the caller.
            unsafe { function(signal, info, context) };
        } else {
            type WithoutInfo = unsafe extern "C-unwind" fn(c_int);
            // SAFETY: as above, for a handler without SA_SIGINFO.
            let function = unsafe { mem::transmute::<usize, WithoutInfo>(self.old.sa_sigaction) };
            // SAFETY: as above.
            unsafe { function(signal) };
        }
    }
}

/// What is known of the signals. It is one value of zeros, so that [`install`] touches one page: each costs some
/// microseconds.
struct Known {
    /// Was [`install`] called? It is written before anything is read, because a page that is read first and written then
    /// costs twice.
    begun: AtomicBool,
    /// Null or a [`Handler`].
    handler: AtomicPtr<()>,
    own_code: OwnCode,
    slots: SetOnce<[Slot; SIGNALS.len()]>,
    /// For each signal: has the standard library given up its handler?
    given_up: [AtomicBool; SIGNALS.len()],
    /// For each signal: [`UNUSED`], [`CALLED`] or [`RESET`], where the earlier handler is to be called once.
    once: [AtomicU32; SIGNALS.len()],
    /// For each signal: the thread to which it was sent once more to get its details, or 0.
    asked: [AtomicU32; SIGNALS.len()],
}

/// No thread has called the handler.
const UNUSED: u32 = 0;
/// A thread is about to reset the signal and to call the handler.
const CALLED: u32 = 1;
/// The signal was reset.
const RESET: u32 = 2;

static KNOWN: Known = Known {
    begun: AtomicBool::new(false),
    handler: AtomicPtr::new(ptr::null_mut()),
    own_code: OwnCode::new(),
    slots: SetOnce::new(),
    given_up: [const { AtomicBool::new(false) }; SIGNALS.len()],
    once: [const { AtomicU32::new(UNUSED) }; SIGNALS.len()],
    asked: [const { AtomicU32::new(0) }; SIGNALS.len()],
};

/// Size of the alternate stack that a thread without one is given, in bytes. The frame of a signal with all vector
/// registers takes up to 11 KiB on x86-64, and an earlier handler may need more.
const ALTERNATE_STACK: usize = 64 * 1024;
/// Size of the area below the stack that may not be touched, in bytes: the largest page of either architecture.
const GUARD: usize = 64 * 1024;

/// Calls `handler` for each of [`SIGNALS`] that is not ignored. A second call does nothing.
///
/// The calling thread gets an alternate stack if it has none. No descriptor, thread or heap memory is used.
///
/// `handler` must do only what may be done in a signal handler, and must not panic. If this code is in a shared
/// library, the library must not be unloaded afterwards, because the kernel knows the handler's address.
///
/// # Errors
///
/// [`InstallError`]: no signal was taken.
pub fn install(handler: Handler) -> Result<(), InstallError> {
    if KNOWN.begun.swap(true, Ordering::AcqRel) && KNOWN.slots.get().is_some() {
        return Ok(());
    }
    if !KNOWN.own_code.find(on_signal as *const () as usize) {
        return Err(InstallError::OwnModule);
    }
    let slots = look_around()?;
    KNOWN.handler.store(handler as *mut (), Ordering::Release);
    if !KNOWN.slots.set(slots) {
        // Another thread has installed its handler meanwhile.
        return Ok(());
    }
    ensure_alternate_stack();
    for (signal, slot) in SIGNALS.iter().zip(&slots) {
        if slot.before != Before::Ignored {
            take(*signal, slot);
        }
    }
    Ok(())
}

/// The current handling of each signal.
fn look_around() -> Result<[Slot; SIGNALS.len()], InstallError> {
    // SAFETY: the structure consists of numbers and an optional function, all of which may be zero.
    let none: libc::sigaction = unsafe { mem::zeroed() };
    let mut slots = [Slot { old: none, before: Before::Default }; SIGNALS.len()];
    for (signal, slot) in SIGNALS.iter().zip(&mut slots) {
        // SAFETY: the new action is absent, and the old one is written to a local.
        if unsafe { libc::sigaction(*signal, ptr::null(), &mut slot.old) } != 0 {
            return Err(InstallError::Refused);
        }
    }
    let [segv, bus, ill, fpe, ..] = &slots;
    // The standard library's handler is recognized by its signals: one function of this very module handles the first
    // two on the alternate stack, blocks no other signal meanwhile, and nothing handles the next two.
    let is_standard = KNOWN.own_code.contains(segv.old.sa_sigaction)
        && segv.old.sa_sigaction == bus.old.sa_sigaction
        && is_as_standard(&segv.old)
        && is_as_standard(&bus.old)
        && ill.old.sa_sigaction == libc::SIG_DFL
        && fpe.old.sa_sigaction == libc::SIG_DFL;
    let standard = segv.old.sa_sigaction;
    for slot in &mut slots {
        slot.before = match slot.old.sa_sigaction {
            libc::SIG_DFL => Before::Default,
            libc::SIG_IGN => Before::Ignored,
            function if is_standard && function == standard => Before::Standard,
            _ => Before::Foreign,
        };
    }
    Ok(slots)
}

/// Has this handler the flags and the mask of the standard library's?
fn is_as_standard(action: &libc::sigaction) -> bool {
    // The C library adds this flag of the kernel's on some architectures.
    const SA_RESTORER: c_int = 0x0400_0000;
    action.sa_flags & !SA_RESTORER == libc::SA_SIGINFO | libc::SA_ONSTACK && first_word(&action.sa_mask) == 0
}

/// Gives the calling thread an alternate stack if it has none.
fn ensure_alternate_stack() {
    // SAFETY: the structure consists of numbers and a pointer, all of which may be zero.
    let mut now: libc::stack_t = unsafe { mem::zeroed() };
    // SAFETY: the new stack is absent, and the old one is written to a local.
    let asked = unsafe { libc::sigaltstack(ptr::null(), &mut now) };
    if asked != 0 || now.ss_flags & libc::SS_DISABLE == 0 {
        return;
    }
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE;
    // SAFETY: a new mapping, wherever there is room; no address is given.
    let mapped =
        unsafe { libc::mmap(ptr::null_mut(), GUARD + ALTERNATE_STACK, libc::PROT_NONE, flags, -1, 0) };
    if mapped == libc::MAP_FAILED {
        return;
    }
    // SAFETY: the mapping just made has this length, and no other code knows it. It is never unmapped, because the
    // thread may use it until it ends.
    unsafe {
        let stack = mapped.byte_add(GUARD);
        if libc::mprotect(stack, ALTERNATE_STACK, libc::PROT_READ | libc::PROT_WRITE) == 0 {
            let new = libc::stack_t { ss_sp: stack, ss_flags: 0, ss_size: ALTERNATE_STACK };
            libc::sigaltstack(&new, ptr::null_mut());
        }
    }
}

/// Is `address` in the code of this module?
pub(super) fn is_own_code(address: usize) -> bool {
    KNOWN.own_code.contains(address)
}

pub(super) fn slot(index: usize) -> Option<&'static Slot> {
    if KNOWN.given_up.get(index).is_some_and(|given_up| given_up.load(Ordering::Acquire)) {
        return Some(&DEFAULT);
    }
    KNOWN.slots.get()?.get(index)
}

/// The function that the signals call, once [`install`] was called.
pub(super) fn handler() -> Option<Handler> {
    let handler = KNOWN.handler.load(Ordering::Acquire);
    // SAFETY: it is null or was made of a `Handler` by `install`, its only writer.
    (!handler.is_null()).then(|| unsafe { mem::transmute::<*mut (), Handler>(handler) })
}

/// Is the earlier handler, which is to be called once (`SA_RESETHAND`), called now? Of several threads whose signals come at
/// once, one calls it. Whoever installed a handler after this one may call it as often as it likes, and so may a program
/// that has put this handler back.
pub(super) fn may_call_once(index: usize, signal: c_int, now: Action) -> bool {
    let Some(once) = KNOWN.once.get(index) else { return true };
    if !now.calls_ours() {
        return now.function != libc::SIG_DFL || once.load(Ordering::Acquire) == UNUSED;
    }
    once.compare_exchange(UNUSED, CALLED, Ordering::AcqRel, Ordering::Acquire).is_ok()
        // It was reset after `now` was read, unless this handler is there again.
        || is_ours(signal) && once.compare_exchange(RESET, CALLED, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

/// Resets the signal before its handler is called once.
pub(super) fn reset_once(index: usize, signal: c_int) {
    reset(signal);
    if let Some(once) = KNOWN.once.get(index) {
        once.store(RESET, Ordering::Release);
    }
}

/// Remembers that the signal is sent to this thread once more to get its details. Returns whether this thread has asked
/// before and got none.
pub(super) fn is_second_question(index: usize) -> bool {
    let me = kernel::thread();
    KNOWN.asked.get(index).is_some_and(|asked| asked.swap(me, Ordering::Relaxed) == me)
}

/// The details of a signal of this thread came.
pub(super) fn details_came(index: usize) {
    if let Some(asked) = KNOWN.asked.get(index) {
        let _ = asked.compare_exchange(kernel::thread(), 0, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Calls the standard library's handler by `call`. If that handler gives the signal up, this one takes it again, before
/// the kernel's own handling.
pub(super) fn take_again(index: usize, signal: c_int, call: impl FnOnce()) {
    let was_ours = is_ours(signal);
    call();
    let is_default = action_of(signal).is_some_and(|now| now.function == libc::SIG_DFL);
    let (Some(slot), Some(given_up)) = (slot(index), KNOWN.given_up.get(index)) else { return };
    if was_ours && is_default {
        given_up.store(true, Ordering::Release);
        take(signal, slot);
    }
}
