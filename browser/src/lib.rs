//! Opens a local file in the user's browser.
//!
//! The browser gets the path of the file and nothing else, so that its content is in no command's arguments, which
//! every user of the machine can read.
//!
//! The caller who makes a [`Browser`] passes the variables. The process's own are never read, because that would crash
//! if the program calls C `setenv` on another thread at that moment.

mod launch;

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Time within which a command can fail. A command that still runs after this time is running a browser.
const PATIENCE: Duration = Duration::from_secs(2);

/// The user's browser, found by the variables of the user's session.
///
/// ```
/// use std::path::Path;
/// use crawl4ai_telemetry_browser::Browser;
///
/// let nobody = Browser::new([("PATH", "/usr/bin")]);
/// if cfg!(target_os = "linux") {
///     assert!(!nobody.has_screen());
///     assert!(!nobody.open(Path::new("/tmp/page.html")), "nothing is started");
/// }
/// ```
#[derive(Clone)]
pub struct Browser {
    variables: Vec<(String, String)>,
}

/// Shows the number of variables, never a name or a value.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("variables", &self.variables.len()).finish()
    }
}

impl Browser {
    /// A browser that is started with these variables and no others.
    pub fn new<N: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// Is there a screen on which a browser could open? On macOS and Windows there always is; elsewhere if `DISPLAY`,
    /// `WAYLAND_DISPLAY`, `WSL_DISTRO_NAME` or `BROWSER` is set. Without a screen, a browser for terminals would take
    /// over the program's terminal. The answer is no in a program that has the rights of another user than the one who
    /// started it, because the starting user sets the variables.
    #[must_use]
    pub fn has_screen(&self) -> bool {
        !has_rights_of_another() && (self.has_desktop() || self.get("BROWSER").is_some())
    }

    /// Opens a file. Returns `false` if there is no screen, or no command that opens files.
    ///
    /// The commands of `BROWSER` are tried first. They are separated by colons (on Windows by semicolons), and the path
    /// replaces `%s` or is added at the end. The system's own commands are tried next. Each command has two seconds to
    /// fail. The standard streams of the commands are closed.
    ///
    /// `true` means that a command took the path, not that a page appeared.
    #[must_use]
    pub fn open(&self, file: &Path) -> bool {
        if has_rights_of_another() {
            return false;
        }
        let named = self.get("BROWSER").map(|browser| commands_of(browser, file)).unwrap_or_default();
        let of_system = if self.has_desktop() { open::commands(file) } else { Vec::new() };
        named.into_iter().chain(of_system).any(|command| launch::launch(command, &self.variables, PATIENCE))
    }

    fn has_desktop(&self) -> bool {
        const SAY_SO: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
        cfg!(any(not(unix), target_os = "macos")) || SAY_SO.iter().any(|name| self.get(name).is_some())
    }

    /// A variable that is set and not empty.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// Does this program have the rights of another user or group than the one who started it (credentials(7))?
#[cfg(unix)]
fn has_rights_of_another() -> bool {
    use rustix::process::{getegid, geteuid, getgid, getuid};
    getuid() != geteuid() || getgid() != getegid()
}

#[cfg(not(unix))]
const fn has_rights_of_another() -> bool {
    false
}

/// The commands of `BROWSER`. They are not read by a shell: a space ends a word, and nothing can quote a space.
fn commands_of(browser: &str, file: &Path) -> Vec<Command> {
    let command = |entry: &str| {
        let mut words = entry.split_whitespace();
        let mut command = Command::new(words.next()?);
        let mut named = false;
        for word in words {
            if word == "%s" {
                named = true;
                command.arg(file);
            } else {
                command.arg(word);
            }
        }
        if !named {
            command.arg(file);
        }
        Some(command)
    };
    // A path on Windows contains a colon.
    let separator = if cfg!(windows) { ';' } else { ':' };
    browser.split(separator).filter_map(command).collect()
}

#[cfg(test)]
mod tests;
