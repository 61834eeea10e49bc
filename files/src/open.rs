//! An open folder, and the files in it by name.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform::{self, Handle, How};

/// An open folder. The files in it are identified by name. A name that contains a separator is refused.
#[derive(Debug)]
pub struct Folder {
    pub(crate) handle: Handle,
}

impl Folder {
    pub(crate) fn of(handle: Handle) -> Self {
        Self { handle }
    }

    /// Opens a folder that the user named, whoever owns it. Each file in it is checked when it is opened.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn anywhere(path: &Path) -> io::Result<Self> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        platform::open_folder(path, true).map(Self::of)
    }

    /// Opens a folder inside this one. It must belong to the user and must not be a link.
    ///
    /// # Errors
    /// A [`Refusal`], or the system's error.
    pub fn folder(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let name = named(name.as_ref())?;
        let opened = match self.handle.folder(name) {
            Ok(handle) => Self::of(handle),
            Err(error) => {
                return Err(match self.look(name) {
                    Ok(found) if found.kind == Kind::Link => Refusal::Link.into(),
                    Ok(found) if found.kind != Kind::Folder => Refusal::NotAFolder.into(),
                    Ok(_) | Err(_) => error,
                });
            }
        };
        match opened.found()?.owner {
            Owner::Own => Ok(opened),
            Owner::Root | Owner::Other(_) => Err(Refusal::ForeignOwner.into()),
        }
    }

    /// Opens a folder inside this one like [`folder`](Self::folder), and creates it with mode 0700 if it is missing.
    ///
    /// # Errors
    /// Those of [`folder`](Self::folder), or when it cannot be created.
    pub fn create_folder(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let name = named(name.as_ref())?;
        match self.folder(name) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        match self.handle.make_folder(name) {
            // Another process has created it.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => self.folder(name),
        }
    }

    /// The kind, owner and mode of the folder itself.
    ///
    /// # Errors
    /// When the system refuses to tell.
    pub fn found(&self) -> io::Result<Found> {
        self.handle.found()
    }

    /// The kind and owner of the object with this name. For a link they describe the link itself.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when nothing has this name.
    pub fn look(&self, name: impl AsRef<OsStr>) -> io::Result<Found> {
        self.handle.look(named(name.as_ref())?)
    }

    /// Does this name refer to anything other than a private regular file of the user?
    #[must_use]
    pub fn is_foreign(&self, name: &str) -> bool {
        self.look(name).is_ok_and(|found| found.check_file().is_err() || found.is_shared())
    }

    /// The results of `known` for the names in the folder, in no order. Names that are not text are skipped.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names<T>(&self, known: impl FnMut(&str) -> Option<T>) -> io::Result<Vec<T>> {
        self.handle.names(known)
    }

    /// Creates a file that did not exist, for the user alone.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when anything has this name, even a link.
    pub fn create(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.handle.open(named(name.as_ref())?, How::New)
    }

    /// Opens a file for reading. It must be a regular file of the user to which nobody else may write.
    ///
    /// # Errors
    /// A [`Refusal`], or the system's error.
    pub fn open(&self, name: &str) -> io::Result<File> {
        let file = self.handle.open(named(name.as_ref())?, How::Read)?;
        let found = platform::found_open(&file)?;
        found.check_file()?;
        if found.is_shared() { Err(Refusal::Shared.into()) } else { Ok(file) }
    }

    /// Opens a file to read and append to, and creates it if it is missing. The caller must check the returned
    /// [`Found`].
    ///
    /// # Errors
    /// When it cannot be opened, or is a link.
    pub fn append(&self, name: impl AsRef<OsStr>) -> io::Result<(File, Found)> {
        let file = self.handle.open(named(name.as_ref())?, How::Append)?;
        let found = platform::found_open(&file)?;
        Ok((file, found))
    }

    /// Renames a file, and replaces a file of the new name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.move_to(from, self, to)
    }

    /// Moves a file to another folder.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn move_to(&self, from: impl AsRef<OsStr>, folder: &Self, to: impl AsRef<OsStr>) -> io::Result<()> {
        self.handle.rename(named(from.as_ref())?, &folder.handle, named(to.as_ref())?)
    }

    /// Gives a file a second name.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`], or the system's error, because not every file system supports second names.
    pub fn link(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        self.handle.link(named(from.as_ref())?, named(to.as_ref())?)
    }

    /// Makes new names survive a power cut. If a file system or Windows cannot do this, it is no error, because nothing
    /// better is possible there.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync(&self) -> io::Result<()> {
        match self.handle.sync() {
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            synced => synced,
        }
    }
}

/// Accepts one name: not a path, not the folder itself, not its parent.
pub(crate) fn named(name: &OsStr) -> io::Result<&OsStr> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(std::path::Component::Normal(part)), None) if part == name => Ok(name),
        _ => Err(io::Error::new(ErrorKind::InvalidFilename, "it is not the name of a file")),
    }
}

/// Reads all bytes of a file. Returns `None` when there are more than `most`.
///
/// # Errors
/// When the file cannot be read.
pub fn read_at_most(file: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
