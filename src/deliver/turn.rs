//! Whose turn it was to deliver from the spool, when this process last looked.

use crawl4ai_telemetry_files::LockError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Own,
    /// Another process delivers, which ends soon: a flush waits for it.
    AnotherProcess,
    /// The lock cannot be had: a read-only disk, a lock that may not be opened. It is tried again later, and no flush waits.
    Nobody,
}

impl Turn {
    pub(super) fn after(error: &LockError) -> Self {
        match error {
            LockError::Held => Self::AnotherProcess,
            LockError::Failed(_) => Self::Nobody,
        }
    }
}
