//! Sent reports, byte for byte, for the user to inspect.
//!
//! Each delivery is one file: a line of JSON that says what was sent, when, where to and how it ended, and after it
//! exactly the bytes that left. None of this is ever sent.

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
        tidy(&folder);
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

fn tidy(folder: &Folder) {
    let names = names(folder);
    let sizes: Vec<u64> = names.iter().map(|name| folder.look(name).map_or(0, |found| found.size)).collect();
    let mut left = names.len();
    let mut bytes: u64 = sizes.iter().sum();
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

fn read_head(folder: &Folder, name: &str) -> io::Result<(SentEntry, impl Read)> {
    let mut reader = BufReader::new(folder.open(name)?.take(BYTES));
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_until(b'\n', &mut head)?;
    let entry = serde_json::from_slice(&head)?;
    Ok((entry, reader))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use crawl4ai_telemetry_conformance::sample;
    use crawl4ai_telemetry_core::{MemoryProvider, TelemetryProvider};

    fn sent_log() -> (tempfile::TempDir, SentLog) {
        let home = tempfile::tempdir().unwrap();
        let sent_log = SentLog::below(home.path());
        (home, sent_log)
    }

    fn add(sent_log: &SentLog, at: u64) -> (ReportId, Payload) {
        let report = sample::error_report();
        let payload = MemoryProvider::default().render(&report).unwrap();
        let now = Timestamp::from_millis(at);
        sent_log.add(&report, &payload, "memory", DeliveryOutcome::Delivered, now).unwrap();
        (report.id(), payload)
    }

    #[test]
    fn what_was_sent_is_shown_byte_for_byte() {
        let (_home, sent_log) = sent_log();
        assert!(sent_log.list().is_empty());
        let (id, payload) = add(&sent_log, 5);
        let (entry, bytes) = sent_log.show(id).unwrap().unwrap();
        assert_eq!(bytes, payload.bytes);
        assert_eq!((entry.id, entry.outcome, &*entry.provider), (id, DeliveryOutcome::Delivered, "memory"));
        assert_eq!(sent_log.list(), [entry]);
        assert!(sent_log.show(ReportId::from_bytes([0x77; 16])).unwrap().is_none());
        assert_eq!(sent_log.remembered(), [id]);
    }

    #[test]
    fn what_failed_and_what_was_taken_out_is_remembered_and_need_not_be() {
        let (_home, sent_log) = sent_log();
        let report = sample::error_report();
        assert!(!report.redactions().is_empty());
        add(&sent_log, 5);
        let entry = sent_log.list().remove(0);
        assert_eq!((Some(&*entry.failed), &entry.redactions), (report.failed(), report.redactions()));

        let mut old = serde_json::to_value(&entry).unwrap();
        // The cases: kinds that only a later version knows, counts in another form, and an entry of an earlier version,
        // which wrote neither field.
        for redactions in [Some(serde_json::json!({ "dna": 1 })), Some("many".into()), None] {
            let fields = old.as_object_mut().unwrap();
            fields.remove("failed");
            match redactions {
                Some(redactions) => fields.insert("redactions".to_owned(), redactions),
                None => fields.remove("redactions"),
            };
            let path = sent_log.folder.path().join(named('9'));
            fs::write(&path, format!("{old}\nbytes")).unwrap();
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            let read = sent_log.list().remove(1);
            assert!(read.failed.is_empty() && read.redactions.is_empty(), "{read:?}");
        }
    }

    #[test]
    fn it_keeps_fifty() {
        let (_home, sent_log) = sent_log();
        for at in 0..60 {
            add(&sent_log, at);
        }
        let times: Vec<u64> = sent_log.list().iter().map(|e| e.sent_at.as_millis()).collect();
        assert_eq!(times, (10..60).collect::<Vec<_>>());
    }

    fn named(digit: char) -> String {
        let digits = digit.to_string();
        format!("{}_{}.sent", digits.repeat(15), ReportId::from_bytes([7; 16]))
    }

    #[test]
    #[cfg(unix)]
    fn edited_and_planted_entries_are_passed_over() {
        let (home, sent_log) = sent_log();
        add(&sent_log, 1);
        for (name, content) in [('2', "nonsense"), ('3', ""), ('4', "{}")] {
            fs::write(sent_log.folder.path().join(named(name)), content).unwrap();
        }
        fs::write(sent_log.folder.path().join("5.sent"), "{}").unwrap();
        std::os::unix::fs::symlink(home.path(), sent_log.folder.path().join(named('6'))).unwrap();
        assert_eq!(sent_log.list().len(), 1);
        assert_eq!(sent_log.purge().unwrap(), 5);
        let left: Vec<_> =
            fs::read_dir(sent_log.folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["5.sent"], "what is not named as ours stays");
    }

    #[test]
    fn purge_leaves_nothing() {
        let (_home, sent_log) = sent_log();
        add(&sent_log, 1);
        assert_eq!(sent_log.purge().unwrap(), 1);
        assert!(!sent_log.folder.path().exists());
        assert_eq!(sent_log.purge().unwrap(), 0);
    }
}
