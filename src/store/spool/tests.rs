#[cfg(unix)]
mod unix;

use std::fs;

use super::*;

impl Spool {
    fn path(&self, name: &StoredName) -> PathBuf {
        self.folder().join(name.to_string())
    }
}

fn spool() -> (tempfile::TempDir, Spool) {
    let home = tempfile::tempdir().unwrap();
    let spool = Spool::below(home.path(), SpoolBounds::default());
    (home, spool)
}

fn key(n: u8) -> (ReportId, Timestamp, Option<Fingerprint>) {
    (ReportId::from_bytes([n; 16]), Timestamp::from_millis(u64::from(n)), "00000000000000aa".parse().ok())
}

#[test]
fn what_is_put_is_read_back_and_removed() {
    let (_home, spool) = spool();
    assert!(spool.is_empty());
    let second = spool.put(key(2), ReportState::Ready, b"{}").unwrap().name;
    let first = spool.put(key(1), ReportState::Ready, b"{1}").unwrap().name;
    assert!(!spool.is_empty());
    assert_eq!(spool.list(), [first.clone(), second.clone()], "oldest first");
    assert_eq!(spool.read(&second).unwrap(), b"{}");
    spool.remove(&second);
    spool.remove(&first);
    assert!(spool.is_empty());
}

#[test]
fn a_torn_or_tampered_report_goes_into_quarantine_once() {
    let (_home, spool) = spool();
    for (n, content) in [(1, "{"), (2, ""), (3, "{\"changed\":1}")] {
        let stored = spool.put(key(n), ReportState::Ready, b"{}").unwrap();
        fs::write(spool.path(&stored.name), content).unwrap();
        assert!(matches!(spool.read(&stored.name), Err(SpoolError::Damaged)));
    }
    assert!(spool.list().is_empty());
    assert_eq!(fs::read_dir(spool.folder().join(QUARANTINE)).unwrap().count(), 3);
}

#[test]
fn the_quarantine_keeps_five() {
    let (_home, spool) = spool();
    for n in 0..9 {
        let stored = spool.put(key(n), ReportState::Ready, b"{}").unwrap();
        spool.quarantine(&stored.name);
    }
    assert_eq!(fs::read_dir(spool.folder().join(QUARANTINE)).unwrap().count(), 5);
}

#[test]
fn the_quarantine_forgets_after_a_week() {
    let (_home, spool) = spool();
    let quarantined = |n, days: u64| {
        let stored = spool.put(key(n), ReportState::Ready, b"{}").unwrap();
        let age = Duration::from_secs(days * 24 * 60 * 60 - 60 * 60);
        let written = stored.file.metadata().unwrap().modified().unwrap();
        stored.file.set_modified(written - age).unwrap();
        spool.quarantine(&stored.name);
        spool.folder().join(QUARANTINE).join(stored.name.to_string())
    };
    let (old, young) = (quarantined(1, 8), quarantined(2, 7));
    assert_eq!((old.exists(), young.exists()), (false, true));
}

#[test]
fn a_report_of_any_length_is_read_no_further_than_the_longest_of_ours() {
    let (_home, spool) = spool();
    let stored = spool.put(key(1), ReportState::Ready, b"{}").unwrap();
    // The file is larger than memory: a sparse file, which takes no space on the disk.
    stored.file.set_len(1 << 40).unwrap();
    assert!(matches!(spool.read(&stored.name), Err(SpoolError::Damaged)));
    assert!(spool.list().is_empty());
}

#[test]
fn what_is_too_much_goes_when_something_comes() {
    let (_home, spool) = spool();
    for n in 0..60 {
        spool.put(key(n), ReportState::Ready, b"{}").unwrap();
    }
    assert_eq!(spool.evict(Timestamp::from_millis(60)), (0, 10));
    assert_eq!(spool.list().len(), 50);
    let month = 31 * 24 * 60 * 60 * 1000;
    assert_eq!(spool.evict(Timestamp::from_millis(month)), (50, 0));
    assert!(spool.is_empty());
}

#[test]
fn a_look_tells_what_waits_and_what_is_too_old() {
    let (_home, spool) = spool();
    let day = |n: u64| move || Timestamp::from_millis(n * 24 * 60 * 60 * 1000);
    assert_eq!(spool.contents(day(0)), SpoolContents::default());
    let awaiting = spool.put_for(key(1), ReportState::Ready, Clearance::AwaitingConsent, b"{}").unwrap().name;
    assert_eq!(spool.contents(day(6)), SpoolContents { awaiting: true, ..SpoolContents::default() });
    assert_eq!(
        spool.contents(day(8)),
        SpoolContents { awaiting: true, overdue: true, ..SpoolContents::default() }
    );
    spool.remove(&awaiting);
    spool.put(key(2), ReportState::Ready, b"{}").unwrap();
    assert_eq!(spool.contents(day(29)), SpoolContents { ready: true, ..SpoolContents::default() });
    assert_eq!(
        spool.contents(day(31)),
        SpoolContents { ready: true, overdue: true, ..SpoolContents::default() }
    );
}

