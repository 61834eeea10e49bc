//! Opening a file that somebody may have tampered with, without being held up or fooled by it.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::ConfigProblem;

/// A configuration is a page of text; what is larger is something else, and must not fill the memory.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// The whole file, `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ConfigProblem> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe without a writer would hold the open up for ever, a terminal would become ours.
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match path.symlink_metadata() {
                Ok(_) => Err(ConfigProblem::DanglingLink),
                Err(_) if lies_below_a_file(path) => Err(unreadable(ErrorKind::NotADirectory.into())),
                Err(_) => Ok(None),
            };
        }
        // What cannot be opened can still be told apart: a socket, somebody else's file.
        Err(error) => {
            let seen = path.metadata().ok().and_then(|metadata| not_ours(&metadata));
            return Err(seen.unwrap_or(unreadable(error)));
        }
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if let Some(problem) = not_ours(&metadata) {
        return Err(problem);
    }
    let mut bytes = Vec::new();
    (&file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST { Err(ConfigProblem::TooLarge) } else { Ok(Some(bytes)) }
}

/// Windows says of such a path what it says of one where nothing is.
fn lies_below_a_file(path: &Path) -> bool {
    cfg!(windows) && path.ancestors().skip(1).find_map(|f| f.metadata().ok()).is_some_and(|f| !f.is_dir())
}

fn unreadable(error: io::Error) -> ConfigProblem {
    ConfigProblem::Unreadable(error.kind())
}

fn not_ours(metadata: &Metadata) -> Option<ConfigProblem> {
    if !metadata.is_file() {
        return Some(ConfigProblem::NotAFile);
    }
    if metadata.len() > LARGEST {
        return Some(ConfigProblem::TooLarge);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Some(ConfigProblem::ForeignOwner);
        }
    }
    None
}
