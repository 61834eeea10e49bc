//! What was sent, byte for byte, so that the user can look.
//!
//! One file a delivery: a line of JSON that says what, when, where to and how it ended, and behind it exactly the
//! bytes that left. Nothing of it is ever sent.

mod entry;
mod ids;

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crawl4ai_telemetry_core::{Payload, Report, ReportId, Timestamp};

pub use entry::{DeliveryOutcome, SentEntry};
pub use ids::SentId;
use ids::SentIds;

use crate::store::files;

/// How many deliveries are remembered: as many as a person could look through.
const MOST: usize = 50;

/// How many bytes of them, in all.
const BYTES: u64 = 5 * 1024 * 1024;

/// The first line is ours and short; a longer one is not ours.
const HEAD: u64 = 16 * 1024;

/// Why the sent log could not be read or written; [`Telemetry::sent_bytes`](crate::Telemetry::sent_bytes) says so.
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
    folder: PathBuf,
    ids: SentIds,
}

impl SentLog {
    /// The sent log below a program's configuration folder; touches nothing.
    pub(crate) fn below(config: &Path) -> Self {
        let folder = config.join("telemetry");
        Self { ids: SentIds::below(&folder), folder: folder.join("journal") }
    }

    /// Remembers a delivery, and forgets the oldest when there are too many.
    pub(crate) fn add(
        &self,
        report: &Report,
        payload: &Payload,
        provider: &str,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Result<(), SentLogError> {
        files::ensure(&self.folder).map_err(failed("use its folder"))?;
        let entry = SentEntry::of(report, payload, provider, outcome, now);
        let path = self.path(now, report.id());
        let temporary = path.with_extension("tmp");
        let written = self.write(&temporary, &entry, payload).and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // Half an entry would lie about what was sent.
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(failed("write an entry"))?;
        self.tidy();
        Ok(())
    }

    fn write(&self, temporary: &Path, entry: &SentEntry, payload: &Payload) -> io::Result<()> {
        let mut file = files::create(temporary)?;
        serde_json::to_writer(&mut file, entry)?;
        file.write_all(b"\n")?;
        file.write_all(&payload.bytes)
    }

    /// All deliveries that are remembered, oldest first. What is not ours is passed over.
    pub(crate) fn list(&self) -> Vec<SentEntry> {
        self.paths().iter().filter_map(|path| Some(read_head(path).ok()?.0)).collect()
    }

    /// One delivery, and exactly the bytes that left.
    pub(crate) fn show(&self, id: ReportId) -> Result<Option<(SentEntry, Vec<u8>)>, SentLogError> {
        let wanted = id.to_string();
        let named = |path: &&PathBuf| path.to_string_lossy().contains(&wanted);
        let paths = self.paths();
        let Some(path) = paths.iter().rev().find(named) else { return Ok(None) };
        let (entry, mut rest) = read_head(path).map_err(failed("read an entry"))?;
        let mut bytes = Vec::new();
        rest.read_to_end(&mut bytes).map_err(failed("read an entry"))?;
        Ok(Some((entry, bytes)))
    }

    /// Remembers the id of a report that was delivered, for as long as it may be kept where it went.
    pub(crate) fn add_id(&self, sent: SentId, keep: Duration) -> Result<(), SentLogError> {
        self.ids.add(sent, keep).map_err(failed("remember an id"))
    }

    /// The ids of what was delivered, oldest first. What stands in an entry only was sent by an earlier version.
    pub(crate) fn ids(&self, now: Timestamp, keep: Duration) -> Vec<SentId> {
        let mut ids = self.ids.read(now, keep);
        let delivered = self.list().into_iter().filter(|entry| entry.outcome == DeliveryOutcome::Delivered);
        for entry in delivered {
            if !ids.iter().any(|known| known.id == entry.id) {
                let SentEntry { id, sent_at, provider, .. } = entry;
                ids.push(SentId { id, sent_at, destination: provider.clone(), provider });
            }
        }
        ids.sort_by_key(|sent| (sent.sent_at, sent.id));
        ids
    }

    /// Deletes the ids.
    pub(crate) fn forget_ids(&self) -> Result<(), SentLogError> {
        self.ids.forget().map_err(failed("forget the ids"))
    }

    /// Deletes it, but for the ids; returns how many deliveries it held.
    pub(crate) fn purge(&self) -> Result<usize, SentLogError> {
        let entries = self.paths().len();
        match fs::remove_dir_all(&self.folder) {
            Ok(()) => Ok(entries),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(e) => Err(failed("delete it")(e)),
        }
    }

    fn path(&self, time: Timestamp, id: ReportId) -> PathBuf {
        self.folder.join(format!("{:015}_{id}.sent", time.as_millis()))
    }

    fn paths(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> =
            entries.map(|e| e.path()).filter(|path| path.extension().is_some_and(|e| e == "sent")).collect();
        paths.sort();
        paths
    }

    fn tidy(&self) {
        let paths = self.paths();
        let sizes: Vec<u64> = paths.iter().map(|p| fs::symlink_metadata(p).map_or(0, |m| m.len())).collect();
        let mut left = paths.len();
        let mut bytes: u64 = sizes.iter().sum();
        for (path, size) in paths.iter().zip(sizes) {
            if left <= MOST && bytes <= BYTES {
                break;
            }
            left -= 1;
            bytes = bytes.saturating_sub(size);
            // Another process may be tidying too.
            let _ = fs::remove_file(path);
        }
        files::remove_strays(&self.folder);
    }
}

fn read_head(path: &Path) -> io::Result<(SentEntry, impl Read)> {
    let mut reader = BufReader::new(files::open(path)?.take(BYTES));
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_until(b'\n', &mut head)?;
    let entry = serde_json::from_slice(&head)?;
    Ok((entry, reader))
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    #[cfg(unix)]
    fn edited_and_planted_entries_are_passed_over() {
        let (home, sent_log) = sent_log();
        add(&sent_log, 1);
        for (name, content) in [("2.sent", "nonsense"), ("3.sent", ""), ("4.sent", "{}"), ("5.txt", "{}")] {
            fs::write(sent_log.folder.join(name), content).unwrap();
        }
        std::os::unix::fs::symlink(home.path(), sent_log.folder.join("6.sent")).unwrap();
        assert_eq!(sent_log.list().len(), 1);
    }

    #[test]
    fn purge_leaves_nothing() {
        let (_home, sent_log) = sent_log();
        add(&sent_log, 1);
        assert_eq!(sent_log.purge().unwrap(), 1);
        assert!(!sent_log.folder.exists());
        assert_eq!(sent_log.purge().unwrap(), 0);
    }
}
