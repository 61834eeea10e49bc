//! State besides reports that must outlive the process: the number of reports that left, the losses that the next
//! report has to tell, and the time when the server may be asked again.
//!
//! The state is one small file, which is read and replaced under its own lock. When the file cannot be used, the state
//! is kept in memory, so that limits hold for this process only.

mod state;

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry_files::{Folder, OwnedFolder, Patience, read_at_most};

pub(crate) use state::{DeliveryState, EndWithout};

use crate::fork_safe::ForkSafe;
use crate::store;
use crate::store::problem::Problem;

/// Maximum size of a file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// The name of the file.
const FILE: &str = "ledger.json";

/// The lock file for changes of the state and of the ids of sent reports.
pub(in crate::store) const LOCK: &str = "ledger.lock";

/// Maximum wait for the lock. Another process needs a millisecond for its change, unless it was stopped.
pub(in crate::store) const PATIENCE: Patience =
    Patience { longest: Duration::from_secs(2), step: Duration::from_millis(2) };

/// The state of one program of one user.
#[derive(Debug)]
pub(crate) struct DeliveryStateFile {
    folder: Option<OwnedFolder>,
    memory: ForkSafe<DeliveryState>,
}

impl DeliveryStateFile {
    /// The delivery state below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: Option<&Path>) -> Self {
        Self { folder: config.map(store::below), memory: ForkSafe::default() }
    }

    /// Reads the state without changing it.
    pub(crate) fn read(&self) -> DeliveryState {
        match &self.folder {
            Some(folder) => match folder.open() {
                Ok(folder) => load(&folder).unwrap_or_else(|_| self.remembered()),
                Err(error) if error.kind() == ErrorKind::NotFound => DeliveryState::default(),
                Err(_) => self.remembered(),
            },
            None => self.remembered(),
        }
    }

    /// Why the file cannot be read. Its counts then hold for this process only.
    pub(crate) fn problem(&self) -> Option<Problem> {
        Problem::of_file(self.folder.as_ref()?, FILE)
    }

    /// Changes the state for all processes if that is possible, otherwise for this process only.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut DeliveryState) -> T) -> T {
        let memory = &mut *self.memory.lock();
        let Some(folder) = &self.folder else { return change(memory) };
        let mut locked = folder.create().ok().and_then(|open| Some((open.lock(LOCK, PATIENCE).ok()?, open)));
        match locked.as_ref().map(|(_, open)| (load(open), open.is_foreign(FILE))) {
            Some((Ok(state), _)) => *memory = state,
            // The user's own file that cannot be read is not replaced; another's is.
            Some((Err(_), false)) => locked = None,
            Some((Err(_), true)) | None => {}
        }
        let result = change(memory);
        if let Some((_, open)) = &locked {
            // A state that cannot be written is remembered until this process ends.
            let _ = store(open, memory);
        }
        result
    }

    fn remembered(&self) -> DeliveryState {
        self.memory.lock().clone()
    }
}

/// A state file that does not exist or cannot be parsed gives a new state. A file that cannot be read is an error.
fn load(folder: &Folder) -> io::Result<DeliveryState> {
    match folder.open(FILE) {
        Ok(file) => Ok(read_at_most(file, LONGEST)?
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(DeliveryState::default()),
        Err(error) => Err(error),
    }
}

fn store(folder: &Folder, state: &DeliveryState) -> io::Result<()> {
    // An existing draft comes from an earlier process with the same number that died while it wrote.
    let draft = folder.draft_anew(format!("ledger-{}.tmp", std::process::id()))?;
    let mut file = draft.file();
    file.write_all(&serde_json::to_vec(state)?)?;
    draft.place(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, thread};

    use crate::store::limits::Limits;
    use crawl4ai_telemetry_core::Timestamp;

    const LIMITS: Limits = Limits { per_hour: 3, per_day: 5, per_bug_and_hour: 2 };

    fn admitted(file: &DeliveryStateFile) -> usize {
        let bug = "00000000000000aa".parse().unwrap();
        let once = || file.update(|state| state.admit(bug, Timestamp::from_millis(0), LIMITS));
        (0..9).filter(|_| once()).count()
    }

    #[test]
    fn limits_outlive_the_process() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(admitted(&DeliveryStateFile::below(Some(home.path()))), 2);
        assert_eq!(admitted(&DeliveryStateFile::below(Some(home.path()))), 0);
    }

    #[test]
    fn without_a_folder_they_hold_for_the_process() {
        for file in
            [DeliveryStateFile::below(None), DeliveryStateFile::below(Some(Path::new("/proc/self/nothing")))]
        {
            assert_eq!(admitted(&file), 2);
            assert_eq!(admitted(&file), 0);
        }
    }

    #[test]
    fn a_damaged_book_is_begun_anew() {
        let home = tempfile::tempdir().unwrap();
        let file = DeliveryStateFile::below(Some(home.path()));
        admitted(&file);
        for content in ["", "{", "[]", "\u{0}", "{\"hour\": \"x\"}", "{\"failures\": -1}"] {
            fs::write(home.path().join("telemetry/ledger.json"), content).unwrap();
            assert_eq!(admitted(&file), 2, "{content}");
        }
    }

    #[test]
    fn many_writers_count_every_one() {
        let home = tempfile::tempdir().unwrap();
        let count = |_| {
            let file = DeliveryStateFile::below(Some(home.path()));
            (0..25).for_each(|_| file.update(|state| state.failures += 1));
        };
        thread::scope(|scope| {
            for n in 0..8 {
                thread::Builder::new().spawn_scoped(scope, move || count(n)).unwrap();
            }
        });
        assert_eq!(DeliveryStateFile::below(Some(home.path())).read().failures, 200);
    }
}
