//! Files in the spool that are no reports: links, pipes, and files of other users.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn folders_and_files_are_ours_alone() {
    let (_home, spool) = spool();
    let stored = spool.put(key(1), ReportState::Ready, b"{}").unwrap();
    assert_eq!(mode(&spool.folder()), 0o700);
    assert_eq!(mode(&spool.path(&stored.name)), 0o600);
}

#[test]
fn a_temporary_name_that_is_taken_is_left_alone() {
    let (home, spool) = spool();
    let stored = spool.put(key(1), ReportState::Ready, b"{}").unwrap();
    let temporary =
        |bytes: &[u8]| spool.folder().join(format!(".{}-{:016x}.tmp", stored.name.id, checksum(bytes)));
    let theirs = home.path().join("theirs");
    fs::write(&theirs, "theirs").unwrap();
    symlink(&theirs, temporary(b"{2}")).unwrap();
    assert!(spool.put(key(1), ReportState::Ready, b"{2}").is_err());
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
}

#[test]
fn what_is_no_file_of_ours_is_refused_and_set_aside() {
    let (home, spool) = spool();
    let elsewhere = home.path().join("elsewhere");
    fs::write(&elsewhere, b"{}").unwrap();
    let link = |path: &Path| symlink(&elsewhere, path).unwrap();
    let pipe = |path: &Path| {
        let (at, kind) = (rustix::fs::CWD, rustix::fs::FileType::Fifo);
        rustix::fs::mknodat(at, path, kind, rustix::fs::Mode::RUSR, 0).unwrap();
    };
    let folder = |path: &Path| fs::create_dir(path).unwrap();
    let another_users = |path: &Path| {
        fs::write(path, b"{}").unwrap();
        rustix::fs::chown(path, Some(rustix::process::Uid::from_raw(61_237)), None).unwrap();
    };
    type Plant<'a> = &'a dyn Fn(&Path);
    let plants: [(u8, Plant<'_>); 4] = [(1, &link), (2, &pipe), (3, &folder), (4, &another_users)];
    // Only root can give a file to another user.
    let possible = if rustix::process::geteuid().is_root() { 4 } else { 3 };
    for (n, plant) in &plants[..possible] {
        let stored = spool.put(key(*n), ReportState::Ready, b"{}").unwrap();
        fs::remove_file(spool.path(&stored.name)).unwrap();
        plant(&spool.path(&stored.name));
        assert!(matches!(spool.read(&stored.name), Err(SpoolError::Foreign)), "{n}");
    }
    assert!(spool.list().is_empty(), "and not tried again");
    assert_eq!(fs::read_dir(spool.folder().join(QUARANTINE)).unwrap().count(), possible);
    assert_eq!(fs::read(&elsewhere).unwrap(), b"{}");
}

#[test]
fn in_a_folder_that_others_may_write_nothing_is_believed_and_what_is_too_old_goes() {
    let (_home, spool) = spool();
    let name = spool.put(key(1), ReportState::Ready, b"{}").unwrap().name;
    let asked = spool.ask_again(&name).unwrap();
    let open = |mode| fs::set_permissions(spool.folder(), fs::Permissions::from_mode(mode)).unwrap();
    open(0o770);
    let problem = spool.problem().unwrap();
    assert_eq!((problem.is_whole, &*problem.why), (true, "cannot be used: it may be written by others"));
    assert!(spool.list().is_empty() && spool.is_empty() && spool.read(&asked).is_err());
    assert!(spool.put(key(2), ReportState::Ready, b"{}").is_err());
    let month = Timestamp::from_millis(31 * 24 * 60 * 60 * 1000);
    let overdue = SpoolContents { overdue: true, ..SpoolContents::default() };
    assert_eq!(spool.contents(|| Timestamp::from_millis(1)), SpoolContents::default());
    assert_eq!(spool.contents(|| month), overdue);
    assert_eq!(spool.evict(month), (1, 0));
    open(0o700);
    assert!(spool.list().is_empty());
}

#[test]
fn a_folder_that_is_a_link_is_refused() {
    let (home, spool) = spool();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir(home.path().join("telemetry")).unwrap();
    symlink(&elsewhere, spool.folder()).unwrap();
    assert!(spool.put(key(1), ReportState::Ready, b"{}").is_err());
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}
