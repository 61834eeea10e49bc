//! Files that the user may keep elsewhere and link to, as dotfile managers do. Opening such a file neither blocks nor
//! trusts another user's link.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform;

/// The real path of a file: its own path, or the target of a link. `None` for a link without a target.
///
/// # Errors
/// [`Refusal::ForeignOwner`] if the link is another user's, or the system's error. A missing file is no error.
pub fn follow(path: &Path) -> io::Result<Option<PathBuf>> {
    match platform::look_at_link(path) {
        Ok(found) if found.kind == Kind::Link => {
            check_link(&found)?;
            Ok(fs::canonicalize(path).ok())
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(_) | Err(_) => Ok(Some(path.to_owned())),
    }
}

/// Opens a file for reading, also through a link of the user. It never waits for the other end of a pipe, and a
/// terminal does not become the controlling terminal of the process. The caller must check the returned [`Found`],
/// because only the owner of the link is checked here.
///
/// # Errors
/// [`Refusal::ForeignOwner`] if the link is another user's, or the system's error.
pub fn open_linked(path: &Path) -> io::Result<(File, Found)> {
    let file = platform::open_following(path)?;
    let found = platform::found_open(&file)?;
    if let Ok(link) = platform::look_at_link(path)
        && link.kind == Kind::Link
    {
        check_link(&link)?;
    }
    Ok((file, found))
}

/// The kind, owner and mode of a path's target. Links are followed, whoever owns them.
///
/// # Errors
/// When there is no target, or the system's error.
pub fn look_linked(path: &Path) -> io::Result<Found> {
    platform::look_at(path)
}

fn check_link(link: &Found) -> Result<(), Refusal> {
    match link.owner {
        Owner::Own | Owner::Root => Ok(()),
        Owner::Other(_) => Err(Refusal::ForeignOwner),
    }
}
