//! The local folder of reports that are not delivered yet. Each report is stored whole or not at all.
//!
//! A report is written under a temporary name and renamed. Its name carries a checksum, so that damage by a power cut
//! is recognized. Files are created exclusively and never through a link. The folder must be the user's, and nobody
//! else may have write access to it. Content that is read is not trusted, so the sanitizer cleans it again.

mod bounds;
mod clear;
mod lock;
mod name;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crawl4ai_telemetry_core::__private::checksum;
use crawl4ai_telemetry_core::{Fingerprint, ReportId, Timestamp, sanitize::limits};
use crawl4ai_telemetry_files::{Folder, LockError, OwnedFolder, hold, is_held, read_at_most};

use crate::store;
use crate::store::problem::Problem;

pub(crate) use bounds::SpoolBounds;
pub(crate) use lock::SenderLock;
pub(crate) use name::{Clearance, ReportState, StoredName};

/// The folder of damaged reports.
const QUARANTINE: &str = "quarantine";

/// Age below which the process of a report counts as alive, on file systems without locks. A living process resolves a
/// panic within ten seconds, and an error sooner; the rest is a margin.
const RESOLVED: Duration = Duration::from_secs(60);

/// The spool of one program of one user.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: OwnedFolder,
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
    /// The report is larger than the library's limit.
    #[error("spool: a report of {found} bytes, at most {} are kept", limits::STORED_REPORT)]
    TooLarge { found: usize },
    /// The file is a link, a pipe, another user's file, or a file to which others may write.
    #[error("spool: a file that somebody else may have written")]
    Foreign,
    /// The content does not match the checksum in the name.
    #[error("spool: a report does not match its checksum")]
    Damaged,
}

fn io_error(operation: &'static str) -> impl Fn(io::Error) -> SpoolError {
    move |source| SpoolError::Io { operation, source }
}

/// The id, the time and the fingerprint of a report, known before its bytes.
pub(crate) type ReportKey = (ReportId, Timestamp, Option<Fingerprint>);

/// A stored report and its open file. The file is locked while the report belongs to its process.
#[derive(Debug)]
pub(crate) struct StoredReport {
    pub(crate) name: StoredName,
    pub(crate) file: File,
}

/// The results of one pass over the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpoolContents {
    /// Do reports wait for delivery?
    pub(crate) ready: bool,
    /// Do reports wait for the user's answer?
    pub(crate) awaiting: bool,
    /// Is anything older than its maximum age?
    pub(crate) overdue: bool,
}

