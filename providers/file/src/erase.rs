//! Removes single lines, for a user who wants their reports deleted. The other lines stay, byte for byte.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use crate::lines::{self, Line};
use crate::open::{Place, Trouble, passing, refused};

/// Most line numbers in a list: as many as a person looks for in an editor.
const NAMED: usize = 20;

/// What [`FileProvider::erase`](crate::FileProvider::erase) removed, and what it could not read. The example of `erase`
/// makes one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// Number of reports that were removed.
    pub reports: usize,
    /// The numbers of lines that name one of the reports but cannot be read, such as a line that a power cut tore. The
    /// list has the first 20 of them, counted from 1 in the file as it is now. The lines are kept, because a line may
    /// contain another report too.
    pub torn_lines: Vec<u64>,
    /// The numbers of other lines that cannot be read, at most 20 of them. A part of a report may be in these lines.
    pub unreadable_lines: Vec<u64>,
    /// Number of lines that cannot be read and are in neither list.
    pub unlisted_lines: u64,
}

impl Erased {
    fn note(&mut self, number: u64, names_one: bool) {
        let list = if names_one { &mut self.torn_lines } else { &mut self.unreadable_lines };
        if list.len() < NAMED {
            list.push(number);
        } else {
            self.unlisted_lines += 1;
        }
    }
}

/// Removes the reports whose id is wanted, and returns what it removed and could not read.
pub(crate) fn erase(path: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Erased, Trouble> {
    let place = Place::open(path)?;
    if place.folder.look(place.name).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(Erased::default());
    }
    let _lock = place.lock()?;
    let mut file = place.to_append()?;
    let failed = |error: io::Error| passing("erase from", path, error);
    if !lines::are_ours(&mut file).map_err(failed)? {
        return Err(refused(path, "holds something other than reports; name another file"));
    }
    let (gone, erased) = find(&mut file, is_wanted).map_err(failed)?;
    if !gone.is_empty() {
        keep_the_rest(&place, file, &gone).map_err(failed)?;
        place.folder.sync().map_err(failed)?;
    }
    Ok(erased)
}

/// The byte ranges of the wanted lines, and the result of the erasure.
fn find(file: &mut File, is_wanted: impl Fn(&str) -> bool) -> io::Result<(Vec<Range<u64>>, Erased)> {
    file.seek(SeekFrom::Start(0))?;
    let (mut reader, mut line) = (BufReader::new(file), Vec::new());
    let (mut at, mut stay, mut gone, mut erased) = (0, 0, Vec::new(), Erased::default());
    loop {
        let n = lines::next_line(&mut reader, &mut line)?;
        if n == 0 {
            return Ok((gone, erased));
        }
        let read = Line::read(&line);
        if matches!(&read, Line::Report(id) if is_wanted(id)) {
            gone.push(at..at + n);
            erased.reports += 1;
        } else {
            stay += 1;
            if read == Line::Unreadable {
                erased.note(stay, lines::names_any(&line, &is_wanted));
            }
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
