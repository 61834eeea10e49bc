use super::*;
use std::path::PathBuf;
use std::{fs, thread};

use crate::store::limits::Limits;
use crawl4ai_telemetry_core::{Loss, ReportId, Timestamp};

const LIMITS: Limits = Limits { per_hour: 3, per_day: 5, per_bug_and_hour: 2 };

fn admitted(file: &DeliveryStateFile) -> usize {
    let bug = "00000000000000aa".parse().unwrap();
    let once = || file.update(|state| state.admit(bug, Timestamp::from_millis(0), LIMITS));
    (0..9).filter(|_| once()).count()
}

#[test]
fn limits_outlive_the_process() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(admitted(&DeliveryStateFile::below(Some(home.path()))), 2);
    assert_eq!(admitted(&DeliveryStateFile::below(Some(home.path()))), 0);
}

#[test]
fn without_a_folder_they_hold_for_the_process() {
    for file in
        [DeliveryStateFile::below(None), DeliveryStateFile::below(Some(Path::new("/proc/self/nothing")))]
    {
        assert_eq!(admitted(&file), 2);
        assert_eq!(admitted(&file), 0);
    }
}

#[test]
fn a_damaged_book_is_begun_anew() {
    let home = tempfile::tempdir().unwrap();
    let file = DeliveryStateFile::below(Some(home.path()));
    admitted(&file);
    for content in ["", "{", "[]", "\u{0}", "{\"hour\": \"x\"}", "{\"failures\": -1}"] {
        fs::write(home.path().join("telemetry/ledger.json"), content).unwrap();
        assert_eq!(admitted(&file), 2, "{content}");
    }
}

/// A folder in the place of the draft, which keeps this process from writing, root too.
fn obstacle(home: &Path) -> PathBuf {
    let folder = home.join("telemetry").join(store::draft_of(DRAFT));
    fs::create_dir_all(folder.join("full")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(home.join("telemetry"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    folder
}

fn lost(n: u64) -> Losses {
    let mut losses = Losses::default();
    losses.add(Loss::RateLimited, n);
    losses
}

#[test]
fn what_cannot_be_written_is_remembered_and_written_later() {
    let home = tempfile::tempdir().unwrap();
    let file = DeliveryStateFile::below(Some(home.path()));
    let obstacle = obstacle(home.path());
    for n in 1..10 {
        file.update(|state| state.failures += 1);
        assert_eq!(file.read().failures, n);
    }
    assert_eq!((admitted(&file), admitted(&file)), (2, 0));
    let id = ReportId::from_bytes([1; 16]);
    (0..2).for_each(|_| file.update(|state| state.note_asked(id, [id].into_iter())));
    assert!(!file.read().may_ask(id));
    file.keep_unreported(&lost(3));
    file.keep_unreported(&lost(4));
    assert!(file.read().has_unreported());
    assert_eq!(file.take_unreported(), lost(7));
    assert_eq!((file.take_unreported(), file.read().has_unreported()), (Losses::default(), false));
    file.keep_unreported(&lost(5));
    assert!(!home.path().join("telemetry/ledger.json").exists());

    fs::remove_dir_all(obstacle).unwrap();
    assert_eq!(admitted(&file), 0);
    let next = DeliveryStateFile::below(Some(home.path()));
    assert_eq!((next.read().failures, next.read().may_ask(id), admitted(&next)), (9, false, 0));
    assert_eq!((next.take_unreported(), file.take_unreported()), (lost(5), Losses::default()));
    assert!(!file.read().has_unreported());
}

#[test]
fn what_others_wrote_meanwhile_stays() {
    let home = tempfile::tempdir().unwrap();
    let [file, other] = [(); 2].map(|()| DeliveryStateFile::below(Some(home.path())));
    file.update(|state| state.failures = 1);
    let obstacle = obstacle(home.path());
    file.update(|state| {
        state.failures += 2;
        state.note_trouble("old");
    });
    fs::remove_dir_all(obstacle).unwrap();
    other.update(|state| {
        state.failures += 4;
        state.note_trouble("new");
    });
    assert_eq!((file.read().failures, other.read().failures), (7, 5));
    file.update(|_| ());
    assert_eq!((other.read().failures, other.read().trouble()), (7, Some("new")));
    other.update(DeliveryState::went_well);
    file.update(|_| ());
    assert_eq!((file.read().failures, other.read().failures), (0, 0), "it is added once");
}

#[test]
fn losses_on_the_disk_are_told_by_the_process_that_removes_them() {
    let home = tempfile::tempdir().unwrap();
    let [file, other] = [(); 2].map(|()| DeliveryStateFile::below(Some(home.path())));
    file.keep_unreported(&lost(5));
    let folder = file.folder.as_ref().unwrap().create().unwrap();
    let held = folder.lock(LOCK, PATIENCE).unwrap();
    file.keep_unreported(&lost(2));
    drop(held);
    let obstacle = obstacle(home.path());
    assert_eq!(file.take_unreported(), lost(2), "its own");
    assert!(file.read().has_unreported());
    fs::remove_dir_all(obstacle).unwrap();
    assert_eq!((other.take_unreported(), file.take_unreported()), (lost(5), Losses::default()));
}

#[test]
fn the_draft_of_a_dead_process_is_removed_after_an_hour() {
    let home = tempfile::tempdir().unwrap();
    let file = DeliveryStateFile::below(Some(home.path()));
    let folder = file.folder.as_ref().unwrap().create().unwrap();
    for (name, minutes) in [("ledger-4711.tmp", 61), ("ledger-4712.tmp", 59), ("ledger-mine.tmp", 61)] {
        let draft = folder.create(name).unwrap();
        let written = draft.metadata().unwrap().modified().unwrap();
        draft.set_modified(written - Duration::from_secs(minutes * 60)).unwrap();
    }
    file.update(|state| state.failures += 1);
    let mut left = folder.names(|name| name.ends_with(".tmp").then(|| name.to_owned())).unwrap();
    left.sort();
    assert_eq!(left, ["ledger-4712.tmp", "ledger-mine.tmp"]);
}

#[test]
fn many_writers_count_every_one() {
    let home = tempfile::tempdir().unwrap();
    let count = |_| {
        let file = DeliveryStateFile::below(Some(home.path()));
        (0..25).for_each(|_| file.update(|state| state.failures += 1));
    };
    thread::scope(|scope| {
        for n in 0..8 {
            thread::Builder::new().spawn_scoped(scope, move || count(n)).unwrap();
        }
    });
    assert_eq!(DeliveryStateFile::below(Some(home.path())).read().failures, 200);
}
