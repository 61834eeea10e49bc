//! The only file that knows which providers exist. A feature adds one; configuration chooses it.

use std::sync::Arc;

use crawl4ai_telemetry_core::{NullProvider, TelemetryProvider};
#[cfg(any(feature = "otlp", feature = "sentry"))]
use crawl4ai_telemetry_http::CaCertificates;

use crate::env::Env;

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

/// Whom every provider with a server trusts besides the public authorities.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    authorities: CaCertificates,
}

impl Trust {
    /// These too.
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    pub(crate) fn with(self, authorities: CaCertificates) -> Self {
        Self { authorities: self.authorities.and(authorities) }
    }

    /// Those too that the user of the program names: who sends reports to a server of their own, or sits behind a proxy
    /// that ends TLS, has no other way to say so.
    pub(crate) fn with_users(self, env: &Env) -> Self {
        self.with_file(env.own("TELEMETRY_CA_CERTIFICATES"))
    }

    /// Those of a file too, if a variable names one.
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    pub(crate) fn with_file(self, path: Option<&str>) -> Self {
        match path.map(str::trim).filter(|path| !path.is_empty()) {
            Some(path) => self.with(CaCertificates::file(path)),
            None => self,
        }
    }

    /// Nothing: there is no provider with a server.
    #[cfg(not(any(feature = "otlp", feature = "sentry")))]
    pub(crate) fn with_file(self, _: Option<&str>) -> Self {
        self
    }
}

/// The chosen provider is none.
#[derive(Debug, thiserror::Error)]
#[error("telemetry: {0}")]
pub struct ChoiceError(String);

/// The provider for a choice. `dsn` is the value of the program's own variable, `CRAWL4AI_SENTRY_DSN`; it
/// stands above an address that was built in, because it is the user's.
pub(crate) fn choose(
    choice: Choice,
    dsn: Option<&str>,
    trust: &Trust,
) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    #[cfg(not(any(feature = "otlp", feature = "sentry")))]
    let _ = trust;
    match choice {
        Choice::Own(provider) => Ok(provider),
        #[cfg(feature = "file")]
        Choice::File(path) => Ok(Arc::new(crawl4ai_telemetry_file::FileProvider::new(path))),
        #[cfg(feature = "otlp")]
        Choice::Otlp(base) => otlp(&base, trust),
        #[cfg(feature = "sentry")]
        Choice::Sentry(built_in) => sentry(dsn.unwrap_or(&built_in), trust),
        #[cfg(feature = "sentry")]
        Choice::Unset => dsn.map_or_else(|| Ok(none()), |dsn| sentry(dsn, trust)),
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
fn sentry(dsn: &str, trust: &Trust) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    let provider = crawl4ai_telemetry_sentry::SentryProvider::new(dsn.trim()).map_err(none_of)?;
    Ok(Arc::new(provider.with_ca_certificates(trust.authorities.clone()).map_err(none_of)?))
}

#[cfg(feature = "otlp")]
fn otlp(base: &str, trust: &Trust) -> Result<Arc<dyn TelemetryProvider>, ChoiceError> {
    let provider = crawl4ai_telemetry_otlp::OtlpProvider::new(base.trim()).map_err(none_of)?;
    Ok(Arc::new(provider.with_ca_certificates(trust.authorities.clone()).map_err(none_of)?))
}

#[cfg(any(feature = "otlp", feature = "sentry"))]
fn none_of(error: impl std::error::Error) -> ChoiceError {
    ChoiceError(error.to_string())
}
