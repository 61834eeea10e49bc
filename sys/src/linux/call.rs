//! One system call.

use core::arch::asm;

/// Makes a system call and returns its result: a number, or the negative number of an error (`syscall(2)`).
///
/// # Safety
///
/// The call must be sound: pointers in `arguments` must be valid for the reads and writes of the call `number`.
#[inline(always)]
pub(super) unsafe fn call(number: libc::c_long, arguments: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = arguments;
    let answer: isize;
    // SAFETY: the registers are those of the kernel's convention, which keeps all others but `rcx` and `r11`; the stack
    // is not touched; what the call does is the caller's responsibility.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => answer,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    // SAFETY: as above; the kernel keeps all registers but `x0`.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "svc 0",
            in("x8") number, inlateout("x0") a as isize => answer,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    answer
}
