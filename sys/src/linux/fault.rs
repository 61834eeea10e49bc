//! One signal as its handler sees it.

use core::ffi::c_int;
use core::marker::PhantomData;
use core::ptr;

use super::action::{Action, action_of, is_ours};
use super::call::call;
use super::kernel;
use super::mask::{bit, first_word, set_mask};
use super::signals::{Before, SIGNALS, Slot, is_own_code, may_call_once, reset_once, slot, take_again};

/// A signal that is being handled.
pub struct Fault<'a> {
    index: usize,
    signal: c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::ucontext_t,
    /// The signals that were blocked when this handler was called.
    mask: u64,
    handler: PhantomData<&'a mut libc::ucontext_t>,
}

/// The `si_code` of faults that the processor reports later, at another instruction than the one that caused them. Such
/// a fault does not happen again.
const BUS_MCEERR_AO: c_int = 5;
const SEGV_MTEAERR: c_int = 8;

/// The `si_code` of an access where nothing is mapped.
const SEGV_MAPERR: c_int = 1;

impl Fault<'_> {
    /// # Safety
    ///
    /// Both pointers are those that the kernel gave to the handler of `signal`, which is `SIGNALS[index]`, and the
    /// handler runs for as long as this lives.
    pub(super) unsafe fn new(
        index: usize,
        signal: c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::ucontext_t,
        mask: u64,
    ) -> Self {
        Self { index, signal, info, context, mask, handler: PhantomData }
    }

    fn info(&self) -> &libc::siginfo_t {
        // SAFETY: valid as long as this lives, by the promise of `new`; nothing writes to it.
        unsafe { &*self.info }
    }

    fn context(&self) -> &libc::ucontext_t {
        // SAFETY: valid as long as this lives, by the promise of `new`. Only `call_previous` lets it be written to, and
        // that method borrows `self` for writing.
        unsafe { &*self.context }
    }

    /// The signal's number.
    #[must_use]
    pub fn signal(&self) -> c_int {
        self.signal
    }

    /// The signal's `si_code`.
    #[must_use]
    pub fn code(&self) -> c_int {
        self.info().si_code
    }

    /// Was the signal caused by an instruction, and not by a call of `kill`, `raise` or the like?
    #[must_use]
    pub fn is_by_instruction(&self) -> bool {
        self.code() > 0 && self.signal != libc::SIGABRT
    }

    /// Was the signal caused by this process, by an instruction, by a call or by a timer?
    #[must_use]
    pub fn is_from_here(&self) -> bool {
        if self.code() == libc::SI_TIMER {
            // A timer of `timer_create` sends its signal to the process that made it, and tells no sender.
            return true;
        }
        // SAFETY: a signal that a call sent has a sender, and the field is inside the structure for every signal.
        let sender = || unsafe { self.info().si_pid() };
        self.is_by_instruction() || u32::try_from(sender()) == Ok(kernel::process())
    }

    /// The address that could not be accessed; 0 if the signal is not for a failed access.
    #[must_use]
    pub fn address(&self) -> u64 {
        if !self.is_by_instruction() || !matches!(self.signal, libc::SIGSEGV | libc::SIGBUS) {
            return 0;
        }
        // SAFETY: the field is there for these two signals, and inside the structure for every other.
        untagged(unsafe { self.info().si_addr() as u64 })
    }

    /// Does the kernel say that nothing is mapped at the address?
    #[must_use]
    pub fn is_unmapped(&self) -> bool {
        (self.signal, self.code()) == (libc::SIGSEGV, SEGV_MAPERR)
    }

    /// The general registers by their DWARF numbers, and the address of the instruction.
    #[must_use]
    pub fn registers(&self) -> ([u64; 33], u64) {
        let mut general = [0; 33];
        let machine = &self.context().uc_mcontext;
        #[cfg(target_arch = "x86_64")]
        {
            use libc::{
                REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RAX, REG_RBP,
                REG_RBX, REG_RCX, REG_RDI, REG_RDX, REG_RIP, REG_RSI, REG_RSP,
            };
            // System V psABI for x86-64, figure 3.36.
            let numbers = [
                REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9,
                REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
            ];
            let of = |number: c_int| machine.gregs.get(number as usize).map_or(0, |value| *value as u64);
            for (to, number) in general.iter_mut().zip(numbers) {
                *to = of(number);
            }
            (general, of(REG_RIP))
        }
        #[cfg(target_arch = "aarch64")]
        {
            for (to, value) in general.iter_mut().zip(machine.regs.iter().chain([&machine.sp])) {
                *to = *value;
            }
            (general, machine.pc)
        }
    }

    /// The addresses of the instruction and of the stack. They are not looked up among all registers, which would take
    /// more of a stack that may have little room.
    #[cfg(target_arch = "x86_64")]
    fn pc_and_stack(&self) -> (u64, u64) {
        let registers = &self.context().uc_mcontext.gregs;
        let of = |number: c_int| registers.get(number as usize).map_or(0, |value| *value as u64);
        (of(libc::REG_RIP), of(libc::REG_RSP))
    }

    #[cfg(target_arch = "aarch64")]
    fn pc_and_stack(&self) -> (u64, u64) {
        let machine = &self.context().uc_mcontext;
        (machine.pc, machine.sp)
    }

    /// The address of the instruction.
    #[must_use]
    pub fn pc(&self) -> u64 {
        self.pc_and_stack().0
    }

    /// The stack pointer at the signal.
    #[must_use]
    pub fn stack_pointer(&self) -> u64 {
        self.pc_and_stack().1
    }

    /// Does the instruction lie in the code of this module?
    #[must_use]
    pub fn is_in_own_code(&self) -> bool {
        is_own_code(self.pc() as usize)
    }

    /// Was the thread already on its alternate stack, in the handler of another signal?
    #[must_use]
    pub fn is_on_alternate_stack(&self) -> bool {
        let stack = &self.context().uc_stack;
        let offset = (self.stack_pointer() as usize).wrapping_sub(stack.ss_sp as usize);
        stack.ss_flags & libc::SS_DISABLE == 0 && offset < stack.ss_size
    }

    /// The signal's handling before [`install`](super::install).
    #[must_use]
    pub fn before(&self) -> Before {
        slot(self.index).map_or(Before::Default, |slot| slot.before)
    }

    /// Calls the earlier handler as it would have been called, with its mask and its flags. That handler may change the
    /// registers, or not return.
    ///
    /// Returns whether it gave the signal up: whether it changed the signal's handling, or there is no handler.
    pub fn call_previous(&mut self) -> bool {
        let Some(slot) = slot(self.index).filter(|slot| slot.before == Before::Foreign) else { return false };
        let before = action_of(self.signal);
        if slot.old.sa_flags & libc::SA_RESETHAND != 0
            && before.is_some_and(|now| !may_call_once(self.index, self.signal, now))
        {
            // The kernel calls such a handler once, and that was for another thread's signal.
            if !self.is_by_instruction() {
                send_to_this_thread(self.signal);
            }
            return true;
        }
        self.call(slot, before);
        let kept = before.zip(action_of(self.signal)).is_some_and(|(before, after)| {
            // A handler that sets itself again has the signal for itself from then on, and has not given it up.
            after.function != libc::SIG_DFL && (after.function == slot.old.sa_sigaction || after == before)
        });
        !kept
    }

    /// Calls the standard library's handler for a signal that a call raised. It gives this signal up and returns, so
    /// that the next one ends the process.
    pub fn call_standard(&mut self) {
        if let Some(slot) = slot(self.index).filter(|slot| slot.before == Before::Standard) {
            let now = action_of(self.signal);
            take_again(self.index, self.signal, || self.call(slot, now));
        }
    }

    fn call(&mut self, slot: &Slot, now: Option<Action>) {
        let old = &slot.old;
        // A handler that was installed later would have called the earlier one with its own mask, and without its flags.
        let mut mask = self.mask;
        if now.is_some_and(Action::calls_ours) {
            mask = first_word(&self.context().uc_sigmask) | first_word(&old.sa_mask);
            if old.sa_flags & libc::SA_NODEFER == 0 {
                mask |= bit(self.signal);
            }
            if old.sa_flags & libc::SA_RESETHAND != 0 {
                reset_once(self.index, self.signal);
            }
        }
        let ours = set_mask(mask);
        // SAFETY: the slot is that of a handler; it is called as it would have been, with what the kernel gave.
        unsafe { slot.call(self.signal, self.info, self.context.cast()) };
        set_mask(ours);
    }

    /// Restores the earlier handler of every signal, and lets this signal happen once more when this handler returns.
    /// The kernel then does exactly what it would have done without this handler, with the same registers, mask, flags
    /// and alternate stack.
    ///
    /// If another handler was set for a signal meanwhile, that handler stays, except for the signal that is being
    /// handled.
    pub fn hand_back(&mut self) {
        for (index, signal) in SIGNALS.iter().enumerate() {
            let mine = index == self.index;
            if let Some(slot) = slot(index).filter(|_| mine || is_ours(*signal)) {
                // SAFETY: the action is one that the program itself gave to the kernel.
                unsafe { libc::sigaction(*signal, &slot.old, ptr::null_mut()) };
            }
        }
        if self.is_by_instruction() && (self.happens_again() || self.repeats_breakpoint()) {
            return;
        }
        // `raise` and `abort` send the signal in this way. A filter of system calls may not know the other one.
        if (self.code(), self.is_from_here()) == (libc::SI_TKILL, true) {
            send_to_this_thread(self.signal);
            return;
        }
        let (process, thread) = (kernel::process() as usize, kernel::thread() as usize);
        let arguments = [process, thread, self.signal as usize, self.info as usize, 0, 0];
        // SAFETY: the structure is the kernel's own, and is read only. The signal is blocked until the handler returns.
        if unsafe { call(libc::SYS_rt_tgsigqueueinfo, arguments) } != 0 {
            // The kernel may refuse to queue a signal that looks like one of its own. The signal is then sent without
            // its details.
            send_to_this_thread(self.signal);
        }
    }

    /// Does the instruction fault again when the handler returns to it? A trap returns to the next instruction.
    fn happens_again(&self) -> bool {
        !matches!(
            (self.signal, self.code()),
            (libc::SIGTRAP, _) | (libc::SIGBUS, BUS_MCEERR_AO) | (libc::SIGSEGV, SEGV_MTEAERR)
        )
    }

    /// Lets the handler return to a breakpoint instead of to the next instruction. This is done in the first process of
    /// a namespace only. For that process the kernel ignores a queued signal without a handler, but not a fault.
    #[cfg(target_arch = "x86_64")]
    fn repeats_breakpoint(&mut self) -> bool {
        const FROM_KERNEL: c_int = 0x80;
        const BREAKPOINT: [u8; 1] = [0xcc];
        if kernel::process() != 1 || (self.signal, self.code()) != (libc::SIGTRAP, FROM_KERNEL) {
            return false;
        }
        let (before, mut found) = (self.pc().wrapping_sub(1), [0]);
        if !kernel::read_own_memory(before, &mut found) || found != BREAKPOINT {
            return false;
        }
        // SAFETY: valid as long as this lives, by the promise of `new`, and borrowed for writing.
        let machine = unsafe { &mut (*self.context).uc_mcontext };
        if let Some(pc) = machine.gregs.get_mut(libc::REG_RIP as usize) {
            *pc = before as i64;
        }
        true
    }

    /// A breakpoint of this architecture returns to itself.
    #[cfg(target_arch = "aarch64")]
    fn repeats_breakpoint(&mut self) -> bool {
        false
    }
}

/// An address without its tag, which an earlier handler may have asked for (`SA_EXPOSE_TAGBITS`). Only this architecture
/// has tags in the addresses that the kernel tells.
#[cfg(target_arch = "aarch64")]
fn untagged(address: u64) -> u64 {
    // Bit 55 tells the half of the address space, and stands for all bits above it.
    ((address << 8) as i64 >> 8) as u64
}

#[cfg(target_arch = "x86_64")]
fn untagged(address: u64) -> u64 {
    address
}

/// Sends the signal as `raise` does. While it is blocked it waits.
pub(super) fn send_to_this_thread(signal: c_int) {
    let (process, thread) = (kernel::process() as usize, kernel::thread() as usize);
    // SAFETY: no pointer is given.
    unsafe { call(libc::SYS_tgkill, [process, thread, signal as usize, 0, 0, 0]) };
}
