//! Windows and other systems. Files are accessed by paths, because there the access list of the user's profile folder
//! decides who may read and write.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::found::{Found, Kind, Owner, Refusal};

/// The purpose of opening a file.
#[derive(Clone, Copy)]
pub(crate) enum How {
    Read,
    New,
    Append,
    Lock,
}

/// A folder that existed when it was opened.
#[derive(Debug)]
pub(crate) struct Handle(PathBuf);

impl Handle {
    pub(crate) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        open_folder(&self.0.join(name), false)
    }

    pub(crate) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(crate) fn found(&self) -> io::Result<Found> {
        look_at(&self.0)
    }

    pub(crate) fn parent(&self) -> io::Result<Found> {
        look_at(&crate::folder::parent(&self.0))
    }

    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Found> {
        look_at_link(&self.0.join(name))
    }

    pub(crate) fn open(&self, name: &OsStr, how: How) -> io::Result<File> {
        let mut options = OpenOptions::new();
        match how {
            How::Read => options.read(true),
            How::New => options.read(true).write(true).create_new(true),
            // The file is opened for writing, because on Windows the right to append does not permit the removal of a
            // torn line. The lock keeps writers apart.
            How::Append => options.read(true).write(true).create(true).truncate(false),
            How::Lock => options.write(true).create(true).truncate(false),
        };
        careful(&mut options).open(self.0.join(name))
    }

    pub(crate) fn rename(&self, from: &OsStr, folder: &Self, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), folder.0.join(to))
    }

    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.0.join(from), self.0.join(to))
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    pub(crate) fn names<T>(&self, mut known: impl FnMut(&str) -> Option<T>) -> io::Result<Vec<T>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.extend(entry?.file_name().to_str().and_then(&mut known));
        }
        Ok(names)
    }

    /// Does nothing, because folders are not synced here.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn open_folder(path: &Path, through_link: bool) -> io::Result<Handle> {
    let found = if through_link { look_at(path) } else { look_at_link(path) }?;
    if found.kind == Kind::Folder { Ok(Handle(path.to_owned())) } else { Err(Refusal::NotAFolder.into()) }
}

pub(crate) fn open_following(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(crate) fn look_at(path: &Path) -> io::Result<Found> {
    Ok(found(&fs::metadata(path)?))
}

pub(crate) fn look_at_link(path: &Path) -> io::Result<Found> {
    Ok(found(&fs::symlink_metadata(path)?))
}

pub(crate) fn found_open(file: &File) -> io::Result<Found> {
    Ok(found(&file.metadata()?))
}

pub(crate) fn is_without_locks(_: &io::Error) -> bool {
    false
}

pub(crate) fn like(_: &File, _: &Metadata, _: bool) -> io::Result<()> {
    Ok(())
}

fn found(metadata: &Metadata) -> Found {
    let kind = match metadata.file_type() {
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_file() => Kind::File,
        _ => Kind::Other,
    };
    Found {
        kind,
        owner: Owner::Own,
        is_roots: true,
        group: 0,
        group_may_write: false,
        all_may_write: false,
        size: metadata.len(),
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
    }
}

/// Makes the system open a link itself instead of its target. The result is then no regular file.
#[cfg(windows)]
fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::windows::fs::OpenOptionsExt;
    // FILE_FLAG_OPEN_REPARSE_POINT (CreateFileW).
    options.custom_flags(0x0020_0000)
}

#[cfg(not(windows))]
fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
