//! Runs work on a separate stack, because the stack of a signal handler may be small: 8 KiB from the standard library,
//! 2 KiB from others.

use core::arch::asm;

use super::exclusive::Exclusive;

/// The size of this stack, in bytes. `tests/native/no_panic_path` measures how much of it the deepest call needs.
pub const STACK: usize = 64 * 1024;

#[repr(C, align(4096))]
struct Stack([u8; STACK]);

/// No page of this stack is allocated until it is used.
static OWN: Exclusive<Stack> = Exclusive::new(Stack([0; STACK]));

struct Job<'a, T> {
    value: &'a mut T,
    work: fn(&mut T),
}

/// Calls `work` with `value` on a separate stack, and returns `true` when `work` has returned. If another thread uses
/// that stack, `work` is not called, and the result is `false`.
///
/// `work` must not panic, because the process would abort.
///
/// ```
/// # #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))] {
/// use crawl4ai_telemetry_sys::linux::on_own_stack;
///
/// let mut sum = 1;
/// assert!(on_own_stack(&mut sum, |sum| *sum += 1));
/// assert_eq!(sum, 2);
/// # }
/// ```
#[inline(never)]
pub fn on_own_stack<T>(value: &mut T, work: fn(&mut T)) -> bool {
    let Ok(mut stack) = OWN.claim() else { return false };
    let top = stack.0.as_mut_ptr_range().end as usize;
    let mut job = Job { value, work };
    let (run, job): (extern "C" fn(*mut Job<'_, T>), *mut Job<'_, T>) = (run::<T>, &raw mut job);
    // SAFETY: the stack is claimed, so that no other code writes to it. Its end is aligned to 16 bytes, as the
    // convention requires. `r12` keeps the old stack pointer, because by the convention every function preserves `r12`.
    // `run` cannot unwind out of `extern "C"`.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "xchg rsp, r12",
            "call {run}",
            "mov rsp, r12",
            run = in(reg) run,
            inout("r12") top => _,
            in("rdi") job,
            clobber_abi("C"),
        );
    }
    // SAFETY: as above, with `x21` for the old stack and `x20` for the new.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "mov x21, sp",
            "mov sp, x20",
            "blr {run}",
            "mov sp, x21",
            run = in(reg) run,
            in("x20") top,
            in("x0") job,
            out("x21") _,
            clobber_abi("C"),
        );
    }
    stack.release();
    true
}

extern "C" fn run<T>(job: *mut Job<'_, T>) {
    // SAFETY: `on_own_stack` gives a pointer to its own local, which no other code uses until this returns.
    let job = unsafe { &mut *job };
    (job.work)(job.value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_another_stack_and_one_at_a_time_has_it() {
        let outside = 0_u8;
        let mut found = (0, true);
        assert!(on_own_stack(&mut found, |found| {
            let inside = 0_u8;
            found.0 = (&raw const inside) as usize;
            found.1 = on_own_stack(&mut 0, |_| ());
        }));
        let (inside, nested) = found;
        assert!(inside.abs_diff((&raw const outside) as usize) > STACK);
        assert!(!nested);
        assert!(on_own_stack(&mut 0, |_| ()), "free again");
    }
}