#[test]
#[cfg(unix)]
fn a_quarantine_that_is_a_link_is_somebody_elses() {
    let (home, spool) = spool();
    let theirs = home.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    let file = File::create(theirs.join("file")).unwrap();
    let age = Duration::from_secs(30 * 24 * 60 * 60);
    file.set_modified(file.metadata().unwrap().modified().unwrap() - age).unwrap();
    spool.folder.create().unwrap();
    std::os::unix::fs::symlink(&theirs, spool.folder().join(QUARANTINE)).unwrap();
    assert!(!spool.contents(|| Timestamp::from_millis(0)).overdue);
    spool.evict(Timestamp::from_millis(0));
    assert!(theirs.join("file").exists());
}

#[test]
fn what_was_agreed_to_counts_beside_what_waits_for_an_answer() {
    for first in [Clearance::AwaitingConsent, Clearance::Agreed] {
        let (_home, spool) = spool();
        let second = if first == Clearance::Agreed { Clearance::AwaitingConsent } else { Clearance::Agreed };
        for (clearance, bytes) in [(first, "{}"), (second, "{2}")] {
            spool.put_for(key(1), ReportState::Ready, clearance, bytes.as_bytes()).unwrap();
        }
        let kept: Vec<_> = spool.list().iter().map(|name| name.clearance).collect();
        assert_eq!(kept, [Clearance::Agreed]);
        assert_eq!(fs::read_dir(spool.folder()).unwrap().count(), 1);
    }
}

#[test]
fn a_report_that_is_too_large_is_not_stored() {
    let (_home, spool) = spool();
    let bytes = vec![b' '; limits::STORED_REPORT + 1];
    assert!(matches!(spool.put(key(1), ReportState::Ready, &bytes), Err(SpoolError::TooLarge { .. })));
    assert!(spool.is_empty());
}

#[test]
fn of_the_two_phases_of_a_panic_the_fuller_is_kept() {
    let (_home, spool) = spool();
    let (id, time, fingerprint) = key(1);
    drop(spool.put((id, time, None), ReportState::Unresolved, b"{first}").unwrap());
    let full = spool.put((id, time, fingerprint), ReportState::Unresolved, b"{second}").unwrap();
    assert_eq!(spool.list(), std::slice::from_ref(&full.name));
    assert_eq!(spool.list(), [full.name]);
}

#[test]
fn a_panic_is_held_while_its_process_lives() {
    let (_home, spool) = spool();
    let stored = spool.put(key(1), ReportState::Unresolved, b"{}").unwrap();
    assert!(spool.is_process_alive(&stored.name));
    let name = stored.name.clone();
    drop(stored);
    assert!(!spool.is_process_alive(&name));
    let resolved = spool.resolve(&name, ReportState::Fatal).unwrap();
    assert_eq!(spool.list(), [resolved]);
}

#[test]
fn one_sender_at_a_time() {
    let (_home, spool) = spool();
    let lock = spool.lock_sender();
    assert!(lock.as_ref().is_ok_and(|lock| lock.obstacle().is_none()));
    assert!(matches!(spool.lock_sender(), Err(LockError::Held)));
    drop(lock);
    assert!(spool.lock_sender().is_ok());
}

#[test]
fn purge_leaves_nothing() {
    let (_home, spool) = spool();
    let stored = spool.put(key(1), ReportState::Ready, b"{}").unwrap();
    spool.quarantine(&stored.name);
    spool.put(key(2), ReportState::Ready, b"{}").unwrap();
    drop(spool.lock_sender());
    fs::write(spool.folder().join(clear::draft(&stored.name)), "half a rep").unwrap();
    assert_eq!(spool.purge().unwrap(), 1);
    assert!(!spool.folder().exists());
    assert_eq!(spool.purge().unwrap(), 0);
}

#[test]
fn purge_leaves_what_has_no_name_of_ours() {
    let (_home, spool) = spool();
    spool.put(key(1), ReportState::Ready, b"{}").unwrap();
    fs::write(spool.folder().join("notes.txt"), "mine").unwrap();
    assert_eq!(spool.purge().unwrap(), 1);
    let left: Vec<_> = fs::read_dir(spool.folder()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}
