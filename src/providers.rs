//! The only file that knows which providers exist. A feature adds one; configuration chooses it.

use std::sync::Arc;

use crawl4ai_telemetry_core::{NullProvider, TelemetryProvider};

/// What a program chose.
#[derive(Default)]
pub(crate) enum Choice {
    /// Whatever the environment names.
    #[default]
    Unset,
    /// A provider of the program's own, or one that it made itself.
    Own(Arc<dyn TelemetryProvider>),
    /// A Sentry-compatible server, unless the environment names another.
    #[cfg(feature = "sentry")]
    Sentry(String),
    /// An OpenTelemetry collector, by its base address.
    #[cfg(feature = "otlp")]
    Otlp(String),
    /// A local file.
    #[cfg(feature = "file")]
    File(std::path::PathBuf),
}

/// The chosen provider is none.
#[derive(Debug, thiserror::Error)]
#[error("telemetry: {0}")]
pub struct ChoiceError(String);

/// The provider for a choice. `dsn` is the value of the program's own variable, `CRAWL4AI_SENTRY_DSN`; it
/// stands above an address that was built in, because it is the user's.
pub(crate) fn choose(choice: Choice, dsn: Option<&str>) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    match choice {
        Choice::Own(provider) => Ok(provider),
        #[cfg(feature = "file")]
        Choice::File(path) => Ok(Arc::new(crawl4ai_telemetry_file::FileProvider::new(path))),
        #[cfg(feature = "otlp")]
        Choice::Otlp(base) => otlp(&base),
        #[cfg(feature = "sentry")]
        Choice::Sentry(built_in) => sentry(dsn.unwrap_or(&built_in)),
        #[cfg(feature = "sentry")]
        Choice::Unset => dsn.map_or_else(|| Ok(none()), sentry),
        #[cfg(not(feature = "sentry"))]
        Choice::Unset => match dsn {
            Some(_) => {
                Err(ChoiceError("a Sentry DSN is set, but this program was built without the feature".into()))
            }
            None => Ok(none()),
        },
    }
}

/// What is left when nothing is chosen or what was chosen cannot work.
pub(crate) fn none() -> Arc<dyn TelemetryProvider> {
    Arc::new(NullProvider)
}

#[cfg(feature = "sentry")]
fn sentry(dsn: &str) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    match crawl4ai_telemetry_sentry::SentryProvider::new(dsn.trim()) {
        Ok(provider) => Ok(Arc::new(provider)),
        Err(error) => Err(ChoiceError(error.to_string())),
    }
}

#[cfg(feature = "otlp")]
fn otlp(base: &str) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    match crawl4ai_telemetry_otlp::OtlpProvider::new(base.trim()) {
        Ok(provider) => Ok(Arc::new(provider)),
        Err(error) => Err(ChoiceError(error.to_string())),
    }
}
