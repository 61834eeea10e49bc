//! The ids and dates of sent reports. They hold only what an erasure needs, and are kept as long as the program's
//! authors may keep the reports.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use crawl4ai_telemetry_core::{ReportId, Timestamp};
use serde::{Deserialize, Serialize};

use crawl4ai_telemetry_files::{Folder, OwnedFolder, read_at_most};

use super::age;
use crate::destination;
use crate::store;
use crate::store::delivery_state::{LOCK, PATIENCE};
use crate::store::problem::{Problem, unreadable};

/// Maximum number of ids that are kept: thirty a day, the default limit, for nearly a year.
const MOST: usize = 10_000;

/// Maximum size of the file, in bytes, for writing and for reading.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The name of the file.
const NAME: &str = "sent-ids.jsonl";

/// The beginning of the names of drafts of the file.
const DRAFT: &str = "sent-ids";

/// Maximum length of a stored destination, and of a provider's name, in characters.
const DESTINATION: usize = 120;

/// The same for a file, which the user has to find again.
const FILE: usize = 1024;

/// Returns a destination in the form that is stored. A destination must be cut in the same way before it is compared
/// with a stored one.
pub(crate) fn kept_destination(destination: &str) -> String {
    let most = if destination::file(destination).is_some() { FILE } else { DESTINATION };
    destination.chars().take(most).collect()
}

/// One report that was sent, with enough to ask for its erasure. Part of
/// [`Telemetry::sent_ids`](crate::Telemetry::sent_ids).
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .build()?;
/// for sent in telemetry.sent_ids() {
///     println!("{} went to {} at {}", sent.id, sent.destination, sent.sent_at);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentId {
    /// The report's id, by which its recipient finds it.
    pub id: ReportId,
    /// When the report left.
    pub sent_at: Timestamp,
    /// The provider that sent the report.
    pub provider: String,
    /// Where the report went: a server's host, or a file with its whole path.
    pub destination: String,
    /// Was that the place that the program chose, and not the user or the administrator? `None` in an id that an earlier
    /// version stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_program: Option<bool>,
}

/// The file of the ids of one program of one user.
#[derive(Clone, Debug)]
pub(super) struct SentIds {
    folder: OwnedFolder,
}

impl SentIds {
    /// The file below the folder of the telemetry; touches nothing.
    pub(super) const fn below(folder: OwnedFolder) -> Self {
        Self { folder }
    }

    /// Adds an id, and removes those that are [not kept](age::are_kept).
    ///
    /// The whole file is read and rewritten under the lock of the delivery state. The lock is not taken if there are no
    /// locks, or if another process keeps it. A file that cannot be read is not replaced, because the erasure of its
    /// reports can still be asked for once it can be read.
    pub(super) fn add(&self, mut sent: SentId, keep: Duration) -> io::Result<()> {
        sent.destination = kept_destination(&sent.destination);
        sent.provider = kept_destination(&sent.provider);
        let folder = self.folder.create()?;
        let _alone = folder.lock(LOCK, PATIENCE).ok();
        let mut all = only(self.load()?, |times| age::are_kept(times, sent.sent_at, keep));
        all.retain(|known| known.id != sent.id);
        all.push(sent);
        let oldest = all.len().saturating_sub(MOST);
        write(&folder, all.iter().skip(oldest))
    }

    /// The stored ids that were sent no longer ago than `keep`, oldest first.
    pub(super) fn read(&self, now: Timestamp, keep: Duration) -> Vec<SentId> {
        only(self.load().unwrap_or_default(), |times| age::are_within(times, now, keep))
    }

    /// Why the ids cannot be read.
    pub(super) fn problem(&self) -> Option<Problem> {
        Problem::of_file(&self.folder, NAME)
    }

