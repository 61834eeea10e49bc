//! The facts about a file or folder, and the reasons to refuse one.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::SystemTime;

/// The facts about a file or folder at one moment. For a link they describe the link itself, unless a function says
/// otherwise.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Found {
    /// File, folder or something else.
    pub kind: Kind,
    /// The owner.
    pub owner: Owner,
    /// Does it belong to root, whatever user the process acts as? Always true on systems other than Unix, where owners
    /// are not checked.
    pub is_roots: bool,
    /// The number of its group; 0 on systems other than Unix.
    pub group: u32,
    /// May its group write to it?
    pub group_may_write: bool,
    /// May everybody write to it?
    pub all_may_write: bool,
    /// The size in bytes.
    pub size: u64,
    /// The time of the last write, to the second.
    pub modified: SystemTime,
}

/// The kind of object to which a name refers.
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

/// The owner of a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The user that the process acts as. On systems other than Unix it is always this one.
    Own,
    /// The administrator, who can do everything anyway.
    Root,
    /// Another user, by number.
    Other(u32),
}

/// The reason why a file or folder is not used. [`Refusal::of`] finds it in an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A folder is a link, or a link belongs to another user.
    Link,
    /// There is a file where a folder should be.
    NotAFolder,
    /// There is a folder, a link, a pipe, a socket or a device where a file should be.
    NotAFile,
    /// It belongs to another user.
    ForeignOwner,
    /// Its parent folder belongs to another user.
    BelowForeign,
    /// Others may write to it.
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
    /// The refusal in an error; `None` if the error came from the system, not from this crate.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl Found {
    /// Does it belong to the user or to root?
    #[must_use]
    pub fn is_trusted_owner(&self) -> bool {
        matches!(self.owner, Owner::Own | Owner::Root)
    }

    /// May its group or everybody write to it? This is for files that the reporter makes itself, with mode 0600 or
    /// 0700.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.group_may_write || self.all_may_write
    }

    /// May anybody except the user write to it? This is for files that programs make with the user's `umask`. With the
    /// `umask` 002, which is used where each user has their own group, their mode is 0664.
    ///
    /// The group may write if `/etc/passwd` and `/etc/group` show that it is the user's own: the primary group of that
    /// user and of nobody else, with no other member. A group that is missing in these files is not known to be
    /// private.
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
    /// When it is no regular file, or belongs to another user.
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
