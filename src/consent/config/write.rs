//! Replacing the file whole or not at all, one writer at a time.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crawl4ai_telemetry_files::{
    Draft, Folder, Lock, LockError, Obstacle, OwnedFolder, Patience, Refusal, follow, open_linked,
};

use super::file::{Content, LARGEST};
use super::{ConfigError, ConfigProblem};

/// How long a writer waits for the lock. A write takes milliseconds, so a process that holds it longer was stopped.
const PATIENCE: Patience = Patience { longest: Duration::from_secs(5), step: Duration::from_millis(2) };

/// The real place of the file: the program's own folder, or the target of a link of the user's.
pub(super) struct Target {
    pub(super) path: PathBuf,
    folder: Folder,
    name: OsString,
}

impl Target {
    /// Opens the folder, and creates it and those above it for the user alone. Follows a link, so that it stays a link.
    ///
    /// Creates nothing below another user's folder, because under `sudo` the home folder is often still the user's, who
    /// could neither read nor remove what root has written there.
    pub(super) fn open(path: &Path) -> Result<Self, ConfigError> {
        let (own, name) = (path.parent().unwrap_or(path), path.file_name().unwrap_or_default());
        let folder = OwnedFolder::at(own).create().map_err(refused("create the folder", own))?;
        match follow(path).map_err(refused("look at", path))? {
            None => Err(ConfigError::Refused { path: path.to_owned(), problem: ConfigProblem::DanglingLink }),
            Some(target) if target == path => Ok(Self { path: target, folder, name: name.to_owned() }),
            Some(target) => {
                let (own, name) =
                    (target.parent().unwrap_or(&target), target.file_name().unwrap_or_default());
                let folder = OwnedFolder::at(own).open().map_err(refused("open the folder", own))?;
                Ok(Self { folder, name: name.to_owned(), path: target })
            }
        }
    }

    /// Takes the lock of the file. Waits for it, a few seconds at most.
    ///
    /// Goes on without a lock on network file systems that have none, because users must be able to say no there too.
    pub(super) fn lock(&self) -> Result<Lock, ConfigError> {
        let path = with_suffix(self.path.as_os_str(), ".lock");
        match self.folder.lock(with_suffix(&self.name, ".lock"), PATIENCE) {
            Ok(lock) if lock.obstacle() == Some(Obstacle::InItsPlace) => {
                Err(failed("open the lock", path.as_ref())(Refusal::NotAFile.into()))
            }
            Ok(lock) => Ok(lock),
            Err(LockError::Held) => Err(ConfigError::Locked { path: path.into() }),
            Err(LockError::Failed(error)) => Err(failed("open the lock", path.as_ref())(error)),
        }
    }

    /// Writes the new content to a temporary file beside the file, and syncs it to the disk. The caller holds the lock,
    /// so an older temporary file was left by a writer that died. The new file gets the group and the permissions of
    /// the old one, without a right of others to write.
    pub(super) fn prepare(&self, content: &[u8], old: Option<&Content>) -> Result<Draft<'_>, ConfigError> {
        let temporary = with_suffix(&self.name, ".tmp");
        let write = || {
            let draft = self.folder.draft_anew(&temporary)?;
            if let Some(old) = old {
                draft.like(&old.metadata, old.others_may_write)?;
            }
            let mut file = draft.file();
            file.write_all(content)?;
            file.sync_all()?;
            Ok(draft)
        };
        write().map_err(failed("write", with_suffix(self.path.as_os_str(), ".tmp").as_ref()))
    }

    /// Puts the draft in the place of the file.
    pub(super) fn commit(&self, draft: Draft<'_>) -> Result<(), ConfigError> {
        draft.place(&self.name).map_err(failed("replace", &self.path))?;
        // Not an error, because a failure means only that a power cut may bring the old file back.
        let _ = self.folder.sync();
        Ok(())
    }

    /// Keeps a damaged file under a second name before it is replaced, and returns that path.
    pub(super) fn copy_aside(&self, stamp: &str) -> Result<PathBuf, ConfigError> {
        let mut last = None;
        for n in 0..100 {
            let suffix = match n {
                0 => format!(".damaged-{stamp}"),
                n => format!(".damaged-{stamp}.{n}"),
            };
            let aside = with_suffix(&self.name, &suffix);
            // A hard link keeps exactly the same bytes; file systems without links get a copy.
            let linked = self.folder.link(&self.name, &aside).or_else(|error| {
                if error.kind() == ErrorKind::AlreadyExists { Err(error) } else { self.copy(&aside) }
            });
            match linked {
                Ok(()) => return Ok(with_suffix(self.path.as_os_str(), &suffix).into()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = Some(error),
                Err(error) => return Err(failed("copy aside", &self.path)(error)),
            }
        }
        Err(failed("copy aside", &self.path)(last.unwrap_or_else(|| ErrorKind::AlreadyExists.into())))
    }

    fn copy(&self, aside: &OsStr) -> io::Result<()> {
        let mut from = io::Read::take(open_linked(&self.path)?.0, LARGEST);
        let mut to = self.folder.create(aside)?;
        io::copy(&mut from, &mut to)?;
        to.sync_all()
    }
}

/// The name with a suffix behind it.
fn with_suffix(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ConfigError {
    let path = path.to_owned();
    move |source| ConfigError::Io { operation, path, source }
}

/// As `failed`, where the folder itself may be refused.
fn refused(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ConfigError {
    let path = path.to_owned();
    move |source| match Refusal::of(&source) {
        Some(Refusal::ForeignOwner | Refusal::Link) => {
            ConfigError::Refused { path, problem: ConfigProblem::ForeignOwner }
        }
        Some(Refusal::BelowForeign) => {
            let path = path.parent().map_or(path.clone(), Path::to_owned);
            ConfigError::Refused { path, problem: ConfigProblem::ForeignOwner }
        }
        Some(_) | None => ConfigError::Io { operation, path, source },
    }
}
