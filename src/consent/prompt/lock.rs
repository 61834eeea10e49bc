//! Locks that allow one question at a time. On each terminal only one program asks, and of all programs that ask a user
//! on screens of their own only one asks. Besides, each program asks one question at a time, wherever it runs.
//!
//! The locks are in folders of the user's own. Among the temporary files somebody else could take a lock first, and
//! nobody would ever be asked.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::App;
use crawl4ai_telemetry_files::{Folder, Lock, OwnedFolder, Owner, Patience, is_held_alone, read_at_most};

use crate::environment::Env;

/// The name of two locks. The one in the program's folder is for all questions of the program. The one in the user's
/// runtime folder is for the questions of all programs on screens of their own.
const LOCK: &str = "prompt.lock";

/// The name of the lock of a terminal, in the user's runtime folder. A question in another window has another lock.
fn of_terminal(number: u64) -> String {
    format!("prompt-{number}.lock")
}

fn is_lock(name: &str) -> bool {
    let number = name.strip_prefix("prompt-").and_then(|rest| rest.strip_suffix(".lock"));
    name == LOCK || number.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// The most bytes of a holder's note that are read.
const LONGEST: u64 = 256;

/// The locks of a question. They are held until the answer is carried out. The operating system releases them when the
/// process dies.
#[derive(Debug)]
pub(crate) struct PromptLock {
    _locks: Vec<Lock>,
}

impl PromptLock {
    /// Takes the right of `app` to ask on the `terminal` with this number or, without a number, on a screen of its own.
    ///
    /// `None` if another program asks there, or if the same program asks elsewhere. Also `None` if no lock can be kept,
    /// because two questions at once are worse than none. On a file system without locks, no other program is kept out.
    pub(crate) fn take(env: &Env, config: Option<&Path>, app: &App, terminal: Option<u64>) -> Option<Self> {
        let place = terminal.map_or_else(|| LOCK.to_owned(), of_terminal);
        let places = runtime(env).map(|folder| (folder, place)).into_iter();
        let mut locks = Vec::new();
        for (folder, name) in places.chain(own(config).map(|folder| (folder, LOCK.to_owned()))) {
            locks.push(folder.create().ok()?.lock(&name, Patience::NONE).ok()?);
        }
        // Earlier versions ask one question per user, on whatever terminal, and lock only this file.
        let beside = runtime(env).filter(|_| terminal.is_some());
        let with_earlier = match beside {
            Some(folder) => Some(folder.create().ok()?.lock_shared(LOCK, Patience::NONE).ok()?),
            None => None,
        };
        for lock in &locks {
            // For `status` only.
            let _ = lock.note(&format!("{} (process {})", app.name(), std::process::id()));
        }
        let has_any = !locks.is_empty();
        locks.extend(with_earlier);
        has_any.then_some(Self { _locks: locks })
    }

    /// The programs of the user that ask at this moment, each as its name and process.
    pub(crate) fn holders(env: &Env, config: Option<&Path>) -> Vec<String> {
        let folders = runtime(env).into_iter().chain(own(config));
        let mut holders: Vec<String> = folders.flat_map(|folder| holders_in(&folder)).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }
}

/// The program's own folder.
fn own(config: Option<&Path>) -> Option<OwnedFolder> {
    config.map(|config| OwnedFolder::at(config).folder("telemetry"))
}

/// Who holds the locks in a folder.
fn holders_in(folder: &OwnedFolder) -> Vec<String> {
    let Ok(folder) = folder.open() else { return Vec::new() };
    let names = folder.names(|name| is_lock(name).then(|| name.to_owned())).unwrap_or_default();
    names.iter().filter_map(|name| holder(&folder, name)).collect()
}

fn holder(folder: &Folder, name: &str) -> Option<String> {
    let file = folder.open(name).ok().filter(|file| is_held_alone(file) == Some(true))?;
    let note = read_at_most(file, LONGEST).ok().flatten().unwrap_or_default();
    let note = String::from_utf8_lossy(&note).into_owned();
    Some(if note.is_empty() { "another program".to_owned() } else { note })
}

/// The user's runtime folder (XDG Base Directory Specification), if there is one. Without it, two programs may ask at
/// the same time.
fn runtime(env: &Env) -> Option<OwnedFolder> {
    let runtime = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let runtime = runtime.filter(|path| is_private(path))?;
    Some(OwnedFolder::at(runtime).folder("crawl4ai-telemetry"))
}

/// "The directory MUST be owned by the user, and he MUST be the only one having read and write access to it." Under
/// `sudo`, the variable often still names the folder of the user who called `sudo`.
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
    fn one_question_on_a_terminal_and_one_of_a_program() {
        let (runtime, weather, tides) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        let take = |config: &Path, name, terminal| PromptLock::take(&env, Some(config), &app(name), terminal);
        let first = take(weather.path(), "weather", Some(7));
        assert!(first.is_some());
        assert!(take(tides.path(), "tides", Some(7)).is_none(), "another program on the same terminal");
        assert!(take(weather.path(), "weather", Some(8)).is_none(), "the same on another");
        let second = take(tides.path(), "tides", Some(8));
        assert!(second.is_some(), "another program in another window");
        let process = std::process::id();
        let both = [format!("tides (process {process})"), format!("weather (process {process})")];
        assert_eq!(PromptLock::holders(&env, Some(weather.path())), both, "`status` names them");
        let shared = OwnedFolder::at(runtime.path()).folder("crawl4ai-telemetry").open().unwrap();
        assert!(shared.lock(LOCK, Patience::NONE).is_err(), "an earlier version does not ask beside them");
        drop((first, second));
        let earlier = shared.lock(LOCK, Patience::NONE).unwrap();
        assert!(
            take(tides.path(), "tides", Some(7)).is_none(),
            "nor does this one beside an earlier version"
        );
        drop(earlier);
        assert!(take(tides.path(), "tides", Some(7)).is_some());
        assert!(PromptLock::holders(&env, Some(weather.path())).is_empty());
        for (name, ours) in
            [("prompt.lock", true), ("prompt-1.lock", true), ("prompt-x.lock", false), ("x", false)]
        {
            assert_eq!(is_lock(name), ours, "{name}");
        }
    }

    #[test]
    fn one_question_of_a_user_and_one_of_a_program() {
        let (runtime, weather, tides) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        let elsewhere = Env::from_pairs::<&str, &str>("A", []);
        let first = PromptLock::take(&env, Some(weather.path()), &app("weather"), None);
        assert!(first.is_some());
        assert!(PromptLock::take(&env, Some(tides.path()), &app("tides"), None).is_none(), "another program");
        assert!(
            PromptLock::take(&elsewhere, Some(weather.path()), &app("weather"), None).is_none(),
            "the same"
        );

        let weather_asks = format!("weather (process {})", std::process::id());
        let holders = |config: &Path| PromptLock::holders(&env, Some(config));
        assert_eq!(
            (holders(weather.path()), holders(tides.path())),
            (vec![weather_asks.clone()], vec![weather_asks])
        );
        drop(first);
        assert!(holders(weather.path()).is_empty());
        let second = PromptLock::take(&env, Some(tides.path()), &app("tides"), None);
        assert!(second.is_some());
        // An earlier version holds the lock without a note.
        drop(second);
        std::fs::write(tides.path().join("telemetry/prompt.lock"), "").unwrap();
        let folder = OwnedFolder::at(tides.path()).folder("telemetry").open().unwrap();
        let _held = folder.lock(LOCK, Patience::NONE).unwrap();
        assert_eq!(holders(tides.path()), ["another program"]);
    }

    #[test]
    fn without_a_runtime_folder_a_program_keeps_apart_its_own_questions() {
        let (config, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let none = Env::from_pairs("A", [("XDG_RUNTIME_DIR", "relative")]);
        let take = |config: &Path| PromptLock::take(&none, Some(config), &app("weather"), None);
        let first = take(config.path());
        assert!(first.is_some());
        assert!(take(config.path()).is_none());
        assert!(take(other.path()).is_some());
        let nowhere = Env::from_pairs::<&str, &str>("A", []);
        assert!(PromptLock::take(&nowhere, None, &app("weather"), None).is_none());
    }

    #[test]
    #[cfg(unix)]
    fn a_runtime_folder_that_others_may_write_is_none() {
        use std::os::unix::fs::PermissionsExt;

        let (runtime, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(runtime.path(), open).unwrap();
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        assert!(PromptLock::take(&env, Some(config.path()), &app("weather"), None).is_some());
        assert!(config.path().join("telemetry/prompt.lock").exists());
        assert_eq!(std::fs::read_dir(runtime.path()).unwrap().count(), 0);
    }
}
