//! Taking single lines out, for somebody who wants their reports back. The other lines stay, byte for byte.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use crate::append::{beside, lock};
use crate::lines;
use crate::open::{self, Trouble, passing, refused};

/// Takes out the reports whose id is wanted, and tells how many there were.
pub(crate) fn erase(path: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<usize, Trouble> {
    open::inspect(path)?;
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(0);
    }
    let _lock = lock(&beside(path, ".lock"))?;
    let mut file = open::to_append(path)?;
    let failed = |error: io::Error| passing("erase from", path, error);
    if !lines::are_ours(&mut file).map_err(failed)? {
        return Err(refused(path, "holds something other than reports; name another file"));
    }
    let gone = find(&mut file, is_wanted).map_err(failed)?;
    if !gone.is_empty() {
        keep_the_rest(path, file, &gone).map_err(failed)?;
        open::sync_folder(open::folder(path)).map_err(failed)?;
    }
    Ok(gone.len())
}

/// Where the lines stand that are wanted, in bytes.
fn find(file: &mut File, is_wanted: impl Fn(&str) -> bool) -> io::Result<Vec<Range<u64>>> {
    file.seek(SeekFrom::Start(0))?;
    let (mut reader, mut line, mut at, mut found) = (BufReader::new(file), Vec::new(), 0, Vec::new());
    loop {
        let n = lines::next_line(&mut reader, &mut line)?;
        if n == 0 {
            return Ok(found);
        }
        if lines::report_id(&line).is_some_and(|id| is_wanted(&id)) {
            found.push(at..at + n);
        }
        at += n;
    }
}

/// Puts a file with everything but these lines in the place of the old one.
fn keep_the_rest(path: &Path, mut old: File, gone: &[Range<u64>]) -> io::Result<()> {
    let draft = beside(path, ".new");
    // A crash in here may have left one; the lock says that nobody is at work on it.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut write = || {
        let (mut new, mut from) = (open::exclusively(&draft)?, 0);
        let metadata = old.metadata()?;
        new.set_permissions(metadata.permissions())?;
        let end = metadata.len()..metadata.len();
        for line in gone.iter().cloned().chain(std::iter::once(end)) {
            old.seek(SeekFrom::Start(from))?;
            io::copy(&mut (&old).take(line.start.saturating_sub(from)), &mut new)?;
            from = line.end;
        }
        new.sync_data()
    };
    let written = write();
    // Some file systems of Windows replace no file that is open.
    drop(old);
    written.and_then(|()| fs::rename(&draft, path)).inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}
