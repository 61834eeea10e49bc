//! Errors and panics.

use serde::{Deserialize, Serialize};

/// What kind of exception it is. The example of [`Exception`](super::Exception) reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A `std::error::Error`, or a text that was captured as one.
    Error,
    /// A panic.
    Panic,
}

impl Kind {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
        }
    }
}
