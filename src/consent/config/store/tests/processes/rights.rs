//! Processes that may not write, or not even read.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use super::*;

/// Runs the child as a user without rights over the folder, because root may write anywhere.
fn unprivileged(test: &str, place: &Place) {
    let mut command = child(&format!("rights::{test}"), place);
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_folder_that_may_not_be_written_is_told_and_left_alone() {
    if let Some(store) = as_child() {
        assert_eq!(store.read().problem, None);
        let error = store.update(deny).unwrap_err();
        assert!(matches!(error, ConfigError::Io { .. }), "{error}");
        assert!(error.to_string().contains("config.json"), "{error}");
        return;
    }
    let place = Place::empty();
    fs::create_dir(place.folder()).unwrap();
    fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(place.folder().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    unprivileged("a_folder_that_may_not_be_written_is_told_and_left_alone", &place);
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
    fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_file_that_may_not_be_read_counts_as_a_refusal_and_is_not_replaced() {
    if let Some(store) = as_child() {
        let problem = store.read().problem.unwrap();
        assert!(problem.hides_consent());
        assert!(matches!(store.replace(now(), deny), Err(ConfigError::Refused { .. })));
        return;
    }
    let place = Place::with(b"{\"telemetry\": {\"consent\": \"always\"}}");
    if rustix::process::geteuid().is_root() {
        let nobody = rustix::process::Uid::from_raw(65_534);
        rustix::fs::chown(place.folder(), Some(nobody), None).unwrap();
        rustix::fs::chown(place.path(), Some(nobody), None).unwrap();
    }
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(place.folder().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    unprivileged("a_file_that_may_not_be_read_counts_as_a_refusal_and_is_not_replaced", &place);
    assert!(place.path().exists());
    assert_eq!(place.names(), ["config.json"]);
}
