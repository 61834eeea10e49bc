//! One sender per spool. The lock is the operating system's, so it dies with its process.

use std::fs::File;
use std::path::Path;

use crate::store::files;

/// Held by the process that delivers.
#[derive(Debug)]
pub(crate) struct SenderLock {
    file: File,
}

impl Drop for SenderLock {
    fn drop(&mut self) {
        // Closing would not do: a child that was forked in between holds the same open file.
        let _ = self.file.unlock();
    }
}

impl SenderLock {
    pub(super) fn take(spool: &Path) -> Option<Self> {
        files::ensure(spool).ok()?;
        let file = files::open_lock(&spool.join("sender.lock")).ok()?;
        file.try_lock().ok()?;
        Some(Self { file })
    }
}
