//! Handles a signal: decides whether the signal is recorded, and which handler is called next.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crawl4ai_telemetry_sys::linux::{Before, Fault};

use super::chain::CHAIN;
use super::work::{End, Recorded, record, stored, withdraw};

/// Has the previous handler repaired a signal? From then on it is called first, except for aborts and, until
/// [`ENOUGH`], for signals in code of this module and in that handler itself.
static REPAIRS: AtomicBool = AtomicBool::new(false);

/// The number of signals that the previous handler repaired in such code. After [`ENOUGH`] of them it is
/// called first for such signals too. A program that maps its pages when they are touched repairs ten thousand signals,
/// and a record costs half a millisecond.
static REPAIRS_HERE: AtomicU32 = AtomicU32::new(0);
const ENOUGH: u32 = 3;

/// Is the record that may be withdrawn that of an abort? If the process survives it, no handler repaired it.
static IS_ABORT: AtomicBool = AtomicBool::new(false);

pub(super) fn on_fault(fault: &mut Fault<'_>) {
    let ours = fault.is_from_here();
    if CHAIN.is_around(|| fault.stack_pointer()) {
        if fault.is_by_instruction() && fault.before() == Before::Foreign {
            // The previous handler may repair this one too. If it left by `longjmp` and its thread has no alternate
            // stack, this fault only looks as if it were inside.
            with_foreign(fault, ours, true);
            return;
        }
        // The previous handler ends the process because of the signal that it was called for. For example, a JVM calls
        // `abort` after its own report.
        if ours {
            record(fault, End::Certain);
        }
        fault.hand_back();
        return;
    }
    // An earlier signal was recorded as a possible end, but did not end the process.
    if ours
        && CHAIN.is_over()
        && stored().filter(|_| CHAIN.is_over()).is_some_and(withdraw)
        && !IS_ABORT.load(Ordering::Relaxed)
    {
        repaired(true);
    }
    match fault.before() {
        Before::Foreign => with_foreign(fault, ours, false),
        before @ (Before::Default | Before::Ignored | Before::Standard) => {
            // The standard library's handler ignores the first signal that a call raised (rust-lang/rust#140662). It does
            // not end the process, unless another handler raised it.
            let ends =
                fault.is_by_instruction() || before != Before::Standard || fault.is_on_alternate_stack();
            if !ends {
                fault.call_standard();
                return;
            }
            if ours {
                record(fault, End::Certain);
            }
            fault.hand_back();
        }
    }
}

fn with_foreign(fault: &mut Fault<'_>, ours: bool, is_nested: bool) {
    let pc = fault.pc();
    let in_own_code = fault.is_in_own_code();
    let is_rare = in_own_code || is_nested;
    let is_abort = fault.signal() == ABORT;
    // A runtime that uses signals causes them in its own code and not in this module's. An abort cannot be repaired.
    let trusted = REPAIRS.load(Ordering::Relaxed)
        && !is_abort
        && (!is_rare || REPAIRS_HERE.load(Ordering::Relaxed) >= ENOUGH);
    let first = ours && !trusted;
    let recorded = if first { record(fault, End::Unknown) } else { Recorded::Not };
    if recorded == Recorded::Now {
        IS_ABORT.store(is_abort, Ordering::Relaxed);
    }
    let here = 0_u8;
    let is_recorded = recorded == Recorded::Now;
    let call = CHAIN.enter((&raw const here) as u64, is_recorded);
    let gave_up = fault.call_previous();

    let went_elsewhere = fault.pc() != pc;
    if went_elsewhere && in_own_code {
        // A runtime such as Go turns a fault in code of this module into a panic of its own, and may end the process a
        // moment later without a signal. So the record stays. It is removed at the next signal, or when the program
        // ends normally.
        call.leave();
    } else if !went_elsewhere && (gave_up || is_abort) {
        // The process ends when the signal happens again. `abort` ends it also after a handler that returned: it resets
        // the signal and raises it again. If the program called `raise` and lives on, the record is removed at its next
        // signal, or when it ends normally.
        call.leave_to_end();
        if gave_up && ours && !is_recorded {
            record(fault, End::Certain);
        }
    } else {
        if is_recorded && call.is_marked() && stored().is_some_and(withdraw) {
            repaired(is_rare);
        }
        call.leave();
    }
}

fn repaired(is_rare: bool) {
    REPAIRS.store(true, Ordering::Relaxed);
    if is_rare {
        REPAIRS_HERE.fetch_add(1, Ordering::Relaxed);
    }
}

/// `SIGABRT` on both architectures.
const ABORT: i32 = 6;
