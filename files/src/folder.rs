//! The folder of a user: where it stands, and the rule of the crate's documentation along its path.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::found::{Found, Kind, Refusal};
use crate::open::Folder;
use crate::platform::{self, Handle};

/// Where a folder of the user's stands: the program's own folder and the names below it. Touches nothing.
///
/// The example of the crate makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFolder {
    root: PathBuf,
    below: Vec<&'static str>,
}

/// What is asked of a folder's mode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// Nobody else may write it.
    Private,
    /// Any: who only deletes believes nothing.
    Any,
}

impl OwnedFolder {
    /// The program's own folder, such as `~/.tool`. A relative path counts from the working folder of each use.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), below: Vec::new() }
    }

    /// A folder in it.
    #[must_use]
    pub fn folder(mut self, name: &'static str) -> Self {
        self.below.push(name);
        self
    }

    /// Its path, to be shown.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(&self.below);
        path
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is none, a [`Refusal`] when it is not one to be used, or what the system says.
    pub fn open(&self) -> io::Result<Folder> {
        walk(open_root(&self.root)?, &self.below, false, Modes::Private)
    }

    /// Opens it to delete from it: it may be one that others may write.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_to_delete(&self) -> io::Result<Folder> {
        walk(open_root(&self.root)?, &self.below, false, Modes::Any)
    }

    /// Opens it, and makes what is missing of it for the user alone, mode 0700. What exists keeps its mode.
    ///
    /// # Errors
    /// As [`open`](Self::open), or when it cannot be made.
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

    /// Removes it if nothing is in it. True when it is gone.
    ///
    /// # Errors
    /// When the folder above it is not one to be used, or the system says no.
    pub fn remove_if_empty(&self) -> io::Result<bool> {
        let Some((name, above)) = self.below.split_last() else { return Ok(false) };
        let above = open_root(&self.root).and_then(|root| walk(root, above, false, Modes::Any));
        match above.and_then(|above| above.remove_folder(name)) {
            Ok(gone) => Ok(gone),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// What keeps it from being used, if anything; a folder that is not there yet is no problem.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        Refusal::of(&self.open().err()?)
    }
}

/// From an open folder down the names, each checked once it is open.
fn walk(root: Handle, names: &[&str], make: bool, modes: Modes) -> io::Result<Folder> {
    let mut folder = Folder::of(root);
    for name in names {
        folder = if make { folder.create_folder(name)? } else { folder.folder(name)? };
        if modes == Modes::Private && folder.found()?.is_shared() {
            return Err(Refusal::Shared.into());
        }
    }
    Ok(folder)
}

/// Opens the program's own folder, which may be a link of the user's.
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
    // Of the folder that was opened, wherever a link led to.
    trusted(&handle.parent()?).map_err(|_| Refusal::BelowForeign)?;
    Ok(handle)
}

fn trusted(found: &Found) -> Result<(), Refusal> {
    if found.is_trusted_owner() { Ok(()) } else { Err(Refusal::ForeignOwner) }
}

/// Makes a folder, and those above it, for the user alone. One that exists is left as it is. From the first that exists on,
/// each is made in the open one above it.
///
/// # Errors
/// [`Refusal::BelowForeign`] when the first folder above it that exists is another user's, or what the system says.
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

/// The folder of a path; of a bare name, the one that the program works in.
pub(crate) fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) => PathBuf::from("."),
        None => path.to_owned(),
    }
}
