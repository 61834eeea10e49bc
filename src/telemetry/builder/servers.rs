//! Where reports go, and whom to trust on the way.

use crawl4ai_telemetry_core::TelemetryProvider;
#[cfg(any(feature = "otlp", feature = "sentry"))]
use crawl4ai_telemetry_http::CaCertificates;

use super::Builder;
use crate::deliver::providers::{self, Destination, DestinationError, ProviderChoice};
use crate::usage;

impl Builder {
    /// Sends to a provider of the program's own. No variable of the user's stands above it; `status` says so.
    pub fn provider(mut self, provider: impl TelemetryProvider + 'static) -> Self {
        self.choice = ProviderChoice::own(provider);
        self
    }

    /// Sends to a Sentry-compatible server. The user's own variable (`CRAWL4AI_SENTRY_DSN`) stands above it.
    #[cfg(feature = "sentry")]
    pub fn sentry_dsn(mut self, dsn: impl Into<String>) -> Self {
        self.choice = ProviderChoice::Sentry(dsn.into());
        self
    }

    /// Sends to an OpenTelemetry collector at this base address, as logs; `/v1/logs` is added to it. The user's own
    /// variable (`CRAWL4AI_SENTRY_DSN`) stands above it.
    #[cfg(feature = "otlp")]
    pub fn otlp_endpoint(mut self, base: impl Into<String>) -> Self {
        self.choice = ProviderChoice::Otlp(base.into());
        self
    }

    /// Writes reports to a local file, one JSON object a line. The user's own variable (`CRAWL4AI_SENTRY_DSN`) stands
    /// above it.
    #[cfg(feature = "file")]
    pub fn file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.choice = ProviderChoice::File(path.into());
        self
    }

    /// Trusts these authorities too, besides the public ones, wherever reports and usage spans go: for a server with a
    /// private authority. Those of an earlier call count as well, and those of the user's own variable
    /// (`CRAWL4AI_TELEMETRY_CA_CERTIFICATES`, a file), for networks whose proxy ends TLS.
    ///
    /// Certificates that the program carries are looked at when it is built. A file is read when there is something to
    /// send, and not before; when it cannot be used nothing is sent in this run, reports are kept, and `status` says why.
    /// A provider that the program made itself has an option of its own for them.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, CaCertificates, Telemetry};
    ///
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .ca_certificates(CaCertificates::file("/etc/ssl/company.pem"));  // or `CaCertificates::pem(include_bytes!(…))`
    /// # drop(builder);
    /// ```
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    pub fn ca_certificates(mut self, authorities: CaCertificates) -> Self {
        self.root_certificates = self.root_certificates.with(authorities);
        self
    }

    /// As the program said, and its user above it.
    pub(super) fn reports_go_to(&mut self) -> Result<Destination, DestinationError> {
        let env = self.snapshot();
        let root_certificates = self.root_certificates.clone().with_users(&env);
        providers::choose(std::mem::take(&mut self.choice), env.own("SENTRY_DSN"), &root_certificates)
    }

    pub(super) fn usage_goes_to(&mut self) -> Result<Option<usage::Chosen>, DestinationError> {
        let env = self.snapshot();
        let root_certificates = self.root_certificates.clone().with_users(&env);
        usage::choose(self.usage.take(), &env, &root_certificates)
    }
}
