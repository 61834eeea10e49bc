//! Measures what a handler costs.

use std::hint::black_box;

/// Processor time, because wall-clock time would include other processes on the machine.
pub fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

extern "C" fn repair(_: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    unsafe {
        let page = (*info).si_addr() as usize & !4095;
        libc::mprotect(page as *mut libc::c_void, 4096, libc::PROT_READ | libc::PROT_WRITE);
    }
}

/// Installs a handler that repairs the faults of [`fault`].
pub fn repair_faults() {
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = repair as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut());
    }
}

/// The time of a fault below `depth` frames, until it is repaired.
#[inline(never)]
pub fn fault(depth: u32) -> u64 {
    if depth > 0 {
        return black_box(fault(depth - 1)) + 0;
    }
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_NONE, flags, -1, 0) };
    let begin = now();
    unsafe { page.cast::<u8>().write_volatile(1) };
    now() - begin
}

/// Prints two times in nanoseconds of processor time: that of `install`, and that of the first fault below `depth`
/// frames, which an earlier handler repairs.
pub fn once(depth: u32, install: impl FnOnce()) {
    repair_faults();
    let begin = now();
    install();
    let installed = now() - begin;
    println!("{installed} {}", fault(depth));
}
