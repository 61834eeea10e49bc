//! Why telemetry cannot be set up.

use crate::deliver::providers::DestinationError;

/// Telemetry cannot be set up. The program runs on without it.
///
/// ```
/// use crawl4ai_telemetry::{App, BuildError, Telemetry};
///
/// # let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
/// let _telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(first.path()).install()?;
/// let again = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(second.path()).install();
/// assert!(matches!(again, Err(BuildError::AlreadyInstalled)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The chosen provider cannot work, for example because its DSN is invalid.
    #[error(transparent)]
    Provider(#[from] DestinationError),
    /// The [privacy notice](crate::App::privacy_notice) is no web address, or is too long for a line.
    #[error(
        "telemetry: the privacy notice is no address: write https://HOST/PATH, in at most 78 characters of ASCII"
    )]
    PrivacyNotice,
    /// Another telemetry is installed in this process.
    #[error("telemetry: another telemetry is installed in this process; keep its guard, or use `build()`")]
    AlreadyInstalled,
}
