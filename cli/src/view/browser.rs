//! The user's browser, found by this process's variables.

use std::path::Path;

use crawl4ai_telemetry::Env;
use crawl4ai_telemetry_browser::Browser;

/// Opens a file in the browser. False when there is no screen here, or nothing that opens files.
pub(super) fn open(file: &Path) -> bool {
    Browser::new(Env::from_process("").variables()).open(file)
}
