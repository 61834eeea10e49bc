//! Hooks that were set before and after ours all run, once each. A second installation is refused without harm.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has hooks of its own")]

mod scenario;
use std::sync::atomic::{AtomicU32, Ordering};

use crawl4ai_telemetry::BuildError;
use scenario::{Stage, builder};

static BEFORE: AtomicU32 = AtomicU32::new(0);
static AFTER: AtomicU32 = AtomicU32::new(0);

fn program(_: &str) {
    std::panic::set_hook(Box::new(|_| {
        BEFORE.fetch_add(1, Ordering::SeqCst);
    }));
    let telemetry = builder().install().expect("installed");
    let ours = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        AFTER.fetch_add(1, Ordering::SeqCst);
        ours(info);
    }));
    assert!(matches!(builder().install(), Err(BuildError::AlreadyInstalled)));
    drop(builder().init());

    let panic_once = || drop(std::panic::catch_unwind(|| panic!("once")));
    panic_once();
    assert_eq!((BEFORE.load(Ordering::SeqCst), AFTER.load(Ordering::SeqCst)), (1, 1));

    // After our hook is removed, the others still run.
    drop(telemetry);
    panic_once();
    assert_eq!((BEFORE.load(Ordering::SeqCst), AFTER.load(Ordering::SeqCst)), (2, 2));

    drop(builder().install().expect("the slot is free"));
}

fn test(stage: &Stage) {
    let output = stage.run("");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(stage.delivered().len(), 1);
}

fn main() {
    scenario::main(program, test);
}
