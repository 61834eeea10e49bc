//! A program in Rust whose own handler has taken the place of the standard library's, and repairs what it is called for.

use std::ptr::null_mut;

extern "C" fn repair(_: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    unsafe {
        let page = (*info).si_addr() as usize & !4095;
        libc::mprotect(page as *mut _, 4096, libc::PROT_READ | libc::PROT_WRITE);
    }
}

fn main() {
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = repair as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
        for signal in [libc::SIGSEGV, libc::SIGBUS] {
            libc::sigaction(signal, &action, null_mut());
        }
        native_victims::install();
        for _ in 0..5 {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let page = libc::mmap(null_mut(), 4096, libc::PROT_NONE, flags, -1, 0).cast::<u8>();
            page.write_volatile(1);
        }
    }
    println!("survived");
    native_victims::victim_survived();
}
