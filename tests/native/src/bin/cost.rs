//! Measures what the handler costs. `cost DEPTH` prints four times in nanoseconds of processor time. The first is that
//! of the installation. The others are those of a fault below DEPTH frames, which an earlier handler repairs: when it
//! is recorded and withdrawn the first time, when it is only handed on, and without our handler. `cost marks` makes a
//! system call before and after the installation, for strace.

use std::hint::black_box;

/// Processor time, because wall-clock time would include other processes on the machine.
fn now() -> u64 {
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

fn take(function: usize) {
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = function;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut());
    }
}

#[inline(never)]
fn fault(depth: u32) -> u64 {
    if depth > 0 {
        return black_box(fault(depth - 1)) + 0;
    }
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_NONE, flags, -1, 0) };
    let begin = now();
    unsafe { page.cast::<u8>().write_volatile(1) };
    now() - begin
}

fn main() {
    let what = std::env::args().nth(1).expect("a depth, or `marks`");
    if what == "marks" {
        let mark = || unsafe { libc::getppid() };
        mark();
        native_victims::install();
        mark();
        return;
    }
    let depth = what.parse().expect("a number");
    take(repair as *const () as usize);
    let alone = (0..20).map(|_| fault(depth)).min().expect("some");
    let begin = now();
    native_victims::install();
    let installed = now() - begin;
    let recorded = fault(depth);
    // After three repairs, the earlier handler is trusted.
    for _ in 0..2 {
        fault(depth);
    }
    let handed_on = (0..20).map(|_| fault(depth)).min().expect("some");
    println!("{installed} {recorded} {handed_on} {alone}");
}
