//! Files at paths where a report may or may not be written, and what then happens to the report.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crawl4ai_telemetry_core::{App, Event, Level, Privacy, Report, ReportId, Sanitizer, SendError};
use crawl4ai_telemetry_core::{TelemetryProvider, Timestamp};

use crate::FileProvider;

fn report() -> Report {
    let event = Event::new(ReportId::from_bytes([1; 16]), Timestamp::from_millis(u64::MAX), Level::Error);
    Sanitizer::new().report(&App::new("my-tool", "1.4.0"), event, Privacy::Standard)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Checks that the path is refused until somebody acts: initialization fails, and reports are kept.
#[track_caller]
fn assert_refused(path: &Path, why: &str) {
    let provider = FileProvider::new(path);
    let error = provider.initialize().unwrap_err();
    assert_eq!((&*error.provider, &*error.operation), ("file", "use the file"));
    assert!(error.reason.contains(why) && error.reason.contains(path.to_str().unwrap()), "{}", error.reason);
    let error = provider.send_exception(&report()).unwrap_err();
    assert!(matches!(&error, SendError::Halt { reason, .. } if reason.contains(why)), "{error:?}");
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    assert!(fs::symlink_metadata(lock).is_err(), "nothing is created beside a place that is refused");
}

#[track_caller]
fn assert_retried(path: &Path, why: &str) {
    let provider = FileProvider::new(path);
    provider.initialize().unwrap();
    let SendError::Retry { after: None, reason, .. } = provider.send_exception(&report()).unwrap_err() else {
        panic!("{} is not tried again", path.display());
    };
    assert!(reason.contains(why) && reason.contains(path.to_str().unwrap()), "{reason}");
}

#[test]
fn file_and_folder_are_created_for_this_user_alone() {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = home.path().join("a/b/reports.jsonl");
    let provider = FileProvider::new(&path);
    provider.initialize().unwrap();
    assert!(!home.path().join("a").exists(), "initialization creates nothing");
    provider.send_exception(&report()).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&home.path().join("a/b/reports.jsonl.lock")), 0o600);
    assert_eq!((mode(&home.path().join("a")), mode(&home.path().join("a/b"))), (0o700, 0o700));
    assert_eq!(mode(home.path()), 0o755, "what was there is left as it is");
}

#[test]
fn a_mode_that_somebody_chose_is_left_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("reports.jsonl");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    FileProvider::new(&path).send_exception(&report()).unwrap();
    assert_eq!(mode(&path), 0o644);
}

#[test]
fn folders_are_refused() {
    let home = tempfile::tempdir().unwrap();
    assert_refused(home.path(), "is a folder");
    for path in ["", "/", "..", "reports/", "/tmp/../"] {
        let error = FileProvider::new(path).initialize().unwrap_err();
        assert!(error.reason.contains("names a folder"), "{path:?}: {error}");
    }
}

#[test]
fn names_that_no_file_can_have_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    assert_refused(&file.join("reports.jsonl"), "below something that is not a folder");
    assert_refused(&home.path().join("a\0b"), "cannot be the name of a file");
    assert_refused(&home.path().join("a".repeat(300)), "cannot be the name of a file");
}

#[test]
fn links_are_refused_and_what_they_point_to_is_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("target");
    fs::write(&target, "").unwrap();
    for to in
        [target.as_path(), &home.path().join("nothing"), Path::new("link.jsonl"), Path::new("/dev/null")]
    {
        let link = home.path().join("link.jsonl");
        symlink(to, &link).unwrap();
        assert_refused(&link, "is a symbolic link");
        fs::remove_file(link).unwrap();
    }
    assert_eq!(fs::read(&target).unwrap(), b"");
    assert!(!home.path().join("nothing").exists());
}

#[test]
fn a_link_in_the_place_of_the_lock_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("reports.jsonl");
    let target = home.path().join("target");
    symlink(&target, home.path().join("reports.jsonl.lock")).unwrap();
    let error = FileProvider::new(&path).send_exception(&report()).unwrap_err();
    assert!(
        matches!(&error, SendError::Halt { reason, .. } if reason.contains("symbolic link")),
        "{error:?}"
    );
    assert!(!path.exists() && !target.exists());
}

#[test]
fn pipes_and_devices_are_refused_without_being_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_refused(&pipe, "is a pipe, a socket or a device");
    let error = FileProvider::new("/dev/null").initialize().unwrap_err();
    assert!(error.reason.contains("is a pipe, a socket or a device"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_refused_before_it_is_opened() {
    let error = FileProvider::new("/dev/full").send_exception(&report()).unwrap_err();
    assert!(matches!(&error, SendError::Halt { reason, .. } if reason.contains("device")), "{error:?}");
    assert!(!Path::new("/dev/full.lock").exists());
}

#[test]
fn another_users_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let own = home.path().join("reports.jsonl");
    fs::write(&own, "").unwrap();
    // Only the administrator can give a file away. Other users test with a file that the administrator owns.
    match chown(&own, Some(12_345), None) {
        Ok(()) => {
            assert_refused(&own, "belongs to another user (id 12345)");
            assert_eq!(fs::read(&own).unwrap(), b"");
        }
        Err(_) => assert_refused(Path::new("/etc/passwd"), "belongs to another user (id 0)"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_tried_again() {
    // Nobody can create files here, not even the administrator.
    assert_retried(Path::new("/sys/reports.jsonl"), "cannot open");
    assert_retried(Path::new("/sys/folder/reports.jsonl"), "cannot create the folder of");
}
