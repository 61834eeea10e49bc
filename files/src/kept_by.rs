//! A file that a person with higher rights keeps for the user, as an administrator does. It is read, never written.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::folder::parent;
use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform::{self, How};

/// The required owner of a file and of its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeper {
    /// Root.
    Root,
    /// Root or the user.
    RootOrUser,
}

/// Opens a file for reading if the file and its folder belong to the keeper, nobody else may write to them, and neither
/// is a link. If the file does not exist, the owner of the folder does not matter.
///
/// On Windows, owners and modes are not checked.
///
/// ```
/// use crawl4ai_telemetry_files::{Keeper, Refusal, open_kept_by};
///
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("telemetry.json");
/// let none = open_kept_by(&path, Keeper::RootOrUser).unwrap_err();
/// assert_eq!(none.kind(), std::io::ErrorKind::NotFound);
///
/// std::fs::create_dir(&path)?;
/// let refused = open_kept_by(&path, Keeper::RootOrUser).unwrap_err();
/// assert_eq!(Refusal::of(&refused), Some(Refusal::NotAFile));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::NotFound`] when there is no file, a [`Refusal`] when it cannot be trusted, or the system's error.
pub fn open_kept_by(path: &Path, keeper: Keeper) -> io::Result<File> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let folder = match platform::open_folder(&parent(path), false) {
        Ok(folder) => folder,
        Err(error) => return Err(without_folder(path, error)),
    };
    match folder.look(name)?.kind {
        Kind::File => {}
        Kind::Link => return Err(Refusal::Link.into()),
        Kind::Folder | Kind::Other => return Err(Refusal::NotAFile.into()),
    }
    check(&folder.found()?, keeper)?;
    let file = folder.open(name, How::Read)?;
    // The opened file is checked, because it may have been exchanged since the look at its name.
    let found = platform::found_open(&file)?;
    if found.kind != Kind::File {
        return Err(Refusal::NotAFile.into());
    }
    check(&found, keeper)?;
    Ok(file)
}

/// The error if the folder could not be opened. If a link or a file is in the folder's place, the requested file may
/// exist behind the link.
fn without_folder(path: &Path, error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::NotFound {
        return error;
    }
    let stands_for = |path: &Path, kinds: &[Kind]| {
        platform::look_at_link(path).is_ok_and(|found| kinds.contains(&found.kind))
    };
    if !stands_for(&parent(path), &[Kind::Link, Kind::File, Kind::Other]) {
        return error;
    }
    match platform::look_at_link(path) {
        Err(none) if matches!(none.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            ErrorKind::NotFound.into()
        }
        Ok(_) | Err(_) => Refusal::Link.into(),
    }
}

fn check(found: &Found, keeper: Keeper) -> Result<(), Refusal> {
    let is_kept = match keeper {
        Keeper::Root => found.is_roots,
        Keeper::RootOrUser => found.is_roots || found.owner == Owner::Own,
    };
    match (is_kept, found.is_shared()) {
        (false, _) => Err(Refusal::ForeignOwner),
        (true, true) => Err(Refusal::Shared),
        (true, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
