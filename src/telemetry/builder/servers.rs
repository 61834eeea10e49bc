//! Where reports go, and whom to trust on the way.

use std::sync::Arc;

use crawl4ai_telemetry_core::TelemetryProvider;
#[cfg(any(feature = "otlp", feature = "sentry"))]
use crawl4ai_telemetry_http::CaCertificates;

use super::Builder;
use crate::deliver::providers::{self, Destination, DestinationError, ProviderChoice, SendsTo};
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
    /// above it, and then neither the file nor its lock is made.
    ///
    /// A relative path counts from the folder that the program works in when it writes, which suits a program that is
    /// being developed. A program that others run should name a folder of its own.
    #[cfg(feature = "file")]
    pub fn file(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.choice = ProviderChoice::File(path.into());
        self
    }

    /// Trusts these authorities besides the public ones, for reports and usage spans: for a server with a private
    /// authority. Authorities of earlier calls count too, and so do those of the user's own variable
    /// (`CRAWL4AI_TELEMETRY_CA_CERTIFICATES`, a file, or `system` in a program with the feature `system-certificates`),
    /// which is for networks whose proxy ends TLS.
    ///
    /// Certificates that the program carries are checked when telemetry is built. A file is read when there is
    /// something to send, and not before. When it cannot be used, nothing is sent in this run, reports are kept, and
    /// `status` says why. A provider that the program made itself has its own option for authorities.
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
        self.connection = self.connection.trusting(authorities);
        self
    }

    /// Reaches servers through the HTTP proxy at `http://HOST:PORT`, which makes a tunnel and sees nothing of what is
    /// sent; with `USER:PASSWORD@` before the host, percent-encoded, where it asks for them. The user's own variable
    /// (`CRAWL4AI_TELEMETRY_PROXY`) stands above it. Without either, connections are direct, whatever `HTTPS_PROXY`
    /// says, because that is for the host program's connections.
    ///
    /// An invalid address is an error of [`build`](Self::build), and for [`init`](Self::init) a note in `status`;
    /// nothing is sent then. No error shows user name or password. A provider that the program made itself has its own
    /// option for the proxy.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0")).proxy("http://proxy.example.com:3128");
    /// # drop(builder);
    /// ```
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.connection = self.connection.through(url.into());
        self
    }

    /// Reaches servers through the proxy that the usual variables name: the first of `HTTPS_PROXY`, `https_proxy`,
    /// `ALL_PROXY` and `all_proxy`, and none for the hosts of `NO_PROXY` or `no_proxy`. The user's own variable
    /// (`CRAWL4AI_TELEMETRY_PROXY`) stands above them.
    ///
    /// For programs whose users expect every connection to go that way. Not for a crawler whose proxy looks into pages.
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    pub fn proxy_from_env(mut self) -> Self {
        self.connection = self.connection.through_the_hosts();
        self
    }

    /// The destination of reports: the user's, else the administrator's, else the program's.
    pub(super) fn reports_go_to(
        &mut self,
        by_hand: Option<Arc<dyn TelemetryProvider>>,
    ) -> Result<Destination, DestinationError> {
        let env = self.snapshot();
        let choice = std::mem::take(&mut self.choice);
        let address = self.address_for_reports(&env, choice.sends_to());
        let to = match (choice.sends_to(), &address) {
            (SendsTo::Nowhere, Some(_)) => SendsTo::Server,
            (to, _) => to,
        };
        let (proxy, heeded) = self.proxy_of_machine(&env, to);
        self.machine.taken.proxy = heeded;
        let connection = self.connection.clone().through_machines(proxy).with_users(&env);
        providers::choose(choice, address.as_deref(), &connection, by_hand)
    }

    pub(super) fn usage_goes_to(&mut self) -> Result<Option<usage::Chosen>, DestinationError> {
        let env = self.snapshot();
        let to = self.usage.as_ref().map_or(SendsTo::Nowhere, usage::Settings::sends_to);
        let (proxy, heeded) = self.proxy_of_machine(&env, to);
        self.machine.taken.usage_proxy = heeded;
        let connection = self.connection.clone().through_machines(proxy).with_users(&env);
        usage::choose(self.usage.take(), &env, &connection)
    }
}
