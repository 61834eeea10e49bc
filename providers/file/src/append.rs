//! Adding one line: under the lock, within the bounds, whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::Timestamp;

use crate::lines::{self, End, Room};
use crate::open::{self, Trouble, passing, refused};

/// How long to wait for other processes. Each holds the lock for one write and one sync, some milliseconds;
/// who holds it longer is stopped or broken, and the report can wait in the spool.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// How long to sleep between two looks at the lock.
const LOCK_STEP: Duration = Duration::from_millis(1);

/// What the file may hold, and the clock that tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) max_bytes: u64,
    pub(crate) max_age: Duration,
    pub(crate) now: fn() -> Timestamp,
}

impl Bounds {
    fn room(&self, line: &[u8]) -> Room {
        let at_most = self.max_bytes.saturating_sub(line.len() as u64);
        let age = u64::try_from(self.max_age.as_millis()).unwrap_or(u64::MAX);
        let oldest = Timestamp::from_millis((self.now)().as_millis().saturating_sub(age));
        Room { at_most, then: at_most - at_most / 4, oldest }
    }
}

/// Adds a line. `Ok` means that it is on the disk.
pub(crate) fn append(path: &Path, line: &[u8], bounds: &Bounds) -> Result<(), Trouble> {
    open::inspect(path)?;
    // The lock is a file of its own, because trimming puts a new file in the place of the old one, and because
    // a locked file cannot be read on Windows.
    let _lock = lock(&beside(path, ".lock"))?;
    let mut file = open::to_append(path)?;
    let failed = |e: io::Error| passing("append to", path, e);
    if !lines::are_ours(&mut file).map_err(failed)? {
        return Err(refused(path, "holds something other than reports; name another file"));
    }
    let Some(len) = mend(&mut file).map_err(failed)? else {
        return Err(refused(
            path,
            "ends with something that is no report; move it away, or name another file",
        ));
    };
    let from = lines::first_kept(&mut file, len, &bounds.room(line)).map_err(failed)?;
    if from == 0 { add(&mut file, line, len) } else { replace(path, file, from, line) }.map_err(failed)?;
    if from > 0 || len == 0 {
        open::sync_folder(open::folder(path)).map_err(failed)?;
    }
    Ok(())
}

pub(crate) fn lock(path: &Path) -> Result<File, Trouble> {
    let file = open::to_append(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < LOCK_WAIT => thread::sleep(LOCK_STEP),
            Err(e) => return Err(passing("lock", path, e)),
        }
    }
}

/// Makes the file end with a line break, and tells its length; nothing is changed in a file whose end cannot be ours.
/// What a power cut left of a line was never acknowledged, so that its report is still in the spool: cutting it off loses
/// nothing.
fn mend(file: &mut File) -> io::Result<Option<u64>> {
    let len = file.metadata()?.len();
    match lines::end(file, len)? {
        End::Foreign => Ok(None),
        End::Whole => Ok(Some(len)),
        End::Unbroken => {
            file.seek(SeekFrom::End(0))?;
            file.write_all(b"\n")?;
            Ok(Some(len + 1))
        }
        End::Torn(start) => {
            file.set_len(start)?;
            Ok(Some(start))
        }
    }
}

/// Adds a line to a file of `len` bytes; when that fails, the file is as it was.
fn add(file: &mut File, line: &[u8], len: u64) -> io::Result<()> {
    let mut write = || {
        file.seek(SeekFrom::End(0))?;
        file.write_all(line)?;
        file.sync_data()
    };
    write().inspect_err(|_| {
        // Should this fail too, the next write finds a torn line and mends it.
        let _ = file.set_len(len);
    })
}

/// Puts a file with the lines from byte `from` on and the new one in the place of the old file.
fn replace(path: &Path, mut old: File, from: u64, line: &[u8]) -> io::Result<()> {
    let draft = beside(path, ".new");
    // A crash in here may have left one; the lock says that nobody is at work on it.
    match fs::remove_file(&draft) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        Ok(()) | Err(_) => {}
    }
    let write = || {
        let mut new = open::exclusively(&draft)?;
        new.set_permissions(old.metadata()?.permissions())?;
        old.seek(SeekFrom::Start(from))?;
        io::copy(&mut old, &mut new)?;
        new.write_all(line)?;
        new.sync_data()?;
        // Some file systems of Windows replace no file that is open.
        drop((old, new));
        fs::rename(&draft, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests;
