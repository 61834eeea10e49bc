//! Reads a file that others may have tampered with, without waiting for it and without being deceived by it.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::Path;

use crawl4ai_telemetry_files::{self as files, Found, Kind, OwnedFolder, Owner, Refusal};

use super::ConfigProblem;

/// The largest configuration, in bytes. A larger file is something else, and must not fill the memory.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// The file as it was read.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    /// May anybody but the user write it? Then a yes in it does not count.
    pub(super) others_may_write: bool,
    pub(super) metadata: Metadata,
}

/// The whole file; `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Content>, ConfigProblem> {
    let (file, found) = match files::open_linked(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match path.symlink_metadata() {
                Ok(_) => Err(ConfigProblem::DanglingLink),
                Err(_) if lies_below_a_file(path) => Err(unreadable(ErrorKind::NotADirectory.into())),
                Err(_) => Ok(None),
            };
        }
        Err(error) if Refusal::of(&error).is_some() => return Err(ConfigProblem::ForeignOwner),
        // The metadata may tell why it cannot be opened: it is a socket, or another user's file.
        Err(error) => {
            let seen = files::look_linked(path).ok().and_then(|found| not_ours(&found));
            return Err(seen.unwrap_or(unreadable(error)));
        }
    };
    if let Some(problem) = not_ours(&found) {
        return Err(problem);
    }
    // Checked after the file is open, because another owner of the folder could have put a link in its place.
    if let Some(folder) = path.parent()
        && OwnedFolder::at(folder).refusal().is_some()
    {
        return Err(ConfigProblem::ForeignOwner);
    }
    let metadata = file.metadata().map_err(unreadable)?;
    match files::read_at_most(&file, LARGEST).map_err(unreadable)? {
        Some(bytes) => Ok(Some(Content { bytes, others_may_write: found.others_may_write(), metadata })),
        None => Err(ConfigProblem::TooLarge),
    }
}

/// Needed on Windows, whose error for such a path is the one for a missing file.
fn lies_below_a_file(path: &Path) -> bool {
    cfg!(windows) && path.ancestors().skip(1).find_map(|f| f.metadata().ok()).is_some_and(|f| !f.is_dir())
}

fn unreadable(error: io::Error) -> ConfigProblem {
    ConfigProblem::Unreadable(error.kind())
}

fn not_ours(found: &Found) -> Option<ConfigProblem> {
    if found.kind != Kind::File {
        return Some(ConfigProblem::NotAFile);
    }
    if found.size > LARGEST {
        return Some(ConfigProblem::TooLarge);
    }
    (found.owner != Owner::Own).then_some(ConfigProblem::ForeignOwner)
}
