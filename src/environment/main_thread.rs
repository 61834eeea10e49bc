//! Which thread `main` runs on.

use std::thread;

/// Is this the program's main thread? The system knows, even where another language has `main` and when the thread's
/// locals are gone. Where it does not say, the thread's name decides.
pub(crate) fn is_main_thread() -> bool {
    crawl4ai_telemetry_sys::is_main_thread().unwrap_or_else(|| thread::current().name() == Some("main"))
}
