//! `cost DEPTH`: what the handler costs. Prints, in nanoseconds, how long it takes to install it, and how long a fault
//! takes below DEPTH frames that an earlier handler repairs: recorded and withdrawn the first time, then handed on, and at
//! last without the handler. `cost marks`: a system call before and behind the installing, to be seen by strace.

use std::hint::black_box;
use std::time::Instant;

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
fn fault(depth: u32) -> u128 {
    if depth > 0 {
        return black_box(fault(depth - 1)) + 0;
    }
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_NONE, flags, -1, 0) };
    let begin = Instant::now();
    unsafe { page.cast::<u8>().write_volatile(1) };
    begin.elapsed().as_nanos()
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
    let begin = Instant::now();
    native_victims::install();
    let installed = begin.elapsed().as_nanos();
    let recorded = fault(depth);
    // It is trusted after three.
    for _ in 0..2 {
        fault(depth);
    }
    let handed_on = (0..20).map(|_| fault(depth)).min().expect("some");
    println!("{installed} {recorded} {handed_on} {alone}");
}
