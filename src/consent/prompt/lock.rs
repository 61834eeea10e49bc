//! One question at a time, whatever programs ask. The lock lies in a folder of the user's own: among the temporary files
//! somebody else could be first, and nobody would ever be asked.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_files::{Folder, Lock, OwnedFolder, Owner, Patience};

use crate::environment::Env;

/// Held while a question stands; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct PromptLock {
    _lock: Lock,
}

impl PromptLock {
    /// The lock of the question called `name`. `None` while another process asks, or where no lock can be kept: two
    /// questions at once are worse than none. On a file system without locks it keeps nobody out.
    pub(crate) fn take(env: &Env, config: Option<&Path>, name: &str) -> Option<Self> {
        let folder = folder(env, config)?.create().ok()?;
        let lock = folder.lock(format!("{name}.lock"), Patience::NONE).ok()?;
        Some(Self { _lock: lock })
    }
}

/// The user's runtime folder (XDG Base Directory Specification), else the folder of the reporter below the program's own,
/// which keeps apart the processes of one program only.
fn folder(env: &Env, config: Option<&Path>) -> Option<OwnedFolder> {
    let runtime = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    match runtime.filter(|path| is_private(path)) {
        Some(runtime) => Some(OwnedFolder::at(runtime).folder("crawl4ai-telemetry")),
        None => Some(OwnedFolder::at(config?).folder("telemetry")),
    }
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

    #[test]
    fn one_at_a_time_and_of_one_name_in_the_runtime_folder_or_in_the_programs_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let runtime = Env::from_pairs("A", [("XDG_RUNTIME_DIR", path)]);
        let none = Env::from_pairs("A", [("XDG_RUNTIME_DIR", "relative")]);
        for (env, config) in [(runtime, None), (none, Some(folder.path()))] {
            let first = PromptLock::take(&env, config, "prompt");
            assert!(first.is_some());
            assert!(PromptLock::take(&env, config, "prompt").is_none());
            assert!(PromptLock::take(&env, config, "other").is_some());
            drop(first);
            assert!(PromptLock::take(&env, config, "prompt").is_some());
        }
        assert!(PromptLock::take(&Env::from_pairs::<&str, &str>("A", []), None, "prompt").is_none());
    }

    #[test]
    #[cfg(unix)]
    fn a_runtime_folder_that_others_may_write_is_none() {
        use std::os::unix::fs::PermissionsExt;

        let (runtime, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(runtime.path(), open).unwrap();
        let env = Env::from_pairs("A", [("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap())]);
        assert!(PromptLock::take(&env, Some(config.path()), "prompt").is_some());
        assert!(config.path().join("telemetry/prompt.lock").exists());
        assert_eq!(std::fs::read_dir(runtime.path()).unwrap().count(), 0);
    }
}
