#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;

/// A folder of the user with the modes that an administrator gives, and the file in it.
struct Place {
    _home: tempfile::TempDir,
    folder: PathBuf,
    file: PathBuf,
}

fn place() -> Place {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("weather");
    fs::create_dir(&folder).unwrap();
    mode(&folder, 0o755);
    let file = folder.join("telemetry.json");
    fs::write(&file, "{}").unwrap();
    mode(&file, 0o644);
    Place { file, folder, _home: home }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn refusal(path: &Path) -> Option<Refusal> {
    Refusal::of(&open_kept_by(path, Keeper::RootOrUser).unwrap_err())
}

#[test]
fn one_that_nobody_else_may_write_is_opened() {
    let place = place();
    let mut text = String::new();
    open_kept_by(&place.file, Keeper::RootOrUser).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "{}");
    // The file belongs to root if root runs the test. Otherwise it belongs to the user, and is not trusted.
    let is_root = rustix::process::geteuid().is_root();
    let opened = open_kept_by(&place.file, Keeper::Root);
    assert_eq!(opened.is_ok(), is_root);
    assert!(is_root || Refusal::of(&opened.unwrap_err()) == Some(Refusal::ForeignOwner));
}

#[test]
fn one_that_others_may_write_or_put_there_is_not() {
    let place = place();
    for (path, open, closed) in [
        (&place.file, 0o664, 0o644),
        (&place.file, 0o646, 0o644),
        (&place.folder, 0o775, 0o755),
        (&place.folder, 0o1777, 0o755),
    ] {
        mode(path, open);
        assert_eq!(refusal(&place.file), Some(Refusal::Shared), "{open:o}");
        mode(path, closed);
    }
    assert!(open_kept_by(&place.file, Keeper::RootOrUser).is_ok());
}

#[test]
fn another_users_is_not() {
    // Only root can change the owner of a file.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for folder in [false, true] {
        let place = place();
        let given = if folder { &place.folder } else { &place.file };
        std::os::unix::fs::chown(given, Some(4711), None).unwrap();
        assert_eq!(refusal(&place.file), Some(Refusal::ForeignOwner), "{}", given.display());
        if folder {
            fs::remove_file(&place.file).unwrap();
            let none = open_kept_by(&place.file, Keeper::Root).unwrap_err();
            assert_eq!(
                none.kind(),
                ErrorKind::NotFound,
                "whose a folder is without the file does not matter"
            );
        }
    }
}

#[test]
fn what_is_no_file_and_what_a_link_leads_to_is_not() {
    let place = place();
    let elsewhere = place.folder.with_file_name("elsewhere");
    fs::rename(&place.file, &elsewhere).unwrap();
    let none = open_kept_by(&place.file, Keeper::RootOrUser).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    for target in [&elsewhere, &place.folder.with_file_name("nowhere")] {
        symlink(target, &place.file).unwrap();
        assert_eq!(refusal(&place.file), Some(Refusal::Link));
        fs::remove_file(&place.file).unwrap();
    }
    fs::create_dir(&place.file).unwrap();
    assert_eq!(refusal(&place.file), Some(Refusal::NotAFile));
    fs::remove_dir(&place.file).unwrap();
    // The opening must not wait, because nobody writes to the pipe.
    let made = std::process::Command::new("mkfifo").arg(&place.file).status().unwrap();
    assert!(made.success());
    assert_eq!(refusal(&place.file), Some(Refusal::NotAFile));
}

#[test]
fn a_folder_that_is_a_link_or_a_file_hides_no_file() {
    let place = place();
    let (link, file) = (place.folder.with_file_name("link"), place.folder.with_file_name("file"));
    symlink(&place.folder, &link).unwrap();
    assert_eq!(refusal(&link.join("telemetry.json")), Some(Refusal::Link));
    fs::write(&file, "").unwrap();
    for none in
        [link.join("other.json"), file.join("telemetry.json"), file.with_file_name("gone/telemetry.json")]
    {
        let error = open_kept_by(&none, Keeper::RootOrUser).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{}", none.display());
    }
}
