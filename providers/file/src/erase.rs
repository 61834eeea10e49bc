//! Removes single lines, for a user who wants their reports deleted. The other lines stay, byte for byte.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use crate::lines;
use crate::open::{Place, Trouble, passing, refused};

/// Removes the reports whose id is wanted, and returns their number.
pub(crate) fn erase(path: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<usize, Trouble> {
    let place = Place::open(path)?;
    if place.folder.look(place.name).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(0);
    }
    let _lock = place.lock()?;
    let mut file = place.to_append()?;
    let failed = |error: io::Error| passing("erase from", path, error);
    if !lines::are_ours(&mut file).map_err(failed)? {
        return Err(refused(path, "holds something other than reports; name another file"));
    }
    let gone = find(&mut file, is_wanted).map_err(failed)?;
    if !gone.is_empty() {
        keep_the_rest(&place, file, &gone).map_err(failed)?;
        place.folder.sync().map_err(failed)?;
    }
    Ok(gone.len())
}

/// The byte ranges of the wanted lines.
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

/// Replaces the file by one without the lines `gone`.
fn keep_the_rest(place: &Place<'_>, mut old: File, gone: &[Range<u64>]) -> io::Result<()> {
    // A crash during an earlier replacement may have left a draft. No process uses that draft, because this one holds
    // the lock.
    let draft = place.folder.draft_anew(place.beside(".new"))?;
    let metadata = old.metadata()?;
    draft.like(&metadata, false)?;
    let (mut new, mut from) = (draft.file(), 0);
    let end = metadata.len()..metadata.len();
    for line in gone.iter().cloned().chain(std::iter::once(end)) {
        old.seek(SeekFrom::Start(from))?;
        io::copy(&mut (&old).take(line.start.saturating_sub(from)), &mut new)?;
        from = line.end;
    }
    new.flush()?;
    new.sync_data()?;
    // The file is closed, because some file systems of Windows do not replace an open file.
    drop(old);
    draft.place(place.name)
}
