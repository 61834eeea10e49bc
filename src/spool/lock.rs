//! One sender per spool. The lock is the operating system's, so it dies with its process.

use std::fs::File;
use std::path::Path;

use super::folder;

/// Held by the process that delivers.
#[derive(Debug)]
pub(crate) struct SenderLock {
    _file: File,
}

impl SenderLock {
    pub(super) fn take(spool: &Path) -> Option<Self> {
        folder::ensure(spool).ok()?;
        let file = folder::open_lock(&spool.join("sender.lock")).ok()?;
        file.try_lock().ok()?;
        Some(Self { _file: file })
    }
}
