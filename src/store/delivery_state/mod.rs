//! What must outlive the process besides reports: how many left, what the next report has to tell, when the server
//! may be asked again.
//!
//! One small file, read and replaced under a lock of its own. When it cannot be kept, the same state is kept in memory:
//! limits then hold for this process only.

mod state;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use state::DeliveryState;

use crate::fork_safe::ForkSafe;
use crate::store::files;

/// Larger ones are none of ours.
const LONGEST: u64 = 256 * 1024;

/// How long to wait for another process that writes its own line: it needs a millisecond, unless it was stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often to look whether it is done.
const POLL: Duration = Duration::from_millis(2);

/// The state of one program of one user.
#[derive(Debug)]
pub(crate) struct DeliveryStateFile {
    folder: Option<PathBuf>,
    memory: ForkSafe<DeliveryState>,
}

impl DeliveryStateFile {
    /// The delivery state below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: Option<&Path>) -> Self {
        Self { folder: config.map(|c| c.join("telemetry")), memory: ForkSafe::default() }
    }

    /// Reads the state without changing it.
    pub(crate) fn read(&self) -> DeliveryState {
        match &self.folder {
            Some(folder) => load(&folder.join("ledger.json")).unwrap_or_else(|_| self.remembered()),
            None => self.remembered(),
        }
    }

    /// Changes the state, for all processes where that is possible, else for this one.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut DeliveryState) -> T) -> T {
        let memory = &mut *self.memory.lock();
        let Some(folder) = &self.folder else { return change(memory) };
        let lock = lock(folder);
        let path = folder.join("ledger.json");
        if lock.is_ok()
            && let Ok(state) = load(&path)
        {
            *memory = state;
        }
        let result = change(memory);
        if lock.is_ok() {
            // What cannot be written is remembered until this process ends.
            let _ = store(folder, &path, memory);
        }
        result
    }

    fn remembered(&self) -> DeliveryState {
        self.memory.lock().clone()
    }
}

/// A state that is not there or cannot be understood is a new one; one that cannot be read is an error.
fn load(path: &Path) -> io::Result<DeliveryState> {
    let mut bytes = Vec::new();
    match files::open(path) {
        Ok(file) => file.take(LONGEST).read_to_end(&mut bytes)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(DeliveryState::default()),
        Err(e) => return Err(e),
    };
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

fn store(folder: &Path, path: &Path, state: &DeliveryState) -> io::Result<()> {
    let temporary = folder.join(format!("ledger-{}.tmp", std::process::id()));
    // One of an earlier process with this number that died in here.
    let _ = fs::remove_file(&temporary);
    let written = files::create(&temporary).and_then(|mut file| {
        file.write_all(&serde_json::to_vec(state)?)?;
        drop(file);
        files::replace(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn lock(folder: &Path) -> io::Result<File> {
    files::ensure(folder)?;
    let file = files::open_lock(&folder.join("ledger.lock"))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if start.elapsed() < PATIENCE => thread::sleep(POLL),
            Err(fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(e)) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
