//! A shared library that registers an exit hook, to be unloaded before the process ends.

#![allow(missing_docs, clippy::expect_used, reason = "a test")]

use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;

use crawl4ai_telemetry_sys::on_exit;

fn hook() {
    // SAFETY: the process that loads this library owns its standard error, and ends by itself.
    let mut stderr = std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(2) });
    stderr.write_all(b"hook of the library\n").expect("written");
}

/// Registers the hook. Returns 0 if it was registered.
// SAFETY: no other library of the test has this name.
#[unsafe(no_mangle)]
pub extern "C" fn unloaded_register() -> i32 {
    i32::from(on_exit(hook).is_err())
}
