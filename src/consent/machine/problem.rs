//! Why it is not certain what the administrator said, and what to do about it.

use std::io;

/// What is wrong with the administrator's file: it then forbids, whatever it says. The example of
/// [`MachinePolicyStatus`](super::MachinePolicyStatus) reads one.
///
/// ```
/// use crawl4ai_telemetry::consent::MachinePolicyProblem;
///
/// assert_eq!(MachinePolicyProblem::Unknown(3).to_string(), "holds on line 3 what this version does not know");
/// assert!(MachinePolicyProblem::WritableByOthers.remedy().contains("root alone"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MachinePolicyProblem {
    /// The system refuses to hand it over.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
    /// A folder, a pipe, a device.
    #[error("is not a regular file")]
    NotAFile,
    /// It, or the folder that it lies in, is a link: who owns what lies behind it could exchange it.
    #[error("is a link, or lies behind one")]
    Link,
    /// It, or the folder that it lies in, is not root's.
    #[error("or its folder does not belong to root")]
    ForeignOwner,
    /// Anybody could have written it.
    #[error("or its folder may be written by others")]
    WritableByOthers,
    /// Larger than any such file.
    #[error("is larger than 64 KiB")]
    TooLarge,
    /// Torn, or no JSON object.
    #[error("is damaged on line {0}: no JSON object")]
    Damaged(usize),
    /// A field, a value or a type that is none of the known ones, or a field that occurs twice.
    #[error("holds on line {0} what this version does not know")]
    Unknown(usize),
    /// It names an address or a proxy, and this process sends elsewhere.
    #[error("sets `{0}`, which this program does not follow")]
    NotFollowed(&'static str),
}

impl MachinePolicyProblem {
    /// What whoever administers the machine does about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Unreadable(_) => "let everybody read it: mode 644, and 755 for its folder",
            Self::NotAFile | Self::Link => "put the file itself there, in a folder that is no link",
            Self::ForeignOwner => "give the file and its folder to root",
            Self::WritableByOthers => "let root alone write them: mode 644, and 755 for the folder",
            Self::TooLarge | Self::Damaged(_) | Self::Unknown(_) => "write it anew",
            Self::NotFollowed(_) => "start the program anew, or take the field out",
        }
    }
}
