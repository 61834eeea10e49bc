//! What a program declares about its usage telemetry.

use std::sync::Arc;

use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_core::usage::Name;

use crate::deliver::connection::Connection;
use crate::deliver::providers::{self, DestinationError, ProviderChoice, SendsTo};
use crate::environment::Env;

/// Where usage spans go, and whether they do when nobody decided.
///
/// Off unless [`on_by_default`](Self::on_by_default): then only a user who said yes sends anything.
///
/// ```
/// use crawl4ai_telemetry::usage::Settings;
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// // Or `Settings::otlp("https://collector.example.com:4318")` with the feature `otlp`, or `Settings::file`.
/// let settings = Settings::provider(MemoryProvider::default())
///     .on_by_default()            // sends while nobody decided, and says so
///     .project("tides")
///     .runtime_version("python 3.14.1");
/// let builder = Telemetry::builder(App::new("my-crews", "1.0.0")).usage(settings);
/// # drop(builder);
/// ```
#[must_use = "settings do nothing until they are handed to `Builder::usage`"]
pub struct Settings {
    choice: ProviderChoice,
    follows_host: bool,
    pub(super) on_by_default: bool,
    pub(super) project: Name,
    pub(super) runtime_version: Option<Name>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("on_by_default", &self.on_by_default).finish_non_exhaustive()
    }
}

impl Settings {
    fn to(choice: ProviderChoice) -> Self {
        Self {
            choice,
            follows_host: false,
            on_by_default: false,
            project: Name::constant(""),
            runtime_version: None,
        }
    }

    /// CrewAI's: its collector, on by default.
    #[cfg(feature = "otlp")]
    pub fn crewai() -> Self {
        Self::otlp(crawl4ai_telemetry_otlp::CREWAI).on_by_default()
    }

    /// To an OpenTelemetry collector at this base address, over OTLP/HTTP; `/v1/traces` is added to it. The user's
    /// own variable (`CRAWL4AI_OTLP_ENDPOINT`) stands above it.
    #[cfg(feature = "otlp")]
    pub fn otlp(base: impl Into<String>) -> Self {
        Self::to(ProviderChoice::Otlp(base.into()))
    }

    /// To a local file, one JSON object a line.
    #[cfg(feature = "file")]
    pub fn file(path: impl Into<std::path::PathBuf>) -> Self {
        Self::to(ProviderChoice::File(path.into()))
    }

    /// To a provider of the program's own.
    pub fn provider(provider: impl TelemetryProvider + 'static) -> Self {
        Self::to(ProviderChoice::own(provider))
    }

    /// Sends while nobody decided. One line on standard error says so at the first send, and how to turn it off.
    pub const fn on_by_default(mut self) -> Self {
        self.on_by_default = true;
        self
    }

    /// The name of a project, which its spans carry as `project_id`. The owner of the project finds its figures by this
    /// name. Empty unless set.
    pub fn project(mut self, name: impl Into<Name>) -> Self {
        self.project = name.into();
        self
    }

    /// The version of the language's runtime, where there is one: `python 3.14.1` of a program with a Rust core.
    pub fn runtime_version(mut self, version: impl Into<Name>) -> Self {
        self.runtime_version = Some(version.into());
        self
    }

    /// Sends to where the host's `OTEL_EXPORTER_OTLP_ENDPOINT` points, when it is set, and trusts the authorities of
    /// `OTEL_EXPORTER_OTLP_CERTIFICATE` there too. Only for programs whose usage figures are for the host: without this
    /// no `OTEL_EXPORTER_*` variable is read, and headers of the host's are never sent.
    #[cfg(feature = "otlp")]
    pub const fn follow_host_endpoint(mut self) -> Self {
        self.follows_host = true;
        self
    }

    pub(crate) fn sends_to(&self) -> SendsTo {
        self.choice.sends_to()
    }

    /// Where spans go after all, and the file of authorities that the host names for it.
    pub(super) fn take_choice<'e>(&mut self, env: &'e Env) -> (ProviderChoice, Option<&'e str>) {
        let choice = std::mem::take(&mut self.choice);
        #[cfg(feature = "otlp")]
        if let ProviderChoice::Otlp(_) = &choice {
            let given = |address: Option<&'e str>| address.map(str::trim).filter(|a| !a.is_empty());
            if let Some(base) = given(env.own("OTLP_ENDPOINT")) {
                return (ProviderChoice::Otlp(base.to_owned()), None);
            }
            let host = given(env.get("OTEL_EXPORTER_OTLP_ENDPOINT")).filter(|_| self.follows_host);
            if let Some(base) = host {
                return (ProviderChoice::Otlp(base.to_owned()), env.get("OTEL_EXPORTER_OTLP_CERTIFICATE"));
            }
        }
        #[cfg(not(feature = "otlp"))]
        let _ = (env, self.follows_host);
        (choice, None)
    }
}

/// Where usage spans go, and what the program declares about them.
pub(crate) struct Chosen {
    pub(super) provider: Arc<dyn TelemetryProvider>,
    pub(super) settings: Settings,
}

/// What the settings come to under these variables.
pub(crate) fn choose(
    settings: Option<Settings>,
    env: &Env,
    connection: &Connection,
) -> Result<Option<Chosen>, DestinationError> {
    let Some(mut settings) = settings else { return Ok(None) };
    let (choice, hosts_authorities) = settings.take_choice(env);
    let provider =
        providers::choose(choice, None, &connection.clone().trusting_named(hosts_authorities), None)?
            .provider;
    Ok(Some(Chosen { provider, settings }))
}
