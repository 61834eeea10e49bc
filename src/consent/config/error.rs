//! What can be wrong with the file, and why a change to it did not happen.

use std::io;
use std::path::PathBuf;

/// What is wrong with the configuration file. Reading never fails: it finds one of these.
///
/// ```
/// use crawl4ai_telemetry::config::{ConfigProblem, ConfigStore};
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("config.json"), r#"{"telemetry": {"consent": "sure"}}"#)?;
/// let problem = ConfigStore::new(Some(folder.path().to_owned())).read().problem;
/// assert_eq!(problem, Some(ConfigProblem::Unknown("telemetry.consent")));
/// assert!(problem.is_some_and(ConfigProblem::hides_consent), "nothing is sent");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The system refuses to hand it over.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
    /// A folder, a pipe, a device.
    #[error("is not a regular file")]
    NotAFile,
    /// A link whose target is gone may have led to a refusal.
    #[error("is a link that leads nowhere")]
    DanglingLink,
    /// Somebody else could have written the user's consent.
    #[error("belongs to another user")]
    ForeignOwner,
    /// Anybody could have written the user's consent: a yes in it does not count, a no does.
    #[error("may be written by others, so that a yes in it does not count")]
    WritableByOthers,
    /// Larger than any configuration.
    #[error("is larger than 1 MiB")]
    TooLarge,
    /// Not JSON, not UTF-8, or not an object.
    #[error("is damaged: no JSON object")]
    Damaged,
    /// The same key twice: readers disagree about which one counts.
    #[error("holds the key `{0}` twice")]
    Duplicate(&'static str),
    /// A value of the wrong type or an unknown word.
    #[error("holds a value for `{0}` that is none of the known ones")]
    Unknown(&'static str),
}

impl ConfigProblem {
    /// Might there be a decision of the user behind it? Then nothing is sent, whatever a default says.
    #[must_use]
    pub fn hides_consent(self) -> bool {
        match self {
            Self::Unreadable(_)
            | Self::NotAFile
            | Self::DanglingLink
            | Self::ForeignOwner
            | Self::WritableByOthers
            | Self::TooLarge
            | Self::Damaged
            | Self::Duplicate(_) => true,
            Self::Unknown(key) => !matches!(key, "telemetry.email" | "telemetry.decided_at"),
        }
    }

    /// A stable name, `snake_case`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::NotAFile => "not_a_file",
            Self::DanglingLink => "dangling_link",
            Self::ForeignOwner => "foreign_owner",
            Self::WritableByOthers => "writable_by_others",
            Self::TooLarge => "too_large",
            Self::Damaged => "damaged",
            Self::Duplicate(_) => "duplicate_key",
            Self::Unknown(_) => "unknown_value",
        }
    }
}

impl serde::Serialize for ConfigProblem {
    /// As the sentence that it is.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why the file was not changed. It is as it was. The example of [`ActionError`](crate::consent::ActionError) meets one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no place to write to.
    #[error("there is no home folder to remember a decision in; decide by environment variable instead")]
    NoFolder,
    /// The file, or its folder, is not one that may be written, or not one that this change may mend.
    #[error("{} {problem}; it was left as it is", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: ConfigProblem,
    },
    /// Another process did not let go of the lock.
    #[error("{}: another process holds the lock; try again", .path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// Somebody who does not use the lock kept changing the file.
    #[error("{}: another program keeps changing it; try again", .path.display())]
    Contended {
        /// The file.
        path: PathBuf,
    },
    /// The system said no: a read-only disk, a full one.
    #[error("cannot {operation} {}: {source}", .path.display())]
    Io {
        /// What was being done.
        operation: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
