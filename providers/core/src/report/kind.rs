//! The kinds of exceptions: errors, panics and signals.

use serde::{Deserialize, Serialize};

/// The kind of an exception. The example of [`Exception`](super::Exception) reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A `std::error::Error`, or a text that was captured as one.
    Error,
    /// A panic.
    Panic,
    /// A signal that ended the process. Its type names the signal and its class (`SIGSEGV: stack overflow`).
    Signal,
}

impl Kind {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Signal => "signal",
        }
    }

    /// The real kind of a stored exception. A signal is stored as a panic, so that older versions deliver it too; its
    /// type tells that it is a signal.
    pub(crate) fn of_stored(self, type_name: &str) -> Self {
        const SIGNALS: [&str; 6] = ["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP"];
        let signal = type_name.split_once(": ").map(|(signal, _)| signal);
        let is_signal = signal.is_some_and(|signal| SIGNALS.contains(&signal));
        if self == Self::Panic && is_signal { Self::Signal } else { self }
    }
}
