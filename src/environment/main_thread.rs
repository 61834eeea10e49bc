//! Which thread `main` runs on.

use std::thread;

/// Is this the program's main thread? Where another language has `main`, Rust has no name for it; Linux has.
pub(crate) fn is_main_thread() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let is_first = rustix::thread::gettid() == rustix::process::getpid();
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let is_first = false;
    is_first || thread::current().name() == Some("main")
}
