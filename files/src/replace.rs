//! Whole or not at all: written under a temporary name, then renamed.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::lock::{Patience, wait_for};
use crate::open::Folder;
use crate::platform;

/// Windows does not everywhere replace a file that somebody has open: on network shares and FAT, or while a virus scanner
/// looks at it. Readers are done in a moment.
const READERS: Patience = Patience { longest: Duration::from_millis(500), step: Duration::from_millis(2) };

/// A file under a temporary name. It goes when it is dropped, unless it was put in its [place](Self::place).
#[derive(Debug)]
pub struct Draft<'a> {
    // Dropped first: elsewhere than on Unix an open file may stay.
    file: File,
    temporary: Temporary<'a>,
}

/// The temporary name; the file that has it goes with it.
#[derive(Debug)]
struct Temporary<'a> {
    folder: &'a Folder,
    name: OsString,
}

impl Folder {
    /// Begins a file under a temporary name that nobody has.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when the temporary name is taken; what has it is left alone.
    pub fn draft(&self, temporary: impl AsRef<OsStr>) -> io::Result<Draft<'_>> {
        let file = self.create(&temporary)?;
        let temporary = Temporary { folder: self, name: temporary.as_ref().to_owned() };
        Ok(Draft { file, temporary })
    }

    /// The same for a caller who holds a lock: what has the temporary name was left by a writer that died, and goes.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn draft_anew(&self, temporary: impl AsRef<OsStr>) -> io::Result<Draft<'_>> {
        match self.remove(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.draft(temporary)
    }
}

impl Draft<'_> {
    /// The file, to be written.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives it the group and the permissions of the file that it will replace. What one group was allowed is not for
    /// another: where the group cannot be given, it loses its rights. With `mend`, nobody but the user may write it.
    ///
    /// # Errors
    /// When the system says no.
    pub fn like(&self, old: &Metadata, mend: bool) -> io::Result<()> {
        platform::like(&self.file, old, mend)
    }

    /// Puts it in its place, and in that of what was there. The file is closed first: some file systems of Windows replace
    /// nothing by a file that is open.
    ///
    /// # Errors
    /// When the system says no; the draft is then removed.
    pub fn place(self, name: impl AsRef<OsStr>) -> io::Result<()> {
        drop(self.file);
        self.temporary.put(name.as_ref())
    }

    /// The same, with the file left open.
    ///
    /// # Errors
    /// As [`place`](Self::place).
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
            // Half a file is nobody's; should it stay, it is a stray.
            let _ = self.folder.remove(&self.name);
        }
    }
}
