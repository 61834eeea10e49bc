//! A file that somebody above the user keeps for them, as an administrator does: read, never written.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::folder::parent;
use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform::{self, How};

/// Whose a file and its folder must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeper {
    /// Root's.
    Root,
    /// Root's or the user's.
    RootOrUser,
}

/// Opens a file to read it, if the file and the folder that it lies in belong to the keeper, nobody else may write
/// them, and neither is a link. Where nothing lies there it does not matter whose the folder is.
///
/// On Windows owners and modes are not looked at.
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
/// [`ErrorKind::NotFound`] when there is none, a [`Refusal`] when it is not one to be believed, or what the system
/// says.
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
    // Of what was opened, whatever lay there before.
    let found = platform::found_open(&file)?;
    if found.kind != Kind::File {
        return Err(Refusal::NotAFile.into());
    }
    check(&found, keeper)?;
    Ok(file)
}

/// What stands in the place of the folder is a link, or a file. Behind a link there may be the file that was asked for.
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