    /// All stored ids. A file that is missing, too long or not the user's counts as empty.
    fn load(&self) -> io::Result<Vec<SentId>> {
        let Ok(folder) = self.folder.open() else { return Ok(Vec::new()) };
        if let Some(error) = unreadable(&folder, NAME) {
            return Err(error);
        }
        let read = folder.open(NAME).and_then(|file| read_at_most(file, LONGEST));
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Vec::new()),
            Err(error) if error.kind() == ErrorKind::NotFound || folder.is_foreign(NAME) => {
                return Ok(Vec::new());
            }
            // It could be opened a moment ago, and cannot be read now.
            Err(error) => return Err(error),
        };
        // Lines that the library did not write are skipped.
        Ok(bytes.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }

    /// Deletes the ids.
    pub(super) fn forget(&self) -> io::Result<()> {
        let gone = |removed: io::Result<()>| match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
        let folder = match self.folder.open_to_delete() {
            Ok(folder) => folder,
            Err(error) => return gone(Err(error)),
        };
        let draft = |name: &str| store::is_draft_of(DRAFT, name).then(|| name.to_owned());
        if folder.look(NAME).is_err() && folder.names(draft)?.is_empty() {
            return Ok(());
        }
        // This needs the lock, because a process that has read the ids already would write them back.
        let _alone = folder.lock(LOCK, PATIENCE).ok();
        for draft in folder.names(draft)? {
            gone(folder.remove(draft))?;
        }
        gone(folder.remove(NAME))
    }
}

/// The ids whose time is `chosen`.
fn only(all: Vec<SentId>, chosen: impl FnOnce(&[Timestamp]) -> Vec<bool>) -> Vec<SentId> {
    let times: Vec<Timestamp> = all.iter().map(|sent| sent.sent_at).collect();
    all.into_iter().zip(chosen(&times)).filter_map(|(sent, is_chosen)| is_chosen.then_some(sent)).collect()
}

