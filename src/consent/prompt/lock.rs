//! One question at a time: of a user, whatever programs ask, and of a program, wherever it runs. The lock of a terminal is
//! held too: it is the one that is left when no earlier version is about any more.
//!
//! The locks lie in folders of the user's own: among the temporary files somebody else could be first, and nobody would
//! ever be asked.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::App;
use crawl4ai_telemetry_files::{Folder, Lock, OwnedFolder, Owner, Patience, is_held, read_at_most};

use crate::environment::Env;

/// The lock of a program's question, in its own folder.
const OF_PROGRAM: &str = "prompt.lock";

/// Those of terminals begin like this, in the user's runtime folder.
const OF_TERMINAL: &str = "prompt-";

/// As much of a holder's note as is read, in bytes.
const LONGEST: u64 = 256;

/// Held while a question stands; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct PromptLock {
    _locks: Vec<Lock>,
}

impl PromptLock {
    /// The right of `app` to ask, on `terminal` where the question stands on one. `None` while another process asks there, or
    /// the same program elsewhere, or where no lock can be kept: two questions at once are worse than none. On a file system
    /// without locks it keeps nobody out.
    pub(crate) fn take(env: &Env, config: Option<&Path>, terminal: Option<&str>, app: &App) -> Option<Self> {
        let mut locks = Vec::new();
        if let Some(runtime) = runtime(env) {
            let name = terminal.map_or_else(|| OF_PROGRAM.to_owned(), |id| format!("{OF_TERMINAL}{id}.lock"));
            let folder = runtime.create().ok()?;
            // An earlier version of a program knows this one only: nobody is asked beside it.
            if name != OF_PROGRAM {
                locks.push(folder.lock(OF_PROGRAM, Patience::NONE).ok()?);
            }
            locks.push(folder.lock(name, Patience::NONE).ok()?);
        }
        if let Some(config) = config {
            let own = OwnedFolder::at(config).folder("telemetry").create().ok()?;
            locks.push(own.lock(OF_PROGRAM, Patience::NONE).ok()?);
        }
        for lock in &locks {
            // For `status` only.
            let _ = lock.note(&format!("{} (process {})", app.name(), std::process::id()));
        }
        (!locks.is_empty()).then_some(Self { _locks: locks })
    }

    /// The programs of the user that ask at this moment, each as its name and process.
    pub(crate) fn holders(env: &Env, config: Option<&Path>) -> Vec<String> {
        let own = config.map(|config| OwnedFolder::at(config).folder("telemetry"));
        let mut holders: Vec<String> =
            [runtime(env), own].into_iter().flatten().flat_map(|folder| held_in(&folder)).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }
}

fn held_in(folder: &OwnedFolder) -> Vec<String> {
    let Ok(folder) = folder.open() else { return Vec::new() };
    let is_lock = |name: &str| {
        let is_ours = name == OF_PROGRAM || (name.starts_with(OF_TERMINAL) && name.ends_with(".lock"));
        is_ours.then(|| name.to_owned())
    };
    let names = folder.names(is_lock).unwrap_or_default();
    let held = |name: &String| {
        let file = folder.open(name).ok().filter(|file| is_held(file) == Some(true))?;
        let note = read_at_most(file, LONGEST).ok().flatten().unwrap_or_default();
        let note = String::from_utf8_lossy(&note).into_owned();
        Some(if note.is_empty() { "another program".to_owned() } else { note })
    };
    names.iter().filter_map(held).collect()
}

/// The user's runtime folder (XDG Base Directory Specification), where there is one. Without it nothing keeps apart the
/// questions of two programs.
fn runtime(env: &Env) -> Option<OwnedFolder> {
    let runtime = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let runtime = runtime.filter(|path| is_private(path))?;
    Some(OwnedFolder::at(runtime).folder("crawl4ai-telemetry"))
}

/// "The directory MUST be owned by the user, and he MUST be the only one having read and write access to it." Under `sudo`
/// it is often still the other user's.
fn is_private(runtime: &Path) -> bool {
    Folder::anywhere(runtime)
        .and_then(|folder| folder.found())
        .is_ok_and(|found| found.owner == Owner::Own && !found.is_shared())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &'static str) -> App {
        App::new(name, "1.0")
    }

    #[test]
    fn one_question_of_a_user_and_one_of_a_program() {
        let (runtime, weather, tides) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        let take = |config: &tempfile::TempDir, terminal: &str, name: &'static str| {
            PromptLock::take(&env, Some(config.path()), Some(terminal), &app(name))
        };
        let first = take(&weather, "8801", "weather");
        assert!(first.is_some());
        assert!(take(&tides, "8801", "tides").is_none(), "another program on the same terminal");
        assert!(take(&weather, "8802", "weather").is_none(), "the same program on another terminal");
        assert!(
            take(&tides, "8802", "tides").is_none(),
            "while an earlier version may ask, on another terminal neither"
        );

        let process = std::process::id();
        let asks = |name: &str| format!("{name} (process {process})");
        let holders = || PromptLock::holders(&env, Some(weather.path()));
        assert_eq!(holders(), [asks("weather")]);
        drop(first);
        assert_eq!(holders(), [""; 0]);
        assert!(take(&weather, "8801", "weather").is_some());
    }

    #[test]
    fn without_a_runtime_folder_a_program_keeps_apart_its_own_questions() {
        let (config, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let none = Env::from_pairs("A", [("XDG_RUNTIME_DIR", "relative")]);
        let take = |config: &Path| PromptLock::take(&none, Some(config), Some("8801"), &app("weather"));
        let first = take(config.path());
        assert!(first.is_some());
        assert!(take(config.path()).is_none());
        assert!(take(other.path()).is_some());
        let nowhere = Env::from_pairs::<&str, &str>("A", []);
        assert!(PromptLock::take(&nowhere, None, None, &app("weather")).is_none());
    }

    #[test]
    #[cfg(unix)]
    fn a_runtime_folder_that_others_may_write_is_none() {
        use std::os::unix::fs::PermissionsExt;

        let (runtime, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(runtime.path(), open).unwrap();
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        assert!(PromptLock::take(&env, Some(config.path()), Some("8801"), &app("weather")).is_some());
        assert!(config.path().join("telemetry/prompt.lock").exists());
        assert_eq!(std::fs::read_dir(runtime.path()).unwrap().count(), 0);
    }
}
