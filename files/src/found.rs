//! What one look at a file or folder shows, and why one is refused.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::SystemTime;

/// What one look shows. A link is looked at itself, unless it says otherwise.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Found {
    /// File, folder or something else.
    pub kind: Kind,
    /// Whose it is.
    pub owner: Owner,
    /// Is it root's, whoever the process acts as? True elsewhere than on Unix, where owners are not looked at.
    pub is_roots: bool,
    /// The number of its group; 0 elsewhere than on Unix.
    pub group: u32,
    /// May its group write it?
    pub group_may_write: bool,
    /// May everybody write it?
    pub all_may_write: bool,
    /// How many bytes it holds.
    pub size: u64,
    /// When it was last written, to the second.
    pub modified: SystemTime,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The user that the process acts as; everybody's elsewhere than on Unix.
    Own,
    /// The administrator's, who can do everything anyway.
    Root,
    /// Another user's, by number.
    Other(u32),
}

/// Why a file or folder is not used. [`Refusal::of`] finds it in an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A folder that is a link, or a link that is another user's.
    Link,
    /// A file where a folder should be.
    NotAFolder,
    /// A folder, a link, a pipe, a socket or a device where a file should be.
    NotAFile,
    /// It belongs to another user.
    ForeignOwner,
    /// The folder that it lies in belongs to another user.
    BelowForeign,
    /// Others may write it.
    Shared,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "it is a link",
            Self::NotAFolder => "it is not a folder",
            Self::NotAFile => "it is not a regular file",
            Self::ForeignOwner => "it belongs to another user",
            Self::BelowForeign => "it lies in another user's folder",
            Self::Shared => "it may be written by others",
        })
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::Link | Refusal::NotAFolder => ErrorKind::NotADirectory,
            Refusal::NotAFile => ErrorKind::InvalidInput,
            Refusal::ForeignOwner | Refusal::BelowForeign | Refusal::Shared => ErrorKind::PermissionDenied,
        };
        Self::new(kind, refusal)
    }
}

impl Refusal {
    /// The refusal in an error; `None` when the system said no, not this crate.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl Found {
    /// Is it the user's or root's?
    #[must_use]
    pub fn is_trusted_owner(&self) -> bool {
        matches!(self.owner, Owner::Own | Owner::Root)
    }

    /// May its group or everybody write it? For what the reporter makes itself, with mode 0600 or 0700.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.group_may_write || self.all_may_write
    }

    /// May anybody but the user write it? For what programs make by the user's `umask`: with 002, which goes with a
    /// group of the user's own, it is 0664.
    ///
    /// The group may write where it is the user's own by `/etc/passwd` and `/etc/group`: the primary group of that user
    /// and of nobody else, with no other member. A group that is not in these files is not known to be private.
    #[must_use]
    pub fn others_may_write(&self) -> bool {
        self.all_may_write || (self.group_may_write && !self.has_private_group())
    }

    #[cfg(unix)]
    fn has_private_group(&self) -> bool {
        self.owner == Owner::Own && crate::private_group::is_private(self.group)
    }

    #[cfg(not(unix))]
    fn has_private_group(&self) -> bool {
        true
    }

    /// # Errors
    /// When it is no regular file, or another user's.
    pub(crate) fn check_file(&self) -> Result<(), Refusal> {
        match (self.kind, self.owner) {
            (Kind::File, Owner::Own) => Ok(()),
            (Kind::File, Owner::Root | Owner::Other(_)) => Err(Refusal::ForeignOwner),
            (Kind::Folder | Kind::Link | Kind::Other, _) => Err(Refusal::NotAFile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_found_in_an_error_and_no_other() {
        for refusal in [Refusal::Link, Refusal::NotAFile, Refusal::Shared] {
            assert_eq!(Refusal::of(&refusal.into()), Some(refusal));
        }
        assert_eq!(Refusal::of(&ErrorKind::NotFound.into()), None);
        assert_eq!(Refusal::of(&io::Error::other("else")), None);
    }
}
