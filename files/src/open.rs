//! An open folder, and the files in it, each by its name.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::found::{Found, Kind, Owner, Refusal};
use crate::platform::{self, Handle, How};

/// An open folder. Files in it are named, never pathed: a name with a separator in it is refused.
#[derive(Debug)]
pub struct Folder {
    pub(crate) handle: Handle,
}

impl Folder {
    pub(crate) fn of(handle: Handle) -> Self {
        Self { handle }
    }

    /// A folder that the user named, whoever it belongs to. The files in it are checked, each on its own.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn anywhere(path: &Path) -> io::Result<Self> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        platform::open_folder(path, true).map(Self::of)
    }

    /// A folder in it that is the user's own, and no link.
    ///
    /// # Errors
    /// A [`Refusal`], or what the system says.
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

    /// The same, made when it is missing, mode 0700.
    ///
    /// # Errors
    /// As [`folder`](Self::folder), or when it cannot be made.
    pub fn create_folder(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let name = named(name.as_ref())?;
        match self.folder(name) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        match self.handle.make_folder(name) {
            // Another process was faster.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => self.folder(name),
        }
    }

    /// What the folder itself looks like.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn found(&self) -> io::Result<Found> {
        self.handle.found()
    }

    /// What a name in it stands for; of a link, the link.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when it stands for nothing.
    pub fn look(&self, name: impl AsRef<OsStr>) -> io::Result<Found> {
        self.handle.look(named(name.as_ref())?)
    }

    /// Does something lie there that is no private regular file of the user's, and never will be?
    #[must_use]
    pub fn is_foreign(&self, name: &str) -> bool {
        self.look(name).is_ok_and(|found| found.check_file().is_err() || found.is_shared())
    }

    /// What `known` makes of the names in it, in no order. Names that are no text are passed over.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names<T>(&self, known: impl FnMut(&str) -> Option<T>) -> io::Result<Vec<T>> {
        self.handle.names(known)
    }

    /// Creates a file that did not exist, for the user alone.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when anything is there, a link too.
    pub fn create(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.handle.open(named(name.as_ref())?, How::New)
    }

    /// Opens a regular file of the user's that nobody else may write, to read it.
    ///
    /// # Errors
    /// A [`Refusal`], or what the system says.
    pub fn open(&self, name: &str) -> io::Result<File> {
        let file = self.handle.open(named(name.as_ref())?, How::Read)?;
        let found = platform::found_open(&file)?;
        found.check_file()?;
        if found.is_shared() { Err(Refusal::Shared.into()) } else { Ok(file) }
    }

    /// Opens a file to read and append to, and makes it when it is missing. What was opened is told with it, to be looked at.
    ///
    /// # Errors
    /// When it cannot be opened, or is a link.
    pub fn append(&self, name: impl AsRef<OsStr>) -> io::Result<(File, Found)> {
        let file = self.handle.open(named(name.as_ref())?, How::Append)?;
        let found = platform::found_open(&file)?;
        Ok((file, found))
    }

    /// Gives a file another name, in place of what has it.
    ///
    /// # Errors
    /// When the system says no.
    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.move_to(from, self, to)
    }

    /// Moves a file to another folder.
    ///
    /// # Errors
    /// When the system says no.
    pub fn move_to(&self, from: impl AsRef<OsStr>, folder: &Self, to: impl AsRef<OsStr>) -> io::Result<()> {
        self.handle.rename(named(from.as_ref())?, &folder.handle, named(to.as_ref())?)
    }

    /// A second name for a file.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`], or what the system says: not every file system knows second names.
    pub fn link(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        self.handle.link(named(from.as_ref())?, named(to.as_ref())?)
    }

    /// Makes names that were just given outlast a power cut. Where a file system, or Windows, cannot, that is no error:
    /// there is nothing better to do there.
    ///
    /// # Errors
    /// When the system says no.
    pub fn sync(&self) -> io::Result<()> {
        match self.handle.sync() {
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            synced => synced,
        }
    }
}

/// One name: not a path, not the folder itself, not the one above.
pub(crate) fn named(name: &OsStr) -> io::Result<&OsStr> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(std::path::Component::Normal(part)), None) if part == name => Ok(name),
        _ => Err(io::Error::new(ErrorKind::InvalidFilename, "it is not the name of a file")),
    }
}

/// All bytes of a file, `None` when there are more than `most`.
///
/// # Errors
/// When it cannot be read.
pub fn read_at_most(file: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
