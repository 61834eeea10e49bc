//! Deletes by name: the library's own files, and empty folders. It never deletes a tree.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::found::Kind;
use crate::open::{Folder, named};

/// Age from which a temporary file belongs to a process that died while it wrote.
const STRAY: Duration = Duration::from_secs(60 * 60);

impl Folder {
    /// Removes a file. A link is removed itself, not its target.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none, or the system's error. A folder is never removed.
    pub fn remove(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        self.handle.remove(named(name.as_ref())?)
    }

    /// Removes a folder inside this one if it is empty. Returns true if it is gone.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none, or the system's error.
    pub fn remove_folder(&self, name: &str) -> io::Result<bool> {
        match self.handle.remove_folder(named(name.as_ref())?) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    /// Removes every file whose name is one of `ours`, and returns their number. Files that another process removes at
    /// the same time do not count. A folder with such a name, which this library never makes, stays unless it is empty.
    ///
    /// # Errors
    /// When the folder cannot be read, or one of the files cannot be removed; the others are still removed.
    pub fn remove_named(&self, mut ours: impl FnMut(&str) -> bool) -> io::Result<usize> {
        let names = self.names(|name| ours(name).then(|| name.to_owned()))?;
        let mut gone = 0;
        let mut failed = None;
        for name in names {
            match self.remove(&name) {
                Ok(()) => gone += 1,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(_) if self.look(&name).is_ok_and(|found| found.kind == Kind::Folder) => {
                    let _ = self.remove_folder(&name);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(gone), Err)
    }

    /// Removes abandoned temporary files: those whose name is one of `ours` and that are older than an hour.
    pub fn remove_strays(&self, mut ours: impl FnMut(&str) -> bool) {
        let stray = |name: &str| {
            let found = self.look(name).ok()?;
            (found.kind == Kind::File && found.modified.elapsed().is_ok_and(|age| age > STRAY))
                .then(|| name.to_owned())
        };
        let names = self.names(|name| if ours(name) { stray(name) } else { None });
        for name in names.unwrap_or_default() {
            // Another process may have removed it.
            let _ = self.remove(&name);
        }
    }
}
