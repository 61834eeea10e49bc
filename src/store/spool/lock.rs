//! One sender per spool. The lock is the operating system's, so it dies with its process.

use crawl4ai_telemetry_files::{Lock, LockError, Obstacle, OwnedFolder, Patience};

/// The name of the lock's file.
pub(super) const FILE: &str = "sender.lock";

/// The lock that the process holds that delivers.
#[derive(Debug)]
pub(crate) struct SenderLock {
    lock: Lock,
}

impl SenderLock {
    pub(super) fn take(spool: &OwnedFolder) -> Result<Self, LockError> {
        let folder = spool.create().map_err(LockError::Failed)?;
        Ok(Self { lock: folder.lock(FILE, Patience::NONE)? })
    }

    /// Why the lock keeps no other process out; `None` when it does.
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        self.lock.obstacle()
    }
}
