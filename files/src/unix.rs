//! The system calls of Unix. Every step starts from the descriptor of an open folder.

use std::ffi::OsStr;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::found::{Found, Kind, Owner};

/// Opens a folder without the right to list it. On systems other than Linux that right is needed.
#[cfg(any(target_os = "linux", target_os = "android"))]
const LOOK: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const LOOK: OFlags = OFlags::RDONLY;

/// Follows no link, and does not wait for the other end of a pipe. `NONBLOCK` changes nothing for a regular file.
const CAREFUL: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Mode 0600: only the user has access.
const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

/// The purpose of opening a file.
#[derive(Clone, Copy)]
pub(crate) enum How {
    Read,
    New,
    Append,
    Lock,
}

/// An open folder.
#[derive(Debug)]
pub(crate) struct Handle(OwnedFd);

impl Handle {
    pub(crate) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        open_folder_at(&self.0, name.as_ref(), OFlags::NOFOLLOW)
    }

    pub(crate) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, name, Mode::RWXU)?)
    }

    pub(crate) fn found(&self) -> io::Result<Found> {
        Ok(found(&rustix::fs::fstat(&self.0)?))
    }

    /// The facts about the parent folder.
    pub(crate) fn parent(&self) -> io::Result<Found> {
        Ok(found(&rustix::fs::statat(&self.0, c"..", AtFlags::empty())?))
    }

    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Found> {
        Ok(found(&rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    pub(crate) fn open(&self, name: &OsStr, how: How) -> io::Result<File> {
        let flags = match how {
            How::Read => OFlags::RDONLY,
            How::New => OFlags::RDWR | OFlags::CREATE | OFlags::EXCL,
            How::Append => OFlags::RDWR | OFlags::APPEND | OFlags::CREATE,
            How::Lock => OFlags::WRONLY | OFlags::CREATE,
        };
        Ok(rustix::fs::openat(&self.0, name, flags | CAREFUL, PRIVATE)?.into())
    }

    pub(crate) fn rename(&self, from: &OsStr, folder: &Self, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, from, &folder.0, to)?)
    }

    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::linkat(&self.0, from, &self.0, to, AtFlags::empty())?)
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR) {
            // Some systems return this error for a folder that is not empty (rmdir(2)).
            Err(Errno::EXIST) => Err(io::ErrorKind::DirectoryNotEmpty.into()),
            removed => Ok(removed?),
        }
    }

    pub(crate) fn names<T>(&self, mut known: impl FnMut(&str) -> Option<T>) -> io::Result<Vec<T>> {
        let mut names = Vec::new();
        for entry in Dir::new(self.to_read()?)? {
            let entry = entry?;
            let name = entry.file_name().to_str().ok().filter(|name| !matches!(*name, "." | ".."));
            names.extend(name.and_then(&mut known));
        }
        Ok(names)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.to_read()?)?)
    }

    /// Opens this folder again, to list or sync it.
    fn to_read(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, c".", flags, Mode::empty())?)
    }
}

pub(crate) fn open_folder(path: &Path, through_link: bool) -> io::Result<Handle> {
    open_folder_at(CWD, path, if through_link { OFlags::empty() } else { OFlags::NOFOLLOW })
}

fn open_folder_at(at: impl AsFd, path: &Path, flags: OFlags) -> io::Result<Handle> {
    let flags = flags | LOOK | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(Handle(rustix::fs::openat(at, path, flags, Mode::empty())?))
}

/// Opens a file for reading, and follows links.
pub(crate) fn open_following(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | CAREFUL.difference(OFlags::NOFOLLOW);
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// The kind and owner of a path's target.
pub(crate) fn look_at(path: &Path) -> io::Result<Found> {
    Ok(found(&rustix::fs::stat(path)?))
}

/// The kind and owner of a path itself, even if it is a link.
pub(crate) fn look_at_link(path: &Path) -> io::Result<Found> {
    Ok(found(&rustix::fs::lstat(path)?))
}

pub(crate) fn found_open(file: &File) -> io::Result<Found> {
    Ok(found(&rustix::fs::fstat(file)?))
}

pub(crate) fn like(file: &File, old: &Metadata, mend: bool) -> io::Result<()> {
    let mut mode = old.mode() & 0o777;
    if file.metadata()?.gid() != old.gid() && fchown(file, None, Some(old.gid())).is_err() {
        mode &= !0o070;
    }
    if mend {
        mode &= !0o022;
    }
    file.set_permissions(Permissions::from_mode(mode))
}

/// `ENOLCK` means that the lock service of a network file system does not answer (flock(2)). The other errors mean that
/// the file system has no locks.
pub(crate) fn is_without_locks(error: &io::Error) -> bool {
    [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP]
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

#[allow(
    clippy::unnecessary_fallible_conversions,
    clippy::useless_conversion,
    reason = "the types of these fields differ between systems"
)]
fn found(stat: &Stat) -> Found {
    let mode = Mode::from_raw_mode(stat.st_mode);
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_symlink() => Kind::Link,
        _ => Kind::Other,
    };
    let owner = match stat.st_uid {
        user if user == rustix::process::geteuid().as_raw() => Owner::Own,
        0 => Owner::Root,
        user => Owner::Other(user),
    };
    let modified = Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or_default());
    Found {
        kind,
        owner,
        is_roots: stat.st_uid == 0,
        group: stat.st_gid,
        group_may_write: mode.contains(Mode::WGRP),
        all_may_write: mode.contains(Mode::WOTH),
        size: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: SystemTime::UNIX_EPOCH.checked_add(modified).unwrap_or(SystemTime::UNIX_EPOCH),
    }
}
