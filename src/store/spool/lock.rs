//! One sender per spool. The lock belongs to the operating system, so it ends with the process that holds it.

use crawl4ai_telemetry_files::{Lock, LockError, Obstacle, OwnedFolder, Patience};

/// The name of the lock's file.
pub(super) const FILE: &str = "sender.lock";

/// The lock of the process that delivers.
#[derive(Debug)]
pub(crate) struct SenderLock {
    lock: Lock,
}

impl SenderLock {
    pub(super) fn take(spool: &OwnedFolder) -> Result<Self, LockError> {
        let folder = spool.create().map_err(LockError::Failed)?;
        Ok(Self { lock: folder.lock(FILE, Patience::NONE)? })
    }

    /// Why the lock excludes no other process; `None` when it does exclude them.
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        self.lock.obstacle()
    }
}
