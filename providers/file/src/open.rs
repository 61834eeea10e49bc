//! Opens files at paths where other users may have put something else.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf, is_separator};
use std::time::Duration;

use crawl4ai_telemetry_files::{
    self as files, Folder, Found, Kind, Lock, LockError, Obstacle, Owner, Patience,
};

/// Longest wait for other processes. A process holds the lock for one write and one sync, which take some milliseconds.
/// A process that holds it longer is stopped or broken, and the report can wait in the spool.
const PATIENCE: Patience = Patience { longest: Duration::from_secs(2), step: Duration::from_millis(1) };

/// The reason why nothing was written, and whether the trouble may pass by itself.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The user has to change something, because the path is a folder, a link, or another user's file.
    Refused(String),
    /// The trouble may pass by itself: a full disk, a folder that is read-only now, a lock that is held.
    Passing(String),
}

/// A [`Trouble::Passing`] whose text has the action and its path, such as `cannot append to logs/reports.jsonl: No
/// space left on device`.
pub(crate) fn passing(operation: &str, path: &Path, error: impl Display) -> Trouble {
    Trouble::Passing(format!("cannot {operation} {}: {error}", path.display()))
}

pub(crate) fn refused(path: &Path, why: impl Display) -> Trouble {
    Trouble::Refused(format!("{} {why}", path.display()))
}

/// Checks that the path is a file that may be appended to, or that nothing is there yet.
pub(crate) fn inspect(path: &Path) -> Result<(), Trouble> {
    let last = path.as_os_str().as_encoded_bytes().last();
    if path.file_name().is_none() || last.is_some_and(|b| is_separator(char::from(*b))) {
        return Err(refused(path, "names a folder; name a file in it"));
    }
    let (folder, name) = parts(path);
    let error = match Folder::anywhere(folder).and_then(|folder| folder.look(name)) {
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
    Err(passing("look at", path, error))
}

/// The folder of a path, and the name in that folder. For a name without a folder, the current folder.
fn parts(path: &Path) -> (&Path, &OsStr) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    (folder.unwrap_or(Path::new(".")), path.file_name().unwrap_or_default())
}

/// The open folder of a file, and the file's name in it.
#[derive(Debug)]
pub(crate) struct Place<'p> {
    path: &'p Path,
    pub(crate) folder: Folder,
    pub(crate) name: &'p OsStr,
}

impl<'p> Place<'p> {
    /// Opens the folder. If it is missing, it is created for this user alone, but not below another user's folder.
    pub(crate) fn open(path: &'p Path) -> Result<Self, Trouble> {
        inspect(path)?;
        let (folder, name) = parts(path);
        let opened = match Folder::anywhere(folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                files::make_folders(folder).map_err(|e| passing("create the folder of", path, e))?;
                Folder::anywhere(folder)
            }
            opened => opened,
        };
        let folder = opened.map_err(|e| passing("open the folder of", path, e))?;
        Ok(Self { path, folder, name })
    }

    /// Takes the lock for writing. On a file system without locks every process gets it, and two processes may write at
    /// once.
    pub(crate) fn lock(&self) -> Result<Lock, Trouble> {
        let (name, path) = (self.beside(".lock"), PathBuf::from(beside(self.path.as_os_str(), ".lock")));
        // Something else may have the lock's name already, or may get it after the first look.
        let look = || self.folder.look(&name).map_or(Ok(()), |found| check(&path, &found));
        look()?;
        match self.folder.lock(&name, PATIENCE) {
            Ok(lock) if lock.obstacle() == Some(Obstacle::InItsPlace) => {
                look().and(Err(passing("open", &path, Obstacle::InItsPlace)))
            }
            Ok(lock) => Ok(lock),
            Err(LockError::Held) => Err(passing("lock", &path, LockError::Held)),
            Err(LockError::Failed(e)) => Err(passing("open", &path, e)),
        }
    }

    /// Opens the file to read and append. If it is missing, it is created for this user alone.
    pub(crate) fn to_append(&self) -> Result<File, Trouble> {
        // The check before the open prevents opening a device, because some devices act when they are opened. The check
        // after the open examines the open file, so it cannot be raced.
        let look = || self.folder.look(self.name).map_or(Ok(()), |found| check(self.path, &found));
        look()?;
        let opened = self.folder.append(self.name);
        // The path may have become something else since the check.
        let (file, found) =
            opened.map_err(|e| look().err().unwrap_or_else(|| passing("open", self.path, e)))?;
        check(self.path, &found)?;
        Ok(file)
    }

    /// The file's name with a suffix, for another file in the same folder.
    pub(crate) fn beside(&self, suffix: &str) -> OsString {
        beside(self.name, suffix)
    }
}

fn beside(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

fn check(path: &Path, found: &Found) -> Result<(), Trouble> {
    match (found.kind, found.owner) {
        (Kind::Link, _) => Err(refused(path, "is a symbolic link; name the file that it points to")),
        (Kind::Folder, _) => Err(refused(path, "is a folder; name a file in it")),
        (Kind::Other, _) => Err(refused(path, "is a pipe, a socket or a device; name a regular file")),
        (Kind::File, Owner::Own) => Ok(()),
        (Kind::File, Owner::Root) => Err(refused(path, "belongs to another user (id 0)")),
        (Kind::File, Owner::Other(id)) => {
            Err(refused(path, format_args!("belongs to another user (id {id})")))
        }
    }
}

#[cfg(test)]
mod tests;
