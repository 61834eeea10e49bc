//! The local folder of reports that are not delivered yet: whole or not at all.
//!
//! A report is written to a temporary name, synced and renamed; its name carries a checksum, so that what a
//! power cut leaves is known for what it is. Files are created exclusively and never through a link; the
//! folder must be ours. Nothing that is read is trusted: the sanitizer cleans it again.

mod bounds;
mod lock;
mod name;

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::store::files;
use crawl4ai_telemetry_core::__private::checksum;
use crawl4ai_telemetry_core::{Fingerprint, ReportId, Timestamp, sanitize::limits};

pub(crate) use bounds::SpoolBounds;
pub(crate) use lock::SenderLock;
pub(crate) use name::{Clearance, ReportState, StoredName};

/// Where the damaged ones go.
const QUARANTINE: &str = "quarantine";

/// How often the folder is deleted anew while others store in it.
const PURGES: u32 = 16;

/// The spool of one program of one user.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    bounds: SpoolBounds,
}

/// Why something could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// The folder or a file cannot be used.
    #[error("spool: cannot {operation}: {source}")]
    Io {
        operation: &'static str,
        #[source]
        source: io::Error,
    },
    /// It is larger than any report of ours.
    #[error("spool: a report of {found} bytes, at most {} are kept", limits::STORED_REPORT)]
    TooLarge { found: usize },
    /// It is a link, a pipe or another user's.
    #[error("spool: a file that is none of ours")]
    Foreign,
    /// Its content is not what its name says.
    #[error("spool: a report does not match its checksum")]
    Damaged,
}

fn io_error(operation: &'static str) -> impl Fn(io::Error) -> SpoolError {
    move |source| SpoolError::Io { operation, source }
}

/// What is known of a report before its bytes.
pub(crate) type ReportKey = (ReportId, Timestamp, Option<Fingerprint>);

/// What was stored, and the open file: a panic keeps it locked until it is resolved.
#[derive(Debug)]
pub(crate) struct StoredReport {
    pub(crate) name: StoredName,
    pub(crate) file: File,
}

/// What a look at the folder shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpoolContents {
    /// Reports that wait for their delivery.
    pub(crate) ready: bool,
    /// Reports that wait for the user's answer.
    pub(crate) awaiting: bool,
    /// Something that is older than what may be kept.
    pub(crate) overdue: bool,
}

impl Spool {
    /// The spool below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path, bounds: SpoolBounds) -> Self {
        Self { folder: config.join("telemetry").join("spool"), bounds }
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does no report wait?
    pub(crate) fn is_empty(&self) -> bool {
        fs::read_dir(&self.folder)
            .map(|entries| {
                !entries.flatten().any(|e| e.file_name().to_str().and_then(StoredName::parse).is_some())
            })
            .unwrap_or(true)
    }

    /// The one look that `init` takes; it changes nothing.
    pub(crate) fn contents(&self, now: impl Fn() -> Timestamp) -> SpoolContents {
        let mut contents = SpoolContents::default();
        let Ok(entries) = fs::read_dir(&self.folder) else { return contents };
        for file in entries.flatten().map(|entry| entry.file_name()) {
            if let Some(name) = file.to_str().and_then(StoredName::parse) {
                contents.ready |= name.clearance != Clearance::AwaitingConsent;
                contents.awaiting |= name.clearance == Clearance::AwaitingConsent;
                contents.overdue |= self.bounds.is_overdue(&name, now());
            } else if file == QUARANTINE {
                contents.overdue |= self.bounds.is_quarantine_overdue(&self.folder.join(QUARANTINE));
            }
        }
        contents
    }

    /// Stores a report, whole or not at all, and makes room for it first.
    ///
    /// Does not sync: that takes milliseconds, and the panic hook calls this. See [`Self::sync`].
    pub(crate) fn put(
        &self,
        key: ReportKey,
        state: ReportState,
        bytes: &[u8],
    ) -> Result<StoredReport, SpoolError> {
        self.put_for(key, state, Clearance::Rules, bytes)
    }

    /// As [`put`](Self::put), and says what it waits for.
    pub(crate) fn put_for(
        &self,
        (id, time, fingerprint): ReportKey,
        state: ReportState,
        clearance: Clearance,
        bytes: &[u8],
    ) -> Result<StoredReport, SpoolError> {
        if bytes.len() > limits::STORED_REPORT {
            return Err(SpoolError::TooLarge { found: bytes.len() });
        }
        files::ensure(&self.folder).map_err(io_error("use its folder"))?;
        let name = StoredName { time, id, fingerprint, checksum: checksum(bytes), state, clearance };
        let temporary = self.folder.join(format!(".{id}-{:016x}.tmp", name.checksum));
        let file = self.write(&temporary, &name, bytes);
        if file.is_err() {
            // Half a file is nobody's report.
            let _ = fs::remove_file(&temporary);
        }
        Ok(StoredReport { file: file.map_err(io_error("write a report"))?, name })
    }

