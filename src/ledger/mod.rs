//! What must outlive the process besides reports: how many left, what the next report has to tell, when the server
//! may be asked again.
//!
//! One small file, read and replaced under a lock of its own. When it cannot be kept, the same book is kept in memory:
//! limits then hold for this process only.

mod book;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use book::Book;

use crate::files;

/// Larger ones are none of ours.
const LONGEST: u64 = 256 * 1024;

/// How long to wait for another process that writes its own line: it needs a millisecond, unless it was stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often to look whether it is done.
const POLL: Duration = Duration::from_millis(2);

/// The book of one program of one user.
#[derive(Debug)]
pub(crate) struct Ledger {
    folder: Option<PathBuf>,
    memory: Mutex<Book>,
}

impl Ledger {
    /// The ledger below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: Option<&Path>) -> Self {
        Self { folder: config.map(|c| c.join("telemetry")), memory: Mutex::default() }
    }

    /// Reads the book without changing it.
    pub(crate) fn read(&self) -> Book {
        match &self.folder {
            Some(folder) => load(&folder.join("ledger.json")).unwrap_or_else(|_| self.remembered()),
            None => self.remembered(),
        }
    }

    /// Changes the book, for all processes where that is possible, else for this one.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let mut own = Book::default();
        let mut held = self.memory();
        let memory = held.as_deref_mut().unwrap_or(&mut own);
        let Some(folder) = &self.folder else { return change(memory) };
        let lock = lock(folder);
        let path = folder.join("ledger.json");
        if lock.is_ok()
            && let Ok(book) = load(&path)
        {
            *memory = book;
        }
        let result = change(memory);
        if lock.is_ok() {
            // What cannot be written is remembered until this process ends.
            let _ = store(folder, &path, memory);
        }
        result
    }

    fn remembered(&self) -> Book {
        self.memory().map(|book| book.clone()).unwrap_or_default()
    }

    /// `None` when nobody lets go of it: in a process that was forked while a thread of its parent held it.
    fn memory(&self) -> Option<MutexGuard<'_, Book>> {
        let start = Instant::now();
        loop {
            match self.memory.try_lock() {
                Ok(book) => return Some(book),
                // Counters only: a panic in between leaves a book that still counts.
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE.saturating_mul(2) => {
                    thread::sleep(POLL)
                }
                Err(TryLockError::WouldBlock) => return None,
            }
        }
    }
}

/// A book that is not there or cannot be understood is a new one; one that cannot be read is an error.
fn load(path: &Path) -> io::Result<Book> {
    let mut bytes = Vec::new();
    match files::open(path) {
        Ok(file) => file.take(LONGEST).read_to_end(&mut bytes)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Book::default()),
        Err(e) => return Err(e),
    };
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

fn store(folder: &Path, path: &Path, book: &Book) -> io::Result<()> {
    let temporary = folder.join(format!("ledger-{}.tmp", std::process::id()));
    // One of an earlier process with this number that died in here.
    let _ = fs::remove_file(&temporary);
    let written = files::create(&temporary).and_then(|mut file| {
        file.write_all(&serde_json::to_vec(book)?)?;
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
    use crate::gate::Limits;
    use crawl4ai_telemetry_core::Timestamp;

    const LIMITS: Limits = Limits { per_hour: 3, per_day: 5, per_bug_and_hour: 2 };

    fn admitted(ledger: &Ledger) -> usize {
        let bug = "00000000000000aa".parse().unwrap();
        let once = || ledger.update(|book| book.admit(bug, Timestamp::from_millis(0), LIMITS));
        (0..9).filter(|_| once()).count()
    }

    #[test]
    fn limits_outlive_the_process() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(admitted(&Ledger::below(Some(home.path()))), 2);
        assert_eq!(admitted(&Ledger::below(Some(home.path()))), 0);
    }

    #[test]
    fn without_a_folder_they_hold_for_the_process() {
        for ledger in [Ledger::below(None), Ledger::below(Some(Path::new("/proc/self/nothing")))] {
            assert_eq!(admitted(&ledger), 2);
            assert_eq!(admitted(&ledger), 0);
        }
    }

    #[test]
    fn a_damaged_book_is_begun_anew() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::below(Some(home.path()));
        admitted(&ledger);
        for content in ["", "{", "[]", "\u{0}", "{\"hour\": \"x\"}", "{\"failures\": -1}"] {
            fs::write(home.path().join("telemetry/ledger.json"), content).unwrap();
            assert_eq!(admitted(&ledger), 2, "{content}");
        }
    }

    #[test]
    fn many_writers_count_every_one() {
        let home = tempfile::tempdir().unwrap();
        let count = |_| {
            let ledger = Ledger::below(Some(home.path()));
            (0..25).for_each(|_| ledger.update(|book| book.failures += 1));
        };
        thread::scope(|scope| {
            for n in 0..8 {
                thread::Builder::new().spawn_scoped(scope, move || count(n)).unwrap();
            }
        });
        assert_eq!(Ledger::below(Some(home.path())).read().failures, 200);
    }
}
