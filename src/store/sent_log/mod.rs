//! Sent reports, byte for byte, for the user to inspect.
//!
//! Each delivery is one file: a line of JSON that says what was sent, when, where to and how it ended, and after it
//! exactly the bytes that left. None of this is ever sent.

mod age;
mod entry;
mod ids;

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry_core::{Payload, Report, ReportId, Timestamp};
use crawl4ai_telemetry_files::{Folder, OwnedFolder, read_at_most};

pub use entry::{DeliveryOutcome, SentEntry};
pub use ids::SentId;
use ids::SentIds;
pub(crate) use ids::kept_destination;

use crate::store;
use crate::store::problem::Problem;

/// Maximum number of deliveries that are kept: as many as a person could look through.
const MOST: usize = 50;

/// Maximum size of all deliveries that are kept, in bytes.
const BYTES: u64 = 5 * 1024 * 1024;

/// Maximum length of the first line, in bytes. The library writes no longer one.
const HEAD: u64 = 16 * 1024;

/// Why the sent log could not be read or written; an error of [`Telemetry::sent_bytes`](crate::Telemetry::sent_bytes).
#[derive(Debug, thiserror::Error)]
#[error("journal: cannot {operation}: {source}")]
pub struct SentLogError {
    operation: &'static str,
    #[source]
    source: io::Error,
}

fn failed(operation: &'static str) -> impl Fn(io::Error) -> SentLogError {
    move |source| SentLogError { operation, source }
}

/// The sent log of one program of one user.
#[derive(Clone, Debug)]
pub(crate) struct SentLog {
    folder: OwnedFolder,
    ids: SentIds,
}

impl SentLog {
    /// The sent log below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path) -> Self {
        let folder = store::below(config);
        Self { ids: SentIds::below(folder.clone()), folder: folder.folder("journal") }
    }

    /// Adds a delivery, and removes the oldest ones when there are too many.
    pub(crate) fn add(
        &self,
        report: &Report,
        payload: &Payload,
        provider: &str,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Result<(), SentLogError> {
        let folder = self.folder.create().map_err(failed("use its folder"))?;
        let entry = SentEntry::of(report, payload, provider, outcome, now);
        let stem = format!("{:015}_{}", now.as_millis(), report.id());
        write(&folder, &stem, &entry, payload).map_err(failed("write an entry"))?;
        tidy(&folder, &format!("{stem}.sent"), now);
        Ok(())
    }

    /// All stored deliveries, oldest first. Other files are skipped.
    pub(crate) fn list(&self) -> Vec<SentEntry> {
        let Ok(folder) = self.folder.open() else { return Vec::new() };
        names(&folder).iter().filter_map(|name| Some(read_head(&folder, name).ok()?.0)).collect()
    }

    /// Why the sent log cannot be read.
    pub(crate) fn problem(&self) -> Option<Problem> {
        Problem::of(&self.folder, |name| id_of(name).is_some())
    }

    /// Why the ids cannot be read.
    pub(crate) fn ids_problem(&self) -> Option<Problem> {
        self.ids.problem()
    }

    /// The ids of reports with a stored delivery, taken from the names of the files. No file is read.
    pub(crate) fn remembered(&self) -> Vec<ReportId> {
        self.folder.open().and_then(|folder| folder.names(id_of)).unwrap_or_default()
    }

    /// The entry of one delivery, and exactly the bytes that left.
    pub(crate) fn show(&self, id: ReportId) -> Result<Option<(SentEntry, Vec<u8>)>, SentLogError> {
        let Ok(folder) = self.folder.open() else { return Ok(None) };
        let names = names(&folder);
        let Some(name) = names.iter().rev().find(|name| id_of(name) == Some(id)) else { return Ok(None) };
        let (entry, rest) = read_head(&folder, name).map_err(failed("read an entry"))?;
        let bytes = read_at_most(rest, BYTES).map_err(failed("read an entry"))?;
        Ok(Some((entry, bytes.unwrap_or_default())))
    }

    /// Stores the id of a delivered report, for as long as its recipient may keep the report.
    pub(crate) fn add_id(&self, sent: SentId, keep: Duration) -> Result<(), SentLogError> {
        self.ids.add(sent, keep).map_err(failed("remember an id"))
    }

    /// The ids of delivered reports, oldest first. An id that is only in an entry was sent by an earlier version.
    pub(crate) fn ids(&self, now: Timestamp, keep: Duration) -> Vec<SentId> {
        let mut ids = self.ids.read(now, keep);
        // Reports that a person carried are left out, because that person can have them removed where they posted them.
        let delivered =
            |entry: &SentEntry| entry.outcome == DeliveryOutcome::Delivered && !entry.is_by_hand();
        let delivered = self.list().into_iter().filter(delivered);
        for entry in delivered {
            if !ids.iter().any(|known| known.id == entry.id) {
                let SentEntry { id, sent_at, provider, .. } = entry;
                ids.push(SentId { id, sent_at, destination: provider.clone(), provider, of_program: None });
            }
        }
        ids.sort_by_key(|sent| (sent.sent_at, sent.id));
        ids
    }

    /// Deletes the ids.
    pub(crate) fn forget_ids(&self) -> Result<(), SentLogError> {
        self.ids.forget().map_err(failed("forget the ids"))
    }

    /// Deletes the log except for the ids. Returns the number of deliveries that it held.
    pub(crate) fn purge(&self) -> Result<usize, SentLogError> {
        let delete = || {
            let folder = self.folder.open_to_delete()?;
            let entries = folder.remove_named(|name| id_of(name).is_some())?;
            folder.remove_named(is_draft)?;
            self.folder.remove_if_empty()?;
            Ok(entries)
        };
        match delete() {
            Err(error) if io::Error::kind(&error) == ErrorKind::NotFound => Ok(0),
            deleted => deleted.map_err(failed("delete it")),
        }
    }
}