    fn write(&self, temporary: &Path, name: &StoredName, bytes: &[u8]) -> io::Result<File> {
        let mut file = files::create(temporary)?;
        file.write_all(bytes)?;
        if name.state == ReportState::Unresolved {
            // The lock dies with the process: that is how the next start knows that the panic was the end.
            match file.try_lock() {
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
        fs::rename(temporary, self.path(name))?;
        Ok(file)
    }

    /// Makes what was stored survive a power cut. Off the program's threads.
    pub(crate) fn sync(&self, stored: &StoredReport) {
        // Best effort: a file system that cannot sync still holds the file.
        let _ = stored.file.sync_data();
        let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
    }

    /// All reports, oldest first, each id once.
    pub(crate) fn list(&self) -> Vec<StoredName> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut names: Vec<StoredName> =
            entries.flatten().filter_map(|e| StoredName::parse(e.file_name().to_str()?)).collect();
        // A crash between the two phases of a panic leaves both; the second, which is named, is the fuller. One between
        // an answer and its end leaves the report that waited and the one that was agreed to, which counts.
        let lesser =
            |name: &StoredName| (name.fingerprint.is_none(), name.clearance == Clearance::AwaitingConsent);
        names.sort_by_key(|name| (name.time, name.id, lesser(name)));
        let mut kept: Vec<StoredName> = Vec::with_capacity(names.len());
        for name in names {
            match kept.last() {
                Some(last) if last.id == name.id && !self.is_process_alive(&name) => self.remove(&name),
                Some(last) if last.id == name.id => {}
                Some(_) | None => kept.push(name),
            }
        }
        kept
    }

    /// Reads a report's bytes; what is damaged or none of ours goes into quarantine and is not read again.
    pub(crate) fn read(&self, name: &StoredName) -> Result<Vec<u8>, SpoolError> {
        let mut bytes = Vec::new();
        let path = self.path(name);
        let read = files::open(&path)
            .and_then(|file| file.take(limits::STORED_REPORT as u64 + 1).read_to_end(&mut bytes));
        if read.is_err() && files::is_foreign(&path) {
            self.quarantine(name);
            return Err(SpoolError::Foreign);
        }
        read.map_err(io_error("read a report"))?;
        if bytes.len() <= limits::STORED_REPORT && checksum(&bytes) == name.checksum {
            return Ok(bytes);
        }
        self.quarantine(name);
        Err(SpoolError::Damaged)
    }

    /// Moves a report out of the way for a person to look at.
    pub(crate) fn quarantine(&self, name: &StoredName) {
        let folder = self.folder.join(QUARANTINE);
        let moved =
            files::ensure(&folder).and_then(|()| fs::rename(self.path(name), folder.join(name.to_string())));
        if moved.is_err() {
            self.remove(name);
        }
        self.bounds.tidy_quarantine(&folder);
    }

    /// Removes a report that was delivered, refused or not agreed to.
    pub(crate) fn remove(&self, name: &StoredName) {
        // Gone already is as good.
        let _ = fs::remove_file(self.path(name));
    }

    /// Resolves what a panic was.
    pub(crate) fn resolve(&self, name: &StoredName, state: ReportState) -> Option<StoredName> {
        let resolved = StoredName { state, ..name.clone() };
        fs::rename(self.path(name), self.path(&resolved)).ok().map(|()| resolved)
    }

    /// The user said yes to this very report.
    pub(crate) fn agree(&self, name: &StoredName) -> Option<StoredName> {
        let agreed = StoredName { clearance: Clearance::Agreed, ..name.clone() };
        fs::rename(self.path(name), self.path(&agreed)).ok().map(|()| agreed)
    }

    /// Is a panic's process still alive? Its lock says so.
    pub(crate) fn is_process_alive(&self, name: &StoredName) -> bool {
        name.state == ReportState::Unresolved
            && files::open(&self.path(name))
                .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Makes room: what is too old goes, and what is too much, repeats of the commonest bug first.
    ///
    /// Returns how many reports went because of their age and how many for lack of room; what another process removed in
    /// the same moment it has counted.
    pub(crate) fn evict(&self, now: Timestamp) -> (u64, u64) {
        let sized: Vec<(StoredName, u64)> = self
            .list()
            .into_iter()
            .map(|name| {
                let size = fs::symlink_metadata(self.path(&name)).map_or(0, |m| m.len());
                (name, size)
            })
            .collect();
        let evictions = self.bounds.evictions(&sized, now);
        let gone = |names: &[StoredName]| {
            names.iter().filter(|name| fs::remove_file(self.path(name)).is_ok()).count() as u64
        };
        let counts = (gone(&evictions.expired), gone(&evictions.crowded));
        files::remove_strays(&self.folder);
        self.bounds.tidy_quarantine(&self.folder.join(QUARANTINE));
        counts
    }

    /// Deletes everything that waits, quarantine included; returns how many reports went.
    ///
    /// # Errors
    /// When something could not be deleted: what the user took back must not stay behind unnoticed.
    pub(crate) fn purge(&self) -> Result<usize, SpoolError> {
        let reports = self.list().len();
        let mut left = PURGES;
        loop {
            left -= 1;
            match fs::remove_dir_all(&self.folder) {
                Ok(()) => return Ok(reports),
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
                // Another process has stored something meanwhile.
                Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty && left > 0 => {}
                Err(e) => return Err(io_error("delete what waits")(e)),
            }
        }
    }

    /// Becomes the one sender of this spool, or `None` while another process is.
    pub(crate) fn lock_sender(&self) -> Option<SenderLock> {
        SenderLock::take(&self.folder)
    }

    fn path(&self, name: &StoredName) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

#[cfg(test)]
mod tests;
