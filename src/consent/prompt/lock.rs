//! One question at a time per machine and user, whatever programs ask.

use std::fs::File;
use std::path::PathBuf;

use crate::environment::Env;
use crate::store::files;

/// Held while a question stands; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct PromptLock {
    _file: File,
}

impl PromptLock {
    /// `None` while another process asks, or where no lock can be kept: two questions at once are worse than none.
    pub(crate) fn take(env: &Env, temporary_folder: Option<PathBuf>) -> Option<Self> {
        let folder = folder(env, temporary_folder)?;
        files::ensure(&folder).ok()?;
        let file = files::open_lock(&folder.join("prompt.lock")).ok()?;
        file.try_lock().ok()?;
        Some(Self { _file: file })
    }
}

/// The user's runtime folder (XDG Base Directory Specification), else one for the user among the temporary files.
fn folder(env: &Env, temporary_folder: Option<PathBuf>) -> Option<PathBuf> {
    let runtime = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    match runtime.filter(|path| path.is_dir()) {
        Some(runtime) => Some(runtime.join("crawl4ai-telemetry")),
        None => Some(temporary_folder?.join(format!("crawl4ai-telemetry-{}", user()))),
    }
}

#[cfg(unix)]
fn user() -> String {
    rustix::process::geteuid().as_raw().to_string()
}

/// Elsewhere the folder for temporary files is the user's own.
#[cfg(not(unix))]
fn user() -> String {
    "user".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_in_the_runtime_folder_or_among_the_temporary_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let runtime = Env::from_pairs("A", [("XDG_RUNTIME_DIR", path)]);
        let none = Env::from_pairs("A", [("XDG_RUNTIME_DIR", "relative")]);
        for (env, temporary) in [(runtime, None), (none, Some(folder.path().to_owned()))] {
            let first = PromptLock::take(&env, temporary.clone());
            assert!(first.is_some());
            assert!(PromptLock::take(&env, temporary.clone()).is_none());
            drop(first);
            assert!(PromptLock::take(&env, temporary).is_some());
        }
        assert!(PromptLock::take(&Env::from_pairs::<&str, &str>("A", []), None).is_none());
    }
}
