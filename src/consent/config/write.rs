//! Replacing a file whole or not at all, one writer at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{ConfigError, ConfigProblem};
use crate::store::files::{self, private};

/// How long a writer waits for the one before it. A write takes milliseconds; whoever holds the lock longer
/// has been stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Creates the folder, and those above it, for the user alone. One that exists is left as it is.
///
/// Not below another user's folder: under `sudo` the home folder is often still the user's, who could then
/// neither read nor remove what root has written there.
pub(super) fn create_folder(folder: &Path) -> Result<(), ConfigError> {
    if let Some(foreign) =
        folder.ancestors().find_map(|f| f.metadata().ok().map(|m| (f, m))).filter(is_foreign)
    {
        return Err(ConfigError::Refused {
            path: foreign.0.to_owned(),
            problem: ConfigProblem::ForeignOwner,
        });
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed("create the folder", folder))
}

/// Does it belong to another user? What is root's, as `/tmp` and volumes are, belongs to everybody.
#[cfg(unix)]
fn is_foreign((_, metadata): &(&Path, fs::Metadata)) -> bool {
    let owner = std::os::unix::fs::MetadataExt::uid(metadata);
    owner != 0 && owner != rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_foreign(_: &(&Path, fs::Metadata)) -> bool {
    false
}

/// The right to write a file, until it is dropped or the process dies.
pub(super) struct Lock(File);

impl Lock {
    /// Waits for the writer before, a few seconds at most.
    pub(super) fn acquire(target: &Path) -> Result<Self, ConfigError> {
        let path = with_suffix(target, ".lock");
        let file = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&path)
            .map_err(failed("open the lock", &path))?;
        let start = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                // Some network file systems know no locks; a user must still be able to say no on them.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    return Ok(Self(file));
                }
                Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= PATIENCE => {
                    return Err(ConfigError::Locked { path });
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(16));
                }
            }
        }
    }
}

impl Drop for Lock {
    /// Said aloud, because a process that was forked meanwhile holds the file open too.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// New content beside its target, complete and on the disk, not yet in its place. Dropping it removes it.
pub(super) struct Prepared<'a> {
    target: &'a Path,
    temporary: PathBuf,
}

impl<'a> Prepared<'a> {
    /// Writes the content. The caller holds the [`Lock`], so a file that is in the way was left by a writer that
    /// died.
    pub(super) fn write(target: &'a Path, content: &[u8]) -> Result<Self, ConfigError> {
        let temporary = with_suffix(target, ".tmp");
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(failed("remove the old", &temporary)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let mut file = private(OpenOptions::new().write(true).create_new(true))
            .open(&temporary)
            .map_err(failed("create", &temporary))?;
        let prepared = Self { target, temporary };
        like(&file, target)
            .and_then(|()| file.write_all(content))
            .and_then(|()| file.sync_all())
            .map_err(failed("write", &prepared.temporary))?;
        Ok(prepared)
    }

    /// Puts it in its place.
    pub(super) fn commit(self) -> Result<(), ConfigError> {
        files::replace(&self.temporary, self.target).map_err(failed("replace", self.target))?;
        // Without it a power cut may bring the old file back: no harm that is worth an error.
        #[cfg(unix)]
        if let Some(folder) = self.target.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Keeps a second name for a damaged file, which is about to be replaced, and returns it.
pub(super) fn copy_aside(target: &Path, stamp: &str) -> Result<PathBuf, ConfigError> {
    let mut last = None;
    for n in 0..100 {
        let aside = match n {
            0 => with_suffix(target, &format!(".damaged-{stamp}")),
            n => with_suffix(target, &format!(".damaged-{stamp}.{n}")),
        };
        // A second link is the same bytes by definition; file systems without links get a copy.
        let linked = fs::hard_link(target, &aside).or_else(|error| {
            if error.kind() == ErrorKind::AlreadyExists { Err(error) } else { copy(target, &aside) }
        });
        match linked {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => last = Some(error),
            Err(error) => return Err(failed("copy aside", target)(error)),
        }
    }
    Err(failed("copy aside", target)(last.unwrap_or_else(|| ErrorKind::AlreadyExists.into())))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut to = private(OpenOptions::new().write(true).create_new(true)).open(to)?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Gives a file the group and the permissions of the one that it will replace.
#[cfg(unix)]
fn like(file: &File, target: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    let old = match fs::metadata(target) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut mode = old.mode() & 0o777;
    if file.metadata()?.gid() != old.gid() && fchown(file, None, Some(old.gid())).is_err() {
        // What one group was allowed is not for another.
        mode &= !0o070;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn like(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// A sibling: the whole name, and then some.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(super) fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ConfigError {
    let path = path.to_owned();
    move |source| ConfigError::Io { operation, path, source }
}
