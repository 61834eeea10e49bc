//! Problems of the administrator's file, and their remedies.

use std::io;

/// A problem of the administrator's file, which then forbids, whatever it says. The example of
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
    /// The system refuses to read it.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
    /// A folder, a pipe, a device.
    #[error("is not a regular file")]
    NotAFile,
    /// The file or its folder is a link, so the owner of the link's target could exchange the file.
    #[error("is a link, or lies behind one")]
    Link,
    /// The file or its folder does not belong to root.
    #[error("or its folder does not belong to root")]
    ForeignOwner,
    /// Others may write the file or its folder.
    #[error("or its folder may be written by others")]
    WritableByOthers,
    /// Larger than 64 KiB, which no such file is.
    #[error("is larger than 64 KiB")]
    TooLarge,
    /// Written in part only, or no JSON object; with the line.
    #[error("is damaged on line {0}: no JSON object")]
    Damaged(usize),
    /// An unknown field, value or type, or a field that occurs twice; with the line.
    #[error("holds on line {0} what this version does not know")]
    Unknown(usize),
    /// The file names an address or a proxy in this field, and this process sends elsewhere.
    #[error("sets `{0}`, which this program does not follow")]
    NotFollowed(&'static str),
}

impl MachinePolicyProblem {
    /// The remedy, for the administrator of the machine.
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
