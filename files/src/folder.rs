//! A folder of the user: its path, and the checks along this path that the crate's documentation lists.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::found::{Found, Kind, Refusal};
use crate::open::Folder;
use crate::platform::{self, Handle};

/// The path of a folder of the user: the program's own folder and the names below it. Making one needs no system call.
///
/// The crate's documentation has an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFolder {
    root: PathBuf,
    below: Vec<&'static str>,
}

/// The required mode of a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// Nobody else may write to it.
    Private,
    /// Any mode, because a deletion trusts no content.
    Any,
}

impl OwnedFolder {
    /// The program's own folder, such as `~/.tool`. A relative path is resolved at each use, from the working folder.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), below: Vec::new() }
    }

    /// A folder inside this one.
    #[must_use]
    pub fn folder(mut self, name: &'static str) -> Self {
        self.below.push(name);
        self
    }

    /// The path of the folder, for display.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(&self.below);
        path
    }

    /// Opens the folder, if it belongs to the user and is private.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the folder is missing, a [`Refusal`] if it may not be used, or the system's error.
    pub fn open(&self) -> io::Result<Folder> {
        walk(open_root(&self.root)?, &self.below, false, Modes::Private)
    }

    /// Opens the folder to delete from it. Others may be allowed to write to it.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_to_delete(&self) -> io::Result<Folder> {
        walk(open_root(&self.root)?, &self.below, false, Modes::Any)
    }

    /// Opens the folder, and creates missing folders for the user alone, with mode 0700. Existing folders keep their
    /// mode.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), or when the folder cannot be created.
    pub fn create(&self) -> io::Result<Folder> {
        let root = match open_root(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_folders(&self.root)?;
                open_root(&self.root)
            }
            opened => opened,
        };
        walk(root?, &self.below, true, Modes::Private)
    }

    /// Removes the folder if it is empty. Returns true if it is gone.
    ///
    /// # Errors
    /// When its parent may not be used, or the system refuses.
    pub fn remove_if_empty(&self) -> io::Result<bool> {
        let Some((name, above)) = self.below.split_last() else { return Ok(false) };
        let above = open_root(&self.root).and_then(|root| walk(root, above, false, Modes::Any));
        match above.and_then(|above| above.remove_folder(name)) {
            Ok(gone) => Ok(gone),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The reason why the content of the folder is unknown, if there is one, and the folder on its path at which the
    /// check stopped. A missing folder is no reason.
    #[must_use]
    pub fn obstacle(&self) -> Option<(PathBuf, io::Error)> {
        let mut at = self.root.clone();
        let listed = open_root(&self.root).and_then(|root| {
            let mut folder = Folder::of(root);
            for name in &self.below {
                let next = step(&folder, name, false, Modes::Private);
                // If its parent tells what the folder is, the check stopped at the folder itself. Without `O_PATH`, it
                // cannot be opened without the right to list it.
                if next.is_ok() || folder.look(name).is_ok() {
                    at.push(name);
                }
                folder = next?;
            }
            folder.names(|_| None::<()>)
        });
        listed.err().filter(|error| error.kind() != ErrorKind::NotFound).map(|error| (at, error))
    }

    /// The reason why the folder may not be used, if there is one. A missing folder is no reason.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        Refusal::of(&self.open().err()?)
    }
}

/// Opens the names below an open folder, one after the other, and checks each once it is open.
fn walk(root: Handle, names: &[&str], make: bool, modes: Modes) -> io::Result<Folder> {
    names.iter().try_fold(Folder::of(root), |folder, name| step(&folder, name, make, modes))
}

fn step(folder: &Folder, name: &str, make: bool, modes: Modes) -> io::Result<Folder> {
    let folder = if make { folder.create_folder(name)? } else { folder.folder(name)? };
    if modes == Modes::Private && folder.found()?.is_shared() {
        return Err(Refusal::Shared.into());
    }
    Ok(folder)
}

/// Opens the program's own folder, which may be a link that belongs to the user or to root.
fn open_root(path: &Path) -> io::Result<Handle> {
    let parent = platform::look_at(&parent(path))?;
    trusted(&parent).map_err(|_| Refusal::BelowForeign)?;
    let handle = match platform::open_folder(path, false) {
        Ok(handle) => handle,
        Err(error) => match platform::look_at_link(path)? {
            found if found.kind == Kind::Link => {
                trusted(&found).map_err(|_| Refusal::Link)?;
                platform::open_folder(path, true)?
            }
            found if found.kind != Kind::Folder => return Err(Refusal::NotAFolder.into()),
            _ => return Err(error),
        },
    };
    trusted(&handle.found()?)?;
    // The opened folder's parent is checked too, because it is not the parent in the path if a link was followed.
    trusted(&handle.parent()?).map_err(|_| Refusal::BelowForeign)?;
    Ok(handle)
}

fn trusted(found: &Found) -> Result<(), Refusal> {
    if found.is_trusted_owner() { Ok(()) } else { Err(Refusal::ForeignOwner) }
}

/// Creates a folder and its missing parents for the user alone. Existing folders stay as they are. Each folder is
/// created in its open parent.
///
/// # Errors
/// [`Refusal::BelowForeign`] when the nearest existing parent is another user's, or the system's error.
pub fn make_folders(path: &Path) -> io::Result<()> {
    let mut above = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let mut missing = Vec::new();
    let mut folder = loop {
        match platform::open_folder(&above, true) {
            Ok(handle) => break Folder::of(handle),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Err(error) => missing.push(above.file_name().ok_or(error)?.to_owned()),
        }
        above = parent(&above);
    };
    trusted(&folder.found()?).map_err(|_| Refusal::BelowForeign)?;
    for name in missing.into_iter().rev() {
        folder = folder.create_folder(name)?;
    }
    Ok(())
}

/// The parent of a path; for a bare name, the current folder.
pub(crate) fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) => PathBuf::from("."),
        None => path.to_owned(),
    }
}
