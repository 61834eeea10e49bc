//! Locks of the operating system, which end with their process, and the way to wait for them.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Seek, Write};
use std::thread;
use std::time::{Duration, Instant};

use crate::found::{Kind, Refusal};
use crate::open::{Folder, named};
use crate::platform::{self, How};

/// How long to wait for something that another process holds for a moment.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The maximum wait.
    pub longest: Duration,
    /// The time between two attempts.
    pub step: Duration,
}

impl Patience {
    /// One attempt, without waiting.
    pub const NONE: Self = Self { longest: Duration::ZERO, step: Duration::ZERO };
}

/// Calls `attempt` until it returns a value, at least once. Returns `None` when `patience` has ended.
pub fn wait_for<T>(patience: Patience, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(result) = attempt() {
            return Some(result);
        }
        if start.elapsed() >= patience.longest {
            return None;
        }
        thread::sleep(patience.step);
    }
}

/// The permission to continue. It ends when the lock is dropped, or when the process dies.
///
/// If an [obstacle](Self::obstacle) makes a lock impossible for every process, the permission is given without a lock,
/// and nothing keeps two processes apart.
#[derive(Debug)]
pub struct Lock {
    held: Result<File, Obstacle>,
}

/// The reason why nothing keeps two processes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The file system has no locks, like some network file systems.
    Unsupported,
    /// A pipe, a folder, a link or another user's file has the name of the lock's file.
    InItsPlace,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "the file system knows no locks",
            Self::InItsPlace => "something else is in the place of the lock's file",
        })
    }
}

/// The reason why the permission is not given.
#[derive(Debug)]
pub enum LockError {
    /// Another process holds the lock.
    Held,
    /// The lock's file cannot be opened or locked now, for example because of a full disk or a folder without write
    /// access.
    Failed(io::Error),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held => f.write_str("another process holds the lock"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Writes the holder's name into the lock's file, for people, in place of an earlier holder's.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&self, holder: &str) -> io::Result<()> {
        let Ok(mut file) = self.held.as_ref() else { return Ok(()) };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(holder.as_bytes())
    }

    /// The reason why the lock excludes no other process; `None` if it does exclude them.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.held.as_ref().err().copied()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Ok(file) = &self.held {
            // Closing the file is not enough, because a child that was forked in between holds the same open file.
            let _ = file.unlock();
        }
    }
}

/// A function that locks a file without waiting.
type TryLock = fn(&File) -> Result<(), TryLockError>;

/// Takes an exclusive lock.
fn alone(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

/// Takes a shared lock.
fn shared(file: &File) -> Result<(), TryLockError> {
    file.try_lock_shared()
}

impl Folder {
    /// Locks the file of this name, and creates it if it is missing. Waits for at most `patience`.
    ///
    /// # Errors
    /// When another process holds it, or the system refuses.
    pub fn lock(&self, name: impl AsRef<OsStr>, patience: Patience) -> Result<Lock, LockError> {
        self.lock_by(name.as_ref(), patience, alone)
    }

    /// Like [`lock`](Self::lock), but the lock is shared: several processes can hold it at once. It
    /// excludes only exclusive locks, and they exclude it.
    ///
    /// # Errors
    /// As for [`lock`](Self::lock).
    pub fn lock_shared(&self, name: impl AsRef<OsStr>, patience: Patience) -> Result<Lock, LockError> {
        self.lock_by(name.as_ref(), patience, shared)
    }

    fn lock_by(&self, name: &OsStr, patience: Patience, by: TryLock) -> Result<Lock, LockError> {
        let file = match named(name).and_then(|name| self.open_lock(name)) {
            Ok(file) => file,
            Err(error) if Refusal::of(&error).is_some() => {
                return Ok(Lock { held: Err(Obstacle::InItsPlace) });
            }
            Err(error) => return Err(LockError::Failed(error)),
        };
        let locked = wait_for(patience, || match try_lock(&file, by) {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) => Some(Ok(())),
            Err(TryLockError::Error(error)) => Some(Err(error)),
        });
        match locked {
            None => Err(LockError::Held),
            Some(Ok(())) => Ok(Lock { held: Ok(file) }),
            Some(Err(error)) if is_unsupported(&error) => Ok(Lock { held: Err(Obstacle::Unsupported) }),
            Some(Err(error)) => Err(LockError::Failed(error)),
        }
    }

    fn open_lock(&self, name: &OsStr) -> io::Result<File> {
        match self.handle.open(name, How::Lock) {
            Ok(file) => {
                platform::found_open(&file)?.check_file()?;
                Ok(file)
            }
            // A folder, a link, a pipe without a reader or a socket may refuse to be opened.
            Err(error) => match self.look(name) {
                Ok(found) if found.kind != Kind::File => Err(Refusal::NotAFile.into()),
                Ok(found) if found.check_file().is_err() => Err(Refusal::ForeignOwner.into()),
                Ok(_) | Err(_) => Err(error),
            },
        }
    }
}

/// Locks an open file, so that [others see](is_held) that this process lives. On a file system without locks, the
/// missing lock is no error.
///
/// # Errors
/// When the system refuses.
pub fn hold(file: &File) -> io::Result<()> {
    match try_lock(file, alone) {
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) if is_unsupported(&error) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Does a living process hold an open file? `None` if the file system has no locks.
#[must_use]
pub fn is_held(file: &File) -> Option<bool> {
    is_held_by(file, alone)
}

/// Does a living process hold an open file exclusively? [Shared](Folder::lock_shared) locks do not count. `None` if the
/// file system has no locks.
#[must_use]
pub fn is_held_alone(file: &File) -> Option<bool> {
    is_held_by(file, shared)
}

fn is_held_by(file: &File, by: TryLock) -> Option<bool> {
    match try_lock(file, by) {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(error)) if is_unsupported(&error) => None,
        Err(TryLockError::Error(_)) => Some(false),
    }
}

/// Makes up to 100 attempts, because a signal interrupts locking on network file systems (flock(2)).
fn try_lock(file: &File, by: TryLock) -> Result<(), TryLockError> {
    const TRIES: usize = 100;
    let mut last = by(file);
    for _ in 1..TRIES {
        match &last {
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => last = by(file),
            Ok(()) | Err(TryLockError::WouldBlock | TryLockError::Error(_)) => break,
        }
    }
    last
}

/// Is this the error of flock(2) on a file system without locks, or on a network file system without its lock service?
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported || platform::is_without_locks(error)
}