/// Writes the newest ids, as many as fit into [`LONGEST`] bytes.
fn write<'a>(folder: &Folder, all: impl DoubleEndedIterator<Item = &'a SentId>) -> io::Result<()> {
    let (mut lines, mut room) = (Vec::new(), LONGEST);
    for sent in all.rev() {
        let mut line = serde_json::to_vec(sent)?;
        line.push(b'\n');
        match room.checked_sub(line.len() as u64) {
            Some(left) => room = left,
            None => break,
        }
        lines.push(line);
    }
    lines.reverse();
    // An earlier process with the same number may have died here and left its draft.
    let draft = folder.draft_anew(store::draft_of(DRAFT))?;
    draft.file().write_all(&lines.concat())?;
    draft.place(NAME)?;
    folder.remove_strays(|name| store::is_draft_of(DRAFT, name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn ids_in(home: &tempfile::TempDir) -> (SentIds, PathBuf) {
        let folder = OwnedFolder::at(home.path()).folder("telemetry");
        let path = folder.path().join(NAME);
        (SentIds::below(folder), path)
    }

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// A day of the year 2026.
    fn on(day: u64) -> Timestamp {
        Timestamp::from_millis((20_454 + day) * 24 * 60 * 60 * 1000)
    }

    fn sent(n: u64, day: u64) -> SentId {
        let sent_at = on(day);
        let id = ReportId::from_bytes((u128::from(n) << 64).to_be_bytes());
        let destination = "crashes.example.com".into();
        SentId { id, sent_at, provider: "sentry".into(), destination, of_program: Some(n.is_multiple_of(2)) }
    }

    #[test]
    fn they_are_kept_as_long_as_the_authors_may_keep_the_reports() {
        let home = tempfile::tempdir().unwrap();
        let (ids, path) = ids_in(&home);
        for day in 0..10 {
            ids.add(sent(day, day), DAY * 30).unwrap();
        }
        assert_eq!(ids.read(on(9), DAY * 30).len(), 10);
        assert_eq!(ids.read(on(9), DAY * 2), [sent(7, 7), sent(8, 8), sent(9, 9)]);
        // Expired ids are removed from the disk at a delivery that is a week later.
        ids.add(sent(10, 16), DAY * 2).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert_eq!(ids.read(on(16), DAY * 2), [sent(10, 16)]);
        ids.add(sent(10, 16), DAY * 2).unwrap();
        assert_eq!(ids.read(on(16), DAY * 2), [sent(10, 16)], "one that is sent twice is one");
        ids.forget().unwrap();
        ids.forget().unwrap();
        assert!(ids.read(on(16), DAY * 30).is_empty());
    }

    #[test]
    fn deliveries_by_a_wrong_clock_remove_no_ids() {
        let home = tempfile::tempdir().unwrap();
        let (ids, _) = ids_in(&home);
        ids.add(SentId { sent_at: Timestamp::from_millis(0), ..sent(0, 0) }, DAY * 30).unwrap();
        ids.add(sent(1, 1), DAY * 30).unwrap();
        // The clock is ahead by two years.
        ids.add(sent(2, 2 * 365), DAY * 30).unwrap();
        ids.add(sent(3, 2 * 365), DAY * 30).unwrap();
        assert_eq!(ids.read(on(2 * 365), DAY * 30), [sent(2, 2 * 365), sent(3, 2 * 365)]);
        let found: Vec<ReportId> = ids.read(on(2), DAY * 30).into_iter().map(|sent| sent.id).collect();
        assert_eq!(found, [0, 1, 2, 3].map(|n| sent(n, 0).id));
    }

    /// Each thread reads, adds and rewrites the whole file, so that without the lock one would overwrite what another
    /// has added.
    #[test]
    fn what_many_add_at_once_is_all_there() {
        let home = tempfile::tempdir().unwrap();
        let (ids, path) = ids_in(&home);
        let folder = ids.folder.create().unwrap();
        let held = folder.lock(LOCK, PATIENCE).unwrap();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| ids.add(sent(1, 1), DAY).unwrap());
            // The thread gets time to reach the lock.
            std::thread::sleep(Duration::from_millis(100));
            // The waiting thread sees what the holder of the lock writes meanwhile.
            write(&folder, [sent(2, 1)].iter()).unwrap();
            drop(held);
            waits.join().unwrap();
        });
        assert_eq!(ids.read(Timestamp::from_millis(0), DAY), [sent(2, 1), sent(1, 1)]);

        // The draft of a dead process is deleted too, but no other file.
        let draft = path.with_file_name("sent-ids-4711.tmp");
        fs::write(&draft, "half").unwrap();
        fs::write(path.with_file_name("sent-ids-of-mine.tmp"), "not ours").unwrap();
        ids.add(sent(3, 1), DAY).unwrap();
        assert!(draft.exists(), "it may be another process's that writes now");
        let old = fs::File::options().write(true).open(&draft).unwrap();
        let written = old.metadata().unwrap().modified().unwrap();
        old.set_modified(written - Duration::from_secs(61 * 60)).unwrap();
        ids.add(sent(4, 1), DAY).unwrap();
        assert!(!draft.exists(), "no process writes for an hour");
        fs::write(&draft, "half").unwrap();
        ids.forget().unwrap();
        assert!(!draft.exists() && !path.exists() && path.with_file_name("sent-ids-of-mine.tmp").exists());
    }

    #[test]
    fn they_are_bounded_and_what_is_no_line_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let (ids, path) = ids_in(&home);
        let all: Vec<SentId> = (0..MOST as u64).map(|n| sent(n, 1)).collect();
        write(&ids.folder.create().unwrap(), all.iter()).unwrap();
        let long = SentId { destination: "x".repeat(100_000), ..sent(u64::MAX, 1) };
        ids.add(long, DAY).unwrap();
        let kept = ids.read(Timestamp::from_millis(0), DAY);
        assert_eq!((kept.len(), &kept[0]), (MOST, &sent(1, 1)));
        assert!(fs::metadata(&path).unwrap().len() < LONGEST / 2);

        // At four bytes a character the ids are larger than the file may be, so that only the newest stay.
        let wide = |n| SentId { destination: "😀".repeat(DESTINATION), ..sent(n, 1) };
        let all: Vec<SentId> = (0..MOST as u64).map(wide).collect();
        write(&ids.folder.create().unwrap(), all.iter()).unwrap();
        ids.add(wide(u64::MAX), DAY).unwrap();
        let kept = ids.read(Timestamp::from_millis(0), DAY);
        assert!(kept.len() > MOST / 2 && fs::metadata(&path).unwrap().len() <= LONGEST);
        assert_eq!(kept.last(), Some(&wide(u64::MAX)));

        fs::write(&path, b"nonsense\n{}\n\xff\n").unwrap();
        assert!(ids.read(Timestamp::from_millis(0), DAY).is_empty());
        ids.add(sent(1, 1), DAY).unwrap();
        assert_eq!(ids.read(Timestamp::from_millis(0), DAY), [sent(1, 1)]);
    }
}
