//! Why telemetry cannot be set up.

use crate::providers::ChoiceError;

/// Telemetry cannot be set up. The program runs on without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The chosen provider cannot work: a DSN that is none, for example.
    #[error(transparent)]
    Provider(#[from] ChoiceError),
    /// Another telemetry is installed in this process.
    #[error("telemetry: another one is installed in this process; keep its guard, or use `build()`")]
    AlreadyInstalled,
}
