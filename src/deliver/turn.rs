//! Whose turn it was to deliver from the spool, when this process last looked.

use crawl4ai_telemetry_files::LockError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Own,
    /// Another process delivers. A flush waits for that process, because its delivery ends soon.
    AnotherProcess,
    /// The lock cannot be had, for example on a read-only disk. It is tried again later, and no flush waits for it.
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