/// The id of the report whose delivery is in a file `<time>_<id>.sent`; `None` for every other file.
fn id_of(name: &str) -> Option<ReportId> {
    let (time, id) = name.strip_suffix(".sent")?.split_once('_')?;
    let is_time = time.len() == 15 && time.bytes().all(|byte| byte.is_ascii_digit());
    is_time.then(|| id.parse().ok())?
}

fn is_draft(name: &str) -> bool {
    name.strip_suffix(".tmp").is_some_and(|stem| id_of(&format!("{stem}.sent")).is_some())
}

/// The names of the entries, oldest first.
fn names(folder: &Folder) -> Vec<String> {
    let mut names = folder.names(|name| id_of(name).map(|_| name.to_owned())).unwrap_or_default();
    names.sort();
    names
}

fn write(folder: &Folder, stem: &str, entry: &SentEntry, payload: &Payload) -> io::Result<()> {
    let draft = folder.draft(format!("{stem}.tmp"))?;
    let mut file = draft.file();
    serde_json::to_writer(file, entry)?;
    file.write_all(b"\n")?;
    file.write_all(&payload.bytes)?;
    draft.place(format!("{stem}.sent"))
}

/// Removes entries while there are too many, but never the one that was `written` now.
///
/// Entries whose time lies ahead go first, then the oldest. Otherwise, after a clock that was ahead, each new entry would
/// be the oldest one.
fn tidy(folder: &Folder, written: &str, now: Timestamp) {
    let mut names = names(folder);
    names.retain(|name| name != written);
    names.sort_by_key(|name| !is_ahead(name, now));
    let sizes: Vec<u64> = names.iter().map(|name| folder.look(name).map_or(0, |found| found.size)).collect();
    let mut left = names.len() + 1;
    let mut bytes = sizes.iter().sum::<u64>() + folder.look(written).map_or(0, |found| found.size);
    for (name, size) in names.iter().zip(sizes) {
        if left <= MOST && bytes <= BYTES {
            break;
        }
        left -= 1;
        bytes = bytes.saturating_sub(size);
        // A failure is ignored, because another process may be tidying too.
        let _ = folder.remove(name);
    }
    folder.remove_strays(is_draft);
}

/// Does the time of an entry lie ahead? A minute is none, because processes write in another order than they look at
/// the clock.
fn is_ahead(name: &str, now: Timestamp) -> bool {
    let time = name.split('_').next().and_then(|time| time.parse().ok()).map(Timestamp::from_millis);
    time.is_some_and(|time| time.since(now) > Duration::from_secs(60))
}

fn read_head(folder: &Folder, name: &str) -> io::Result<(SentEntry, impl Read)> {
    let mut reader = BufReader::new(folder.open(name)?.take(BYTES));
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_until(b'\n', &mut head)?;
    let entry = serde_json::from_slice(&head)?;
    Ok((entry, reader))
}

#[cfg(test)]
mod tests;
