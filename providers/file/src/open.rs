//! Opening files that stand where others may have put something else.

use std::fmt::Display;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, is_separator};

/// Why nothing was written, and whether that may pass by itself.
#[derive(Debug)]
pub(crate) enum FileError {
    /// Somebody has to change something: the path is a folder, a link, another user's file.
    Refused(String),
    /// A full disk, a folder that is read-only now, a lock that is held.
    Temporary(String),
}

/// `Temporary` with what was being done and where: `cannot append to logs/reports.jsonl: No space left on device`.
pub(crate) fn temporary(operation: &str, path: &Path, error: impl Display) -> FileError {
    FileError::Temporary(format!("cannot {operation} {}: {error}", path.display()))
}

pub(crate) fn refused(path: &Path, why: impl Display) -> FileError {
    FileError::Refused(format!("{} {why}", path.display()))
}

/// Is there a file that we may append to, or nothing yet?
pub(crate) fn inspect(path: &Path) -> Result<(), FileError> {
    let last = path.as_os_str().as_encoded_bytes().last();
    if path.file_name().is_none() || last.is_some_and(|b| is_separator(char::from(*b))) {
        return Err(refused(path, "names a folder; name a file in it"));
    }
    let error = match fs::symlink_metadata(path) {
        Ok(found) => return check(path, &found),
        Err(e) => e,
    };
    let kind = error.kind();
    if kind == ErrorKind::NotFound {
        return Ok(());
    }
    if kind == ErrorKind::NotADirectory {
        return Err(refused(path, "lies below something that is not a folder"));
    }
    if matches!(kind, ErrorKind::InvalidInput | ErrorKind::InvalidFilename) {
        return Err(refused(path, format_args!("cannot be the name of a file: {error}")));
    }
    Err(temporary("look at", path, error))
}

/// Opens a file to read and append; creates it, and its folder, for this user alone.
pub(crate) fn to_append(path: &Path) -> Result<File, FileError> {
    // The look before the open keeps devices from being opened at all, because some act on it; the look after
    // it is the one that cannot be raced.
    inspect(path)?;
    let file = match options().open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            create_folder(folder(path)).map_err(|e| temporary("create the folder of", path, e))?;
            options().open(path)
        }
        opened => opened,
    };
    let file = file.map_err(|e| match inspect(path) {
        // It became something else since we looked.
        Err(error @ FileError::Refused(_)) => error,
        Ok(()) | Err(FileError::Temporary(_)) => temporary("open", path, e),
    })?;
    let found = file.metadata().map_err(|e| temporary("look at", path, e))?;
    check(path, &found)?;
    Ok(file)
}

/// Opens a file that must not exist yet, for this user alone.
pub(crate) fn exclusively(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// The folder of a file; of a bare name, the one that the program works in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

fn check(path: &Path, found: &Metadata) -> Result<(), FileError> {
    let kind = found.file_type();
    if kind.is_symlink() {
        return Err(refused(path, "is a symbolic link; name the file that it points to"));
    }
    if kind.is_dir() {
        return Err(refused(path, "is a folder; name a file in it"));
    }
    if !kind.is_file() {
        return Err(refused(path, "is a pipe, a socket or a device; name a regular file"));
    }
    check_owner(path, found)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // The right to append is not the right to take a torn line back on Windows; the lock keeps writers apart.
    if cfg!(windows) {
        options.write(true).truncate(false)
    } else {
        options.append(true)
    };
    private(options.read(true).create(true));
    options
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;

    // NONBLOCK: a pipe that takes the file's place between look and open must not hang us. It does not change
    // how regular files behave.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

#[cfg(windows)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::windows::fs::OpenOptionsExt;

    // FILE_FLAG_OPEN_REPARSE_POINT (CreateFileW): a link is opened itself, and then refused.
    options.custom_flags(0x0020_0000)
}

#[cfg(not(any(unix, windows)))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(unix)]
fn check_owner(path: &Path, found: &Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;

    if found.uid() == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(refused(path, format_args!("belongs to another user (id {})", found.uid())))
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata) -> Result<(), FileError> {
    Ok(())
}

/// Makes a name that was just given to a file outlast a power cut.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network and user-space file systems cannot sync a folder; there is nothing better to do there.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
