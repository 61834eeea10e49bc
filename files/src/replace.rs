//! Writes a file whole or not at all: under a temporary name that is then renamed.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::lock::{Patience, wait_for};
use crate::open::Folder;
use crate::platform;

/// How long to wait for readers. Windows does not always replace a file that is open: on network shares and FAT, or
/// while a virus scanner reads it. Readers finish in a moment.
const READERS: Patience = Patience { longest: Duration::from_millis(500), step: Duration::from_millis(2) };

/// A file under a temporary name. Dropping it deletes the file, unless it was put in its [place](Self::place).
#[derive(Debug)]
pub struct Draft<'a> {
    // This field is dropped first, because on systems other than Unix an open file may not be deletable.
    file: File,
    temporary: Temporary<'a>,
}

/// The temporary name. Dropping it deletes its file.
#[derive(Debug)]
struct Temporary<'a> {
    folder: &'a Folder,
    name: OsString,
}

impl Folder {
    /// Creates a file under an unused temporary name.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the temporary name is taken. The file of that name is not touched.
    pub fn draft(&self, temporary: impl AsRef<OsStr>) -> io::Result<Draft<'_>> {
        let file = self.create(&temporary)?;
        let temporary = Temporary { folder: self, name: temporary.as_ref().to_owned() };
        Ok(Draft { file, temporary })
    }

    /// Like [`draft`](Self::draft), for a caller who holds a lock. A file with the temporary name was then left by a
    /// writer that died, and is deleted.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn draft_anew(&self, temporary: impl AsRef<OsStr>) -> io::Result<Draft<'_>> {
        match self.remove(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.draft(temporary)
    }
}

impl Draft<'_> {
    /// The file to write to.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the draft the group and the permissions of the file that it will replace. If the group cannot be set, the
    /// draft's group gets no rights, because they were meant for another group. With `mend`, nobody but the user may
    /// write to it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn like(&self, old: &Metadata, mend: bool) -> io::Result<()> {
        platform::like(&self.file, old, mend)
    }

    /// Renames the draft to `name`, and replaces a file of that name. The draft is closed first, because some file
    /// systems of Windows do not replace a file with an open one.
    ///
    /// # Errors
    /// When the system refuses. The draft is then deleted.
    pub fn place(self, name: impl AsRef<OsStr>) -> io::Result<()> {
        drop(self.file);
        self.temporary.put(name.as_ref())
    }

    /// Like [`place`](Self::place), but leaves the file open.
    ///
    /// # Errors
    /// Those of [`place`](Self::place).
    pub fn place_open(self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.temporary.put(name.as_ref())?;
        Ok(self.file)
    }
}

impl Temporary<'_> {
    fn put(mut self, name: &OsStr) -> io::Result<()> {
        const SHARING_VIOLATION: i32 = 32;

        let open = |error: &io::Error| {
            error.kind() == ErrorKind::PermissionDenied || error.raw_os_error() == Some(SHARING_VIOLATION)
        };
        let mut last = None;
        let put = wait_for(READERS, || match self.folder.move_to(&self.name, self.folder, name) {
            Err(error) if cfg!(windows) && open(&error) => {
                last = Some(error);
                None
            }
            moved => Some(moved),
        });
        put.unwrap_or_else(|| Err(last.unwrap_or_else(|| ErrorKind::PermissionDenied.into())))?;
        self.name.clear();
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.name.is_empty() {
            // An unfinished file is useless. If it cannot be deleted, it stays as a stray.
            let _ = self.folder.remove(&self.name);
        }
    }
}
