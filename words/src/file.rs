//! A file that is read in parts, and that must not change.

use std::fs::{File, Metadata};
use std::io;
use std::time::SystemTime;

use crawl4ai_telemetry_core::own_words::Unreadable;

/// An open file, with the length and time that it had when it was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    file: File,
    len: u64,
    modified: Option<SystemTime>,
}

impl Opened {
    pub(crate) fn new(file: File) -> Result<Self, Unreadable> {
        let seen = file.metadata().map_err(|error| why(&error))?;
        // A folder or a device has no words, and reading a pipe would wait.
        if !seen.is_file() {
            return Err(Unreadable::Unknown);
        }
        Ok(Self { len: seen.len(), modified: seen.modified().ok(), file })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads `len` bytes from `offset` into `out`, all of them or none.
    pub(crate) fn read(&self, offset: u64, len: usize, out: &mut Vec<u8>) -> Result<(), Unreadable> {
        if offset.checked_add(len as u64).is_none_or(|end| end > self.len) {
            return Err(Unreadable::Contradictory);
        }
        out.resize(len, 0);
        let read = read_exact_at(&self.file, out, offset);
        let is_shorter = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
        read.map_err(|error| if is_shorter(&error) { Unreadable::Changed } else { why(&error) })
    }

    /// Is the file unchanged since it was opened? An upgrade writes a new file and does not change this one. If this
    /// file was changed in place, its words decide nothing, because some may be old and some new.
    pub(crate) fn is_unchanged(&self) -> bool {
        let same = |now: Metadata| now.len() == self.len && now.modified().ok() == self.modified;
        self.file.metadata().is_ok_and(same)
    }
}

pub(crate) fn why(error: &io::Error) -> Unreadable {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound {
        Unreadable::Missing
    } else if kind == io::ErrorKind::PermissionDenied {
        Unreadable::Denied
    } else {
        Unreadable::Failed
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut out: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !out.is_empty() {
        match file.seek_read(out, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                out = out.get_mut(read..).unwrap_or_default();
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
