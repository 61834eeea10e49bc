//! `InterruptWatch` beside handlers of the program. The tests run one after the other in one process, because a
//! signal's handler belongs to the process.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawl4ai_telemetry_sys::InterruptWatch;

static PLAIN: AtomicUsize = AtomicUsize::new(0);
static INFORMED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn plain(signal: c_int) {
    assert_eq!(signal, libc::SIGINT);
    PLAIN.fetch_add(1, Ordering::SeqCst);
}

extern "C" fn informed(signal: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
    // SAFETY: the kernel's pointer is valid as long as the handler runs.
    assert_eq!((signal, unsafe { (*info).si_signo }), (libc::SIGINT, libc::SIGINT));
    INFORMED.fetch_add(1, Ordering::SeqCst);
}

fn set(handler: usize, flags: c_int) {
    // SAFETY: the structure may be zero, and each handler has the signature that its flags ask for.
    let done = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        libc::sigaction(libc::SIGINT, &action, ptr::null_mut())
    };
    assert_eq!(done, 0);
}

fn handler() -> usize {
    // SAFETY: the new action is absent, and the old one is written to a local.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        assert_eq!(libc::sigaction(libc::SIGINT, ptr::null(), &mut now), 0);
        now.sa_sigaction
    }
}

fn interrupt() {
    // SAFETY: raises a signal that has a handler.
    assert_eq!(unsafe { libc::raise(libc::SIGINT) }, 0);
}

#[test]
fn the_signal_is_noticed_and_the_program_keeps_its_handler() {
    let (plain, informed) = (plain as *const () as usize, informed as *const () as usize);
    assert!(InterruptWatch::begin().is_none(), "no handler: Ctrl-C ends the program");
    set(libc::SIG_IGN, 0);
    assert!(InterruptWatch::begin().is_none(), "it is ignored");
    set(plain, libc::SA_RESETHAND);
    assert!(InterruptWatch::begin().is_none(), "a handler that is called once");

    for (own, flags, called) in [(plain, libc::SA_RESTART, &PLAIN), (informed, libc::SA_SIGINFO, &INFORMED)] {
        set(own, flags);
        for round in 0..2 {
            called.store(0, Ordering::SeqCst);
            let watch = InterruptWatch::begin().expect("there is a handler");
            assert!(InterruptWatch::begin().is_none(), "one at a time");
            assert!(!watch.came(), "{round}: not since it began");
            interrupt();
            interrupt();
            assert_eq!((watch.came(), called.load(Ordering::SeqCst)), (true, 2));
            drop(watch);
            assert_eq!(handler(), own, "the program's again");
            interrupt();
            assert_eq!(called.load(Ordering::SeqCst), 3);
        }
    }

    // A handler that is set during the watch goes on calling the handler that it found.
    set(plain, 0);
    let watch = InterruptWatch::begin().expect("there is a handler");
    let found = handler();
    set(informed, libc::SA_SIGINFO);
    drop(watch);
    assert_eq!(handler(), informed, "what the program set is left alone");
    set(found, libc::SA_SIGINFO);
    PLAIN.store(0, Ordering::SeqCst);
    interrupt();
    assert_eq!(PLAIN.load(Ordering::SeqCst), 1, "the one that it calls leads to the first");
    assert!(InterruptWatch::begin().is_none(), "what was set meanwhile may lead to ours, in a circle");
}