impl Spool {
    /// The spool below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path, bounds: SpoolBounds) -> Self {
        Self { folder: store::below(config).folder("spool"), bounds }
    }

    /// The path of the spool.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path()
    }

    /// Why all or some reports are neither stored in the spool nor sent from it, for `status`. A folder that does not
    /// exist yet is no problem.
    pub(crate) fn problem(&self) -> Option<Problem> {
        Problem::of(&self.folder, |name| StoredName::parse(name).is_some())
    }

    /// Does no report wait?
    pub(crate) fn is_empty(&self) -> bool {
        let any = self.folder.open().and_then(|folder| folder.names(StoredName::parse));
        any.map_or(true, |names| names.is_empty())
    }

    /// Checks the content of the folder, for `init`. Changes nothing.
    pub(crate) fn contents(&self, now: impl Fn() -> Timestamp) -> SpoolContents {
        let mut contents = SpoolContents::default();
        // Old reports are deleted even where the folder is not trusted.
        let Ok(folder) = self.folder.open_to_delete() else { return contents };
        let believed = self.folder.open().is_ok();
        for name in folder.names(StoredName::parse).unwrap_or_default() {
            contents.ready |= believed && name.clearance != Clearance::AwaitingConsent;
            contents.awaiting |= believed && name.clearance == Clearance::AwaitingConsent;
            contents.overdue |= self.bounds.is_overdue(&name, now());
        }
        contents.overdue |=
            folder.folder(QUARANTINE).is_ok_and(|aside| self.bounds.is_quarantine_overdue(&aside));
        contents
    }

    /// Stores a report, whole or not at all, and makes room for it first.
    ///
    /// This does not sync, because syncing takes milliseconds and the panic hook calls this. See [`Self::sync`].
    pub(crate) fn put(
        &self,
        key: ReportKey,
        state: ReportState,
        bytes: &[u8],
    ) -> Result<StoredReport, SpoolError> {
        self.put_for(key, state, Clearance::Rules, bytes)
    }

    /// Like [`put`](Self::put), with the clearance of the report.
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
        let folder = self.folder.create().map_err(io_error("use its folder"))?;
        let name = StoredName { time, id, fingerprint, checksum: checksum(bytes), state, clearance };
        let file = write(&folder, &name, bytes).map_err(io_error("write a report"))?;
        Ok(StoredReport { file, name })
    }

    /// Makes a stored report survive a power cut. To be called only on the library's threads.
    pub(crate) fn sync(&self, stored: &StoredReport) {
        // Failures are ignored, because a file system that cannot sync still holds the file.
        let _ = stored.file.sync_data();
        let _ = self.folder.open().and_then(|folder| folder.sync());
    }

    /// All reports, oldest first, each id once.
    pub(crate) fn list(&self) -> Vec<StoredName> {
        self.folder.open().map(|folder| self.list_in(&folder)).unwrap_or_default()
    }

    /// Is no file of this report here any more? False if the folder cannot be looked at.
    pub(crate) fn is_gone(&self, name: &StoredName) -> bool {
        match self.folder.open() {
            Ok(folder) => self.list_in(&folder).iter().all(|known| known.id != name.id),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Reads a report's bytes. A damaged or foreign file goes into quarantine, so that it is not read again.
    pub(crate) fn read(&self, name: &StoredName) -> Result<Vec<u8>, SpoolError> {
        let folder = self.folder.open().map_err(io_error("use its folder"))?;
        let file = name.to_string();
        let read = folder.open(&file).and_then(|report| read_at_most(report, limits::STORED_REPORT as u64));
        match read {
            Ok(Some(bytes)) if checksum(&bytes) == name.checksum => Ok(bytes),
            Ok(_) => {
                self.quarantine(name);
                Err(SpoolError::Damaged)
            }
            Err(_) if folder.is_foreign(&file) => {
                self.quarantine(name);
                Err(SpoolError::Foreign)
            }
            Err(error) => Err(io_error("read a report")(error)),
        }
    }

    /// The name under which a report may be shown or sent. A report that waited for its process gets its final state
    /// when the process is gone. `None` while the process lives.
    pub(crate) fn settled(&self, name: &StoredName) -> Option<StoredName> {
        let Some(state) = name.state.without_its_process() else { return Some(name.clone()) };
        if self.is_process_alive(name) { None } else { self.resolve(name, state) }
    }

    /// Renames a report to a new state.
    pub(crate) fn resolve(&self, name: &StoredName, state: ReportState) -> Option<StoredName> {
        let resolved = StoredName { state, ..name.clone() };
        self.rename(name, resolved)
    }

    /// Marks a report that the user has to be asked about again.
    pub(crate) fn ask_again(&self, name: &StoredName) -> Option<StoredName> {
        self.rename(name, StoredName { clearance: Clearance::AwaitingConsent, ..name.clone() })
    }

    fn rename(&self, from: &StoredName, to: StoredName) -> Option<StoredName> {
        let folder = self.folder.open().ok()?;
        folder.rename(&from.to_string(), &to.to_string()).ok().map(|()| to)
    }

    /// Does the report wait for a process that is still alive? The report's lock tells.
    pub(crate) fn is_process_alive(&self, name: &StoredName) -> bool {
        self.folder.open().is_ok_and(|folder| is_alive(&folder, name))
    }

    /// Makes this process the one sender of the spool.
    ///
    /// # Errors
    /// When another process is the sender, or when the lock cannot be taken now.
    pub(crate) fn lock_sender(&self) -> Result<SenderLock, LockError> {
        SenderLock::take(&self.folder)
    }
}

fn write(folder: &Folder, name: &StoredName, bytes: &[u8]) -> io::Result<File> {
    let draft = folder.draft(clear::draft(name))?;
    draft.file().write_all(bytes)?;
    if name.state.without_its_process().is_some() {
        // The lock ends with the process, so that the next start knows that the process is gone.
        hold(draft.file())?;
    }
    draft.place_open(name.to_string())
}

fn is_alive(folder: &Folder, name: &StoredName) -> bool {
    let young = |file: &File| {
        file.metadata()
            .and_then(|found| found.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < RESOLVED))
    };
    name.state.without_its_process().is_some()
        && folder.open(&name.to_string()).is_ok_and(|file| is_held(&file).unwrap_or_else(|| young(&file)))
}

#[cfg(test)]
mod tests;
