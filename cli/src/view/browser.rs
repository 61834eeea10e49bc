//! Finds the user's browser through this process's variables.

use std::path::Path;

use crawl4ai_telemetry::Env;
use crawl4ai_telemetry_browser::Browser;

/// Opens a file in the browser. False if there is no screen, or no program that opens files.
pub(super) fn open(file: &Path) -> bool {
    Browser::new(Env::from_process("").variables()).open(file)
}
