//! Folders and files of the spool and the sent log: ours alone, mode 0700 and 0600, no links, no other owner.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// A temporary file that is older belongs to a process that died while it wrote.
const STRAY: Duration = Duration::from_secs(60 * 60);

/// Makes the folder if it is missing, and refuses one that is a link or somebody else's.
pub(crate) fn ensure(folder: &Path) -> io::Result<()> {
    match check(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            make(folder)?;
            check(folder)
        }
        checked => checked,
    }
}

fn check(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "its folder is a link or a file"));
    }
    owned(&found)
}

/// Creates a file that did not exist.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).read(true).create_new(true);
    private(&mut options);
    options.open(path)
}

/// Opens a regular file of ours, never through a link.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    private(&mut options);
    let file = options.open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

fn regular(found: &fs::Metadata) -> io::Result<()> {
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    owned(found)
}

/// Does something lie there that is no regular file of ours, and never will be?
pub(crate) fn is_foreign(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| regular(&found).is_err())
}

/// Opens a lock file of ours, and makes it when it is missing.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private(&mut options);
    let file = options.open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

/// Puts a file in the place of another, whole or not at all.
///
/// Windows does not everywhere replace a file that somebody has open: on network shares and FAT, or while a virus
/// scanner looks at it. Readers are done in a moment, so it waits one.
pub(crate) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    const PATIENCE: Duration = Duration::from_millis(500);
    const SHARING_VIOLATION: i32 = 32;

    let open = |error: &io::Error| {
        error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(SHARING_VIOLATION)
    };
    let start = Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error) if cfg!(windows) && open(&error) && start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(2));
            }
            replaced => return replaced,
        }
    }
}

/// Removes temporary files that nobody will finish.
pub(crate) fn remove_strays(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let stray = entry.path().extension().is_some_and(|e| e == "tmp")
            && entry
                .metadata()
                .and_then(|m| m.modified())
                .is_ok_and(|at| at.elapsed().is_ok_and(|d| d > STRAY));
        if stray {
            // Another process may be tidying too.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// For the user alone, never through a link, never waiting for the other end of a pipe.
#[cfg(unix)]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    // NONBLOCK: a planted pipe must not hold us at `open`. It means nothing for a regular file.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

#[cfg(unix)]
fn owned(found: &fs::Metadata) -> io::Result<()> {
    owned_by(found, rustix::process::geteuid().as_raw())
}

#[cfg(unix)]
fn owned_by(found: &fs::Metadata, user: u32) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    if found.uid() == user {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user"))
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).create(folder)
}

/// Opens a link itself, which is then no regular file. Whom it is for is said by the access list of its folder.
#[cfg(windows)]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::windows::fs::OpenOptionsExt;
    // FILE_FLAG_OPEN_REPARSE_POINT (CreateFileW).
    options.custom_flags(0x0020_0000)
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Elsewhere than on Unix the user's profile folder is private by its access list.
#[cfg(not(unix))]
fn owned(_: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, symlink};

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        let found = create(&file).unwrap().metadata().unwrap();
        assert!(owned_by(&found, found.uid()).is_ok());
        let refused = owned_by(&found, found.uid() + 1).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);

        if !rustix::process::geteuid().is_root() {
            println!("not root: nothing can be given to another user");
            return;
        }
        let folder = home.path().join("folder");
        ensure(&folder).unwrap();
        for path in [&file, &folder] {
            rustix::fs::chown(path, Some(rustix::process::Uid::from_raw(61_235)), None).unwrap();
        }
        assert!(is_foreign(&file));
        for refused in [open(&file).map(drop), open_lock(&file).map(drop), ensure(&folder)] {
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        }
    }

    #[test]
    fn a_file_is_created_where_there_was_none_and_never_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let (theirs, link) = (home.path().join("theirs"), home.path().join("link"));
        fs::write(&theirs, "theirs").unwrap();
        symlink(&theirs, &link).unwrap();
        symlink(home.path().join("nowhere"), home.path().join("dangling")).unwrap();
        for path in [&theirs, &link, &home.path().join("dangling")] {
            assert_eq!(create(path).unwrap_err().kind(), io::ErrorKind::AlreadyExists, "{path:?}");
        }
        assert!(open(&link).is_err() && open_lock(&link).is_err());
        assert_eq!([&theirs, &link, home.path()].map(is_foreign), [false, true, true]);
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
        assert!(!home.path().join("nowhere").exists());
    }

    #[test]
    fn a_temporary_file_is_a_stray_after_an_hour() {
        let home = tempfile::tempdir().unwrap();
        for (name, age) in [("old.tmp", 61), ("new.tmp", 59), ("old.report", 61)] {
            let file = create(&home.path().join(name)).unwrap();
            let written = fs::metadata(home.path()).unwrap().modified().unwrap();
            file.set_modified(written - Duration::from_secs(age * 60)).unwrap();
        }
        remove_strays(home.path());
        let left = |name| home.path().join(name).exists();
        assert_eq!((left("old.tmp"), left("new.tmp"), left("old.report")), (false, true, true));
    }
}
