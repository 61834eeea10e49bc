//! Locks of the operating system, which die with their process, and the one way to wait for them.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Seek, Write};
use std::thread;
use std::time::{Duration, Instant};

use crate::found::{Kind, Refusal};
use crate::open::{Folder, named};
use crate::platform::{self, How};

/// How long to wait for something that others hold for a moment.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long in all.
    pub longest: Duration,
    /// How long between two looks.
    pub step: Duration,
}

impl Patience {
    /// One look.
    pub const NONE: Self = Self { longest: Duration::ZERO, step: Duration::ZERO };
}

/// Tries until `attempt` has something, at least once; `None` when patience ends.
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

/// The right to go on. It ends when it is dropped, or when the process dies.
///
/// Where an [obstacle](Self::obstacle) makes a lock impossible for every process, the right is given without a lock:
/// nothing then keeps two processes apart.
#[derive(Debug)]
pub struct Lock {
    held: Result<File, Obstacle>,
}

/// Why nothing keeps two processes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The file system knows no locks, as some of the network.
    Unsupported,
    /// A pipe, a folder, a link or another user's file is in the place of the lock's file.
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

/// Why there is no right to go on.
#[derive(Debug)]
pub enum LockError {
    /// Another process has it.
    Held,
    /// The lock's file cannot be opened or locked now: a full disk, a folder that may not be written.
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
    /// Writes into the lock's file who holds it, for people who wonder; in the place of what an earlier holder wrote.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&self, holder: &str) -> io::Result<()> {
        let Ok(mut file) = self.held.as_ref() else { return Ok(()) };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(holder.as_bytes())
    }

    /// Why it keeps nobody out; `None` when it does.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.held.as_ref().err().copied()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Ok(file) = &self.held {
            // Closing would not do: a child that was forked in between holds the same open file.
            let _ = file.unlock();
        }
    }
}

impl Folder {
    /// Locks the file of this name, and makes it when it is missing. Waits as long as `patience` says.
    ///
    /// # Errors
    /// When another process holds it, or the system says no.
    pub fn lock(&self, name: impl AsRef<OsStr>, patience: Patience) -> Result<Lock, LockError> {
        let file = match named(name.as_ref()).and_then(|name| self.open_lock(name)) {
            Ok(file) => file,
            Err(error) if Refusal::of(&error).is_some() => {
                return Ok(Lock { held: Err(Obstacle::InItsPlace) });
            }
            Err(error) => return Err(LockError::Failed(error)),
        };
        let locked = wait_for(patience, || match try_lock(&file) {
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
            // What is no file may refuse to be opened at all: a folder, a link, a pipe without a reader, a socket.
            Err(error) => match self.look(name) {
                Ok(found) if found.kind != Kind::File => Err(Refusal::NotAFile.into()),
                Ok(found) if found.check_file().is_err() => Err(Refusal::ForeignOwner.into()),
                Ok(_) | Err(_) => Err(error),
            },
        }
    }
}

/// Locks an open file, so that [others see](is_held) that this process lives. A file system without locks is no error.
///
/// # Errors
/// When the system says no.
pub fn hold(file: &File) -> io::Result<()> {
    match try_lock(file) {
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) if is_unsupported(&error) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Does a process that lives hold an open file? `None` where the file system knows no locks.
#[must_use]
pub fn is_held(file: &File) -> Option<bool> {
    match try_lock(file) {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(error)) if is_unsupported(&error) => None,
        Err(TryLockError::Error(_)) => Some(false),
    }
}

/// Tries again where a signal came in between, as file systems of the network say (flock(2)); not for ever.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    const TRIES: usize = 100;
    let mut last = file.try_lock();
    for _ in 1..TRIES {
        match &last {
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {
                last = file.try_lock()
            }
            Ok(()) | Err(TryLockError::WouldBlock | TryLockError::Error(_)) => break,
        }
    }
    last
}

/// flock(2) on file systems without locks, and on those of the network whose lock service is not there.
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported || platform::is_without_locks(error)
}
