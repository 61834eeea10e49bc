//! Removal of reports: of delivered, old and damaged ones, and of all when the user asks for it. Files are chosen by
//! name only.

use std::cmp::Reverse;
use std::io::{self, ErrorKind};

use crawl4ai_telemetry_core::{ReportId, Timestamp};
use crawl4ai_telemetry_files::{Folder, Kind, Refusal};

use super::{Clearance, QUARANTINE, ReportState, Spool, SpoolError, StoredName, io_error, lock};

/// Number of passes in which a purge deletes, because other processes may store reports meanwhile.
const PURGES: u32 = 16;

impl Spool {
    /// Removes a report that was delivered, refused or not agreed to. Returns false when it is still there.
    pub(crate) fn remove(&self, name: &StoredName) -> bool {
        self.folder.open().is_ok_and(|folder| remove(&folder, name))
    }

    /// Moves a report to the quarantine, for a person to inspect.
    pub(crate) fn quarantine(&self, name: &StoredName) {
        let Ok(folder) = self.folder.open() else { return };
        let aside = folder.create_folder(QUARANTINE);
        let file = name.to_string();
        if aside.as_ref().map_or(true, |aside| folder.move_to(&file, aside, &file).is_err()) {
            remove(&folder, name);
        }
        if let Ok(aside) = aside {
            self.bounds.tidy_quarantine(&aside);
        }
    }

    /// Makes room: removes reports that are too old, then reports that are too many, repeats of the most frequent bug
    /// first.
    ///
    /// Returns how many reports were removed because of their age, and how many for lack of room. A report that another
    /// process removes at the same moment is counted there.
    pub(crate) fn evict(&self, now: Timestamp) -> (u64, u64) {
        let Ok(folder) = self.folder.open_to_delete() else { return (0, 0) };
        let sized: Vec<(StoredName, u64)> = self
            .list_in(&folder)
            .into_iter()
            // A report that is being completed is skipped, because it comes back under another name.
            .filter(|name| name.state != ReportState::Partial || !super::is_alive(&folder, name))
            .map(|name| {
                let size = folder.look(name.to_string()).map_or(0, |found| found.size);
                (name, size)
            })
            .collect();
        let evictions = self.bounds.evictions(&sized, now);
        let gone = |names: &[StoredName]| {
            names.iter().filter(|name| folder.remove(name.to_string()).is_ok()).count() as u64
        };
        let counts = (gone(&evictions.expired), gone(&evictions.crowded));
        folder.remove_strays(is_draft);
        if let Ok(aside) = folder.folder(QUARANTINE) {
            self.bounds.tidy_quarantine(&aside);
        }
        counts
    }

    /// Deletes all waiting reports, including the quarantine. Returns the number of deleted reports.
    ///
    /// Files with other names stay, and their folder with them.
    ///
    /// # Errors
    /// When something could not be deleted, because reports that the user took back must not remain unnoticed.
    pub(crate) fn purge(&self) -> Result<usize, SpoolError> {
        let mut reports = 0;
        for _ in 0..PURGES {
            match self.delete_all(&mut reports) {
                Ok(true) => return Ok(reports),
                // Another process has stored a report meanwhile.
                Ok(false) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(reports),
                Err(error) => return Err(io_error("delete what waits")(error)),
            }
        }
        Err(io_error("delete what waits")(ErrorKind::DirectoryNotEmpty.into()))
    }

    /// Deletes everything once. Returns true when no report is left.
    fn delete_all(&self, reports: &mut usize) -> io::Result<bool> {
        let folder = self.folder.open_to_delete()?;
        let ours = |name: &str| StoredName::parse(name).is_some();
        let mut ids: Vec<ReportId> = folder.names(|name| StoredName::parse(name).map(|name| name.id))?;
        ids.sort_unstable();
        ids.dedup();
        *reports += ids.len();
        folder.remove_named(ours)?;
        folder.remove_named(is_draft)?;
        match folder.folder(QUARANTINE) {
            Ok(aside) => {
                aside.remove_named(ours)?;
                folder.remove_folder(QUARANTINE)?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            // The name is the library's, so a link or file with this name is removed. The target of a link is not
            // touched.
            Err(error) => match Refusal::of(&error) {
                Some(Refusal::Link | Refusal::NotAFolder) => folder.remove(QUARANTINE)?,
                _ => return Err(error),
            },
        }
        // A folder with the name of a report was not made by the library. It stays if it is not empty.
        let waits = |name: &str| (ours(name) && folder.look(name).ok()?.kind != Kind::Folder).then_some(());
        if !folder.names(waits)?.is_empty() {
            return Ok(false);
        }
        folder.remove_named(|name| name == lock::FILE)?;
        self.folder.remove_if_empty()?;
        Ok(true)
    }
}

/// Removes a report from the open folder. Returns true when the report is gone, even if it was gone before.
fn remove(folder: &Folder, name: &StoredName) -> bool {
    folder.remove(name.to_string()).map_or_else(|error| error.kind() == ErrorKind::NotFound, |()| true)
}

/// The name that a report has while it is written: `.<id>-<checksum>.tmp`.
pub(super) fn draft(name: &StoredName) -> String {
    format!(".{}-{:016x}.tmp", name.id, name.checksum)
}

fn is_draft(file: &str) -> bool {
    let parts = file.strip_prefix('.').and_then(|rest| rest.strip_suffix(".tmp")?.split_once('-'));
    parts.is_some_and(|(id, checksum)| {
        id.parse::<ReportId>().is_ok()
            && checksum.len() == 16
            && checksum.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

impl Spool {
    /// The reports in a folder, oldest first, each id once.
    pub(super) fn list_in(&self, folder: &Folder) -> Vec<StoredName> {
        let mut names: Vec<StoredName> = folder.names(StoredName::parse).unwrap_or_default();
        // A crash between the two phases of a panic leaves two reports. The second has a fingerprint and holds more. A
        // crash while a yes is stored leaves the waiting report and the agreed one; the agreed one counts. Of two
        // reports without a fingerprint, the one that is not partial comes first, then the longer one.
        let size = |name: &StoredName| match name.fingerprint {
            None => folder.look(name.to_string()).map_or(0, |found| found.size),
            Some(_) => 0,
        };
        let lesser = |name: &StoredName| {
            let is_partial = name.state == ReportState::Partial;
            (name.fingerprint.is_none(), name.clearance == Clearance::AwaitingConsent, is_partial)
        };
        names.sort_by_cached_key(|name| (name.time, name.id, lesser(name), Reverse(size(name))));
        let mut kept: Vec<StoredName> = Vec::with_capacity(names.len());
        for name in names {
            match kept.last() {
                Some(last) if last.id == name.id && !super::is_alive(folder, &name) => {
                    remove(folder, &name);
                }
                Some(last) if last.id == name.id => {}
                Some(_) | None => kept.push(name),
            }
        }
        kept
    }
}
