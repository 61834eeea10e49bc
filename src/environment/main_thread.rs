//! Which thread `main` runs on.

use std::thread;

/// Is this the program's main thread? The system says it also where another language has `main`, and when the thread's
/// locals are gone; elsewhere the standard library knows it by its name.
pub(crate) fn is_main_thread() -> bool {
    crawl4ai_telemetry_sys::is_main_thread().unwrap_or_else(|| thread::current().name() == Some("main"))
}
