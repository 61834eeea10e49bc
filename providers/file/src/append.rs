//! Adds one line under the lock, within the bounds, whole or not at all.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry_core::Timestamp;

use crate::lines::{self, End, Room};
use crate::open::{Place, Trouble, passing, refused};

/// The bounds of the file's content, and the clock for them.
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

/// Adds a line; a report is added only once. `Ok` means that the line is on the disk.
pub(crate) fn append(path: &Path, is_report: bool, line: &[u8], bounds: &Bounds) -> Result<(), Trouble> {
    let place = Place::open(path)?;
    // The lock is a separate file for two reasons: trimming replaces the reports' file with a new one, and a locked
    // file cannot be read on Windows.
    let _lock = place.lock()?;
    let mut file = place.to_append()?;
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
    // A program that wrote a report, but ended before it could note that, sends the report again at its next start.
    if is_report && lines::end_with(&mut file, len, line).map_err(failed)? {
        // The process that wrote the line may have ended before the line was on the disk.
        file.sync_data().map_err(failed)?;
        return place.folder.sync().map_err(failed);
    }
    let from = lines::first_kept(&mut file, len, &bounds.room(line)).map_err(failed)?;
    if from == 0 { add(&mut file, line, len) } else { replace(&place, file, from, line) }.map_err(failed)?;
    if from > 0 || len == 0 {
        place.folder.sync().map_err(failed)?;
    }
    Ok(())
}

/// Makes the file end with a line break, and returns its length. If the file's end is no line of a report, it returns
/// `None` and changes nothing. A line torn by a power cut is removed. This loses nothing, because the line was never
/// acknowledged and its report is still in the spool.
fn mend(file: &mut File) -> io::Result<Option<u64>> {
    let len = file.metadata()?.len();
    match lines::end(file, len)? {
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
        End::Foreign => Ok(None),
    }
}

/// Adds a line to a file of `len` bytes. If that fails, the file is as before.
fn add(file: &mut File, line: &[u8], len: u64) -> io::Result<()> {
    let mut write = || {
        file.seek(SeekFrom::End(0))?;
        file.write_all(line)?;
        file.sync_data()
    };
    write().inspect_err(|_| {
        // If this fails too, the next write removes the torn line.
        let _ = file.set_len(len);
    })
}

/// Replaces the file by a new one with the lines from byte `from` and the new line.
fn replace(place: &Place<'_>, mut old: File, from: u64, line: &[u8]) -> io::Result<()> {
    // A crash during an earlier replacement may have left a draft. No process uses that draft, because this one holds
    // the lock.
    let draft = place.folder.draft_anew(place.beside(".new"))?;
    draft.like(&old.metadata()?, false)?;
    let mut new = draft.file();
    old.seek(SeekFrom::Start(from))?;
    io::copy(&mut old, &mut new)?;
    new.write_all(line)?;
    new.sync_data()?;
    // The file is closed, because some file systems of Windows do not replace an open file.
    drop(old);
    draft.place(place.name)
}

#[cfg(test)]
mod tests;
