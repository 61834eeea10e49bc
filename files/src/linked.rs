//! Files that the user may keep elsewhere and link to, as dotfile managers do. Opened without being held up or fooled.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform;

/// Where a file really is: its own path, or where a link leads. `None` for a link that leads nowhere.
///
/// # Errors
/// [`Refusal::ForeignOwner`] when the link is another user's, or what the system says; a file that is not there is none.
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

/// Opens a file to read it, also through a link of the user's. Never waits for the other end of a pipe, and no terminal
/// becomes the process's. What it is has to be looked at: nothing but the owner of the link is checked.
///
/// # Errors
/// [`Refusal::ForeignOwner`] when the link is another user's, or what the system says.
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

/// What a path leads to, through a link of anybody's.
///
/// # Errors
/// When there is nothing, or the system does not say.
pub fn look_linked(path: &Path) -> io::Result<Found> {
    platform::look_at(path)
}

fn check_link(link: &Found) -> Result<(), Refusal> {
    match link.owner {
        Owner::Own | Owner::Root => Ok(()),
        Owner::Other(_) => Err(Refusal::ForeignOwner),
    }
}
