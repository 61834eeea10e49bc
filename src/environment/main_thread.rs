//! Tells whether a thread is the main thread.

use std::thread;

/// Is this the program's main thread? The system is asked, because it knows even if another language has `main` or the
/// thread's locals are gone. If the system does not tell, the thread's name decides.
pub(crate) fn is_main_thread() -> bool {
    crawl4ai_telemetry_sys::is_main_thread().unwrap_or_else(|| thread::current().name() == Some("main"))
}
