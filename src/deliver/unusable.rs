//! Why a chosen destination cannot be used, and which setting corrects it.

use std::fmt::Display;

/// The chosen destination cannot be used: its address, its proxy or its certificates are unusable, or its feature is
/// off.
///
/// ```
/// use crawl4ai_telemetry::{App, BuildError, DestinationError, Env, Telemetry};
///
/// let env = Env::from_pairs("WEATHER", [("WEATHER_SENTRY_DSN", "nonsense")]);
/// let Err(BuildError::Provider(error)) = Telemetry::builder(App::new("weather", "1.4.0")).env(env).build() else {
///     panic!("an invalid DSN");
/// };
/// let error: DestinationError = error;
/// assert!(error.to_string().contains("DSN"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("telemetry: {reason}")]
pub struct DestinationError {
    reason: String,
    of: Setting,
}

/// The setting that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    #[cfg(any(feature = "issue", feature = "otlp", feature = "sentry"))]
    Address,
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    Authorities,
    Proxy,
    #[cfg(not(feature = "sentry"))]
    Feature,
}

impl DestinationError {
    pub(super) fn new(of: Setting, reason: impl Display) -> Self {
        Self { reason: reason.to_string(), of }
    }

    /// The remedy, in a sentence. `prefix` is the prefix of the program's variables.
    pub(crate) fn mend(&self, prefix: &str) -> String {
        match self.of {
            #[cfg(any(feature = "issue", feature = "otlp", feature = "sentry"))]
            Setting::Address => format!("Correct {prefix}_SENTRY_DSN, or the address that the program sets."),
            #[cfg(any(feature = "otlp", feature = "sentry"))]
            Setting::Authorities => "Correct the certificates that the program sets.".to_owned(),
            Setting::Proxy => format!(
                "Correct the address of the proxy, in {prefix}_TELEMETRY_PROXY or in the program's own setting."
            ),
            #[cfg(not(feature = "sentry"))]
            Setting::Feature => {
                format!("Unset {prefix}_SENTRY_DSN, or build the program with the feature `sentry`.")
            }
        }
    }
}
