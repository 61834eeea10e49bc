//! Problems of the configuration file, and errors of a change to it.

use std::io;
use std::path::PathBuf;

/// A problem of the configuration file. Reading never fails; it returns the problem beside the settings.
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
    /// The system refuses to read it.
    #[error("cannot be read ({0})")]
    Unreadable(io::ErrorKind),
    /// A folder, a pipe, a device.
    #[error("is not a regular file")]
    NotAFile,
    /// A link whose target, which may have held a refusal, is gone.
    #[error("is a link that leads nowhere")]
    DanglingLink,
    /// It belongs to another user, who could have written the consent.
    #[error("belongs to another user")]
    ForeignOwner,
    /// Others could have written the user's consent, so a yes in it does not count. A no does.
    #[error("may be written by others, so that a yes in it does not count")]
    WritableByOthers,
    /// Larger than 1 MiB, which no configuration is.
    #[error("is larger than 1 MiB")]
    TooLarge,
    /// Not JSON, not UTF-8, or not an object.
    #[error("is damaged: no JSON object")]
    Damaged,
    /// A key stands twice, and JSON readers disagree about which one counts.
    #[error("holds the key `{0}` twice")]
    Duplicate(&'static str),
    /// A value of the wrong type or an unknown word.
    #[error("holds a value for `{0}` that is none of the known ones")]
    Unknown(&'static str),
}

impl ConfigProblem {
    /// Could it hide a decision of the user? Then nothing is sent, whatever a default says.
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
    /// As its sentence.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why the file was not changed. The file is as it was. [`ActionError`](crate::consent::ActionError) holds it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no place to write to.
    #[error("there is no home folder to remember a decision in; decide by environment variable instead")]
    NoFolder,
    /// The file or its folder may not be written, or this change may not replace a damaged file.
    #[error("{} {problem}; it was left as it is", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: ConfigProblem,
    },
    /// Another process held the lock for 5 s.
    #[error("{}: another process holds the lock; try again", .path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// A program that does not use the lock kept changing the file.
    #[error("{}: another program keeps changing it; try again", .path.display())]
    Contended {
        /// The file.
        path: PathBuf,
    },
    /// The system refused, because the disk is read-only or full, for example.
    #[error("cannot {operation} {}: {source}", .path.display())]
    Io {
        /// The step that failed.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}
