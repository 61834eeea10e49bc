//! The user's browser. It is told the path of a file, and nothing else.

use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry::Env;

/// How long a program that opens files has to say that it cannot: it looks for a browser first.
const PATIENCE: Duration = Duration::from_secs(2);

/// Opens a file in it. False when there is no screen here, or nothing that opens files.
pub(super) fn open(file: &Path) -> bool {
    has_screen(&Env::from_process("")) && open::that_detached_with_timeout(file, PATIENCE).is_ok()
}

/// Without one, a browser for terminals would take over the one that this command runs in.
fn has_screen(env: &Env) -> bool {
    const SAY_SO: [&str; 4] = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"];
    cfg!(any(not(unix), target_os = "macos")) || SAY_SO.iter().any(|name| env.is_set(name))
}
