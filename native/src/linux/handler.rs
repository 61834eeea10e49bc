//! Handles a signal: decides whether it is recorded, and which handler gets it next.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crawl4ai_telemetry_sys::linux::kernel;
use crawl4ai_telemetry_sys::linux::{Before, Fault};

use super::work::{End, Recorded, is_stack_overflow, record, withdraw};

/// The thread in which this handler calls the previous one, and its stack pointer at that time. 0 while none does.
static CHAIN_THREAD: AtomicU32 = AtomicU32::new(0);
static CHAIN_STACK: AtomicU64 = AtomicU64::new(0);

/// Largest distance below this handler's frame of a signal that the previous handler caused: the largest alternate
/// stack seen.
const CHAIN: u64 = 1 << 18;

/// Has the previous handler repaired a signal? It is then called first.
static REPAIRS: AtomicBool = AtomicBool::new(false);

/// Number of its repairs in code of this module, and the number after which it is called first there too, because a
/// program that maps its pages when they are touched repairs ten thousand signals, and a record costs half a
/// millisecond.
static REPAIRS_HERE: AtomicU32 = AtomicU32::new(0);
const ENOUGH: u32 = 3;

pub(super) fn on_fault(fault: &mut Fault<'_>) {
    let ours = fault.is_from_here();
    if is_in_chain(fault) {
        // The previous handler dies of the signal that it was called for: a JVM calls `abort` after its own report.
        if ours {
            record(fault, End::Certain);
        }
        fault.hand_back();
        return;
    }
    // A signal that was recorded as a possible end, but did not end the process.
    if ours && is_chain_over() && withdraw() {
        repaired(true);
    }
    match fault.before() {
        Before::Foreign => with_foreign(fault, ours),
        before @ (Before::Default | Before::Ignored | Before::Standard) => {
            // The standard library's handler lets a raised signal pass (rust-lang/rust#140662), which does not end the
            // process, unless another handler raised it.
            let ends =
                fault.is_by_instruction() || before != Before::Standard || fault.is_on_alternate_stack();
            if ours && ends {
                record(fault, End::Certain);
            }
            fault.hand_back();
        }
    }
}

fn with_foreign(fault: &mut Fault<'_>, ours: bool) {
    let pc = fault.pc();
    let in_own_code = fault.is_in_own_code();
    let is_abort = fault.signal() == ABORT;
    // A runtime that uses signals causes them in its own code. An abort cannot be repaired.
    let trusted = REPAIRS.load(Ordering::Relaxed)
        && !is_abort
        && (!in_own_code || REPAIRS_HERE.load(Ordering::Relaxed) >= ENOUGH);
    let first = ours && !trusted;
    let recorded = if first { record(fault, End::Unknown) } else { Recorded::Not };

    if is_overflow_without_stack(fault) {
        // Out of stack, and the previous handler needs the thread's own stack, so it would not have run without this
        // crate.
        fault.hand_back();
        return;
    }
    let here = 0_u8;
    CHAIN_STACK.store((&raw const here) as u64, Ordering::Release);
    CHAIN_THREAD.store(kernel::thread(), Ordering::Release);
    fault.call_previous();
    CHAIN_THREAD.store(0, Ordering::Release);

    let went_elsewhere = fault.pc() != pc;
    if went_elsewhere && in_own_code {
        // A runtime that makes its own panic of a fault in code of this module (Go) may die of it a moment later,
        // without a signal. So the record stays, and is removed at the next signal, or when the program ends in order.
        return;
    }
    if went_elsewhere || fault.is_still_ours() {
        if recorded == Recorded::Now && withdraw() {
            repaired(in_own_code);
        }
    } else if ours && recorded == Recorded::Not {
        // The previous handler gave up, so the process ends when the signal happens again.
        record(fault, End::Certain);
    }
}

fn repaired(in_own_code: bool) {
    REPAIRS.store(true, Ordering::Relaxed);
    if in_own_code {
        REPAIRS_HERE.fetch_add(1, Ordering::Relaxed);
    }
}

/// `SIGABRT` on both architectures.
const ABORT: i32 = 6;

/// Did the previous handler cause this signal, in the thread that runs it?
fn is_in_chain(fault: &Fault<'_>) -> bool {
    if CHAIN_THREAD.load(Ordering::Acquire) != kernel::thread() {
        return false;
    }
    let below = CHAIN_STACK.load(Ordering::Acquire).wrapping_sub(fault.stack_pointer());
    below != 0 && below < CHAIN
}

/// Has the previous handler returned? One that left by `longjmp` is noticed when its thread gets here again.
fn is_chain_over() -> bool {
    let thread = CHAIN_THREAD.load(Ordering::Acquire);
    thread == 0 || thread == kernel::thread()
}

fn is_overflow_without_stack(fault: &Fault<'_>) -> bool {
    !fault.previous_uses_alternate_stack()
        && !fault.is_on_alternate_stack()
        && fault.address() != 0
        && fault.address().abs_diff(fault.stack_pointer()) <= PROBE
        && is_stack_overflow(fault)
}

/// Largest distance between the stack pointer and the failed access of an overflow.
const PROBE: u64 = 1 << 16;
