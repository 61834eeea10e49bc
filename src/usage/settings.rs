//! A program's settings of its usage telemetry.

use std::sync::Arc;

use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_core::usage::{Attributes, Common, Schema, ServiceVersion, SpanSpec};

use super::ProgramRun;
use crate::deliver::connection::Connection;
use crate::deliver::providers::{self, DestinationError, ProviderChoice, SendsTo};
use crate::environment::Env;

/// The spans that a program records, where they go, and whether they are sent while the user has not decided.
///
/// Unless [`on_by_default`](Self::on_by_default) is set, nothing is sent before the user says yes. `spans` lists all
/// spans that the program records. A span outside the list is not recorded, so that the list shows users everything.
///
/// The name of the program is sent as the name of the service (`service.name`); the tracer is called `NAME.telemetry`.
/// Each span carries its own attributes and the version of the program, unless the program declares other attributes
/// that are [`common`](Self::common) to its spans.
///
/// ```
/// use crawl4ai_telemetry::usage::{DeclaredSpan, Name, Settings};
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry, usage_span};
///
/// usage_span! {
///     /// That a forecast was asked for.
///     pub struct ForecastAsked = "Forecast Asked" {
///         /// Which forecasts are used, to decide which to keep.
///         kind: Name => Default since 1,
///     }
/// }
///
/// // Or `Settings::otlp("https://collector.example.com:4318", …)` with the feature `otlp`, or `Settings::file`.
/// let settings = Settings::provider(MemoryProvider::default(), &[ForecastAsked::SPEC])
///     .on_by_default();           // sends while nobody decided, and says so
/// let builder = Telemetry::builder(App::new("weather", "1.4.0")).usage(settings);
/// # drop(builder);
/// ```
#[must_use = "settings do nothing until they are handed to `Builder::usage`"]
pub struct Settings {
    choice: ProviderChoice,
    follows_host: bool,
    pub(super) on_by_default: bool,
    pub(super) declared: Declared,
}

/// A program's declarations about its spans.
pub(super) struct Declared {
    pub(super) schema: Schema,
    /// What the notice calls the shared texts.
    pub(super) shared_texts: &'static str,
    /// The names of the service and the tracer, if the program chose its own.
    names: Option<(&'static str, &'static str)>,
    common: MakeCommon,
}

/// Fills in the attributes that each span carries.
type MakeCommon = Box<dyn Fn(Common, &ProgramRun<'_>) -> Common + Send + Sync>;

impl Declared {
    fn new(spans: &'static [&'static SpanSpec]) -> Self {
        Self {
            schema: Schema::new(spans),
            shared_texts: "texts that are shared on purpose",
            names: None,
            common: Box::new(|common, run| common.with(ServiceVersion { version: run.version().into() })),
        }
    }

    /// The attributes that each span carries, and the names of the service and the tracer. The names are made from the
    /// program's `name`, unless the program chose others.
    pub(super) fn common(&self, name: &str, run: &ProgramRun<'_>) -> Common {
        let common = match self.names {
            Some((service, tracer)) => Common::new(service, tracer),
            None => Common::new(name, &format!("{name}.telemetry")),
        };
        (self.common)(common, run)
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("on_by_default", &self.on_by_default).finish_non_exhaustive()
    }
}

impl Settings {
    fn to(choice: ProviderChoice, spans: &'static [&'static SpanSpec]) -> Self {
        Self { choice, follows_host: false, on_by_default: false, declared: Declared::new(spans) }
    }

    /// Sends these spans to an OpenTelemetry collector at this base address, over OTLP/HTTP; `/v1/traces` is added to
    /// it. The user's own variable (`WEATHER_OTLP_ENDPOINT` for a program called `weather`) takes precedence over it.
    #[cfg(feature = "otlp")]
    pub fn otlp(base: impl Into<String>, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::Otlp(base.into()), spans)
    }

    /// Writes these spans to a local file, one JSON object a line.
    #[cfg(feature = "file")]
    pub fn file(path: impl Into<std::path::PathBuf>, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::File(path.into()), spans)
    }

    /// Sends these spans to a provider of the program's own.
    pub fn provider(provider: impl TelemetryProvider + 'static, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::own(provider), spans)
    }

    /// Sends spans even while the user has not decided. At the first send, a line on standard error says so, and how to
    /// turn it off.
    pub const fn on_by_default(mut self) -> Self {
        self.on_by_default = true;
        self
    }

    /// Adds these attributes to each span, before the span's own, instead of the version of the program. They are
    /// declared with [`usage_attributes!`](crate::usage_attributes). `make` fills them in once, on the thread that
    /// sends, before the first span leaves.
    ///
    /// ```
    /// use crawl4ai_telemetry::usage::{Name, Settings};
    /// use crawl4ai_telemetry::{MemoryProvider, usage_attributes};
    ///
    /// usage_attributes! {
    ///     /// What every span carries.
    ///     pub struct OnEach {
    ///         /// To find faults that only one version has.
    ///         version as "service.version": Name => Default since 1,
    ///         /// What is worth supporting depends on where programs run.
    ///         container: bool => Default since 1,
    ///     }
    /// }
    ///
    /// let settings = Settings::provider(MemoryProvider::default(), &[])
    ///     .common(|run| OnEach { version: run.version().into(), container: run.is_container() });
    /// # drop(settings);
    /// ```
    pub fn common<A: Attributes>(
        mut self,
        make: impl Fn(&ProgramRun<'_>) -> A + Send + Sync + 'static,
    ) -> Self {
        self.declared.schema = self.declared.schema.with_common::<A>();
        self.declared.common = Box::new(move |common, run| common.with(make(run)));
        self
    }

    /// Sends spans under these names of the service and the tracer, for collectors that know the program by other
    /// names.
    pub const fn named(mut self, service: &'static str, tracer: &'static str) -> Self {
        self.declared.names = Some((service, tracer));
        self
    }

    /// Sets what the line on standard error calls the shared texts, for example `the questions of people who share
    /// them`. The default is `texts that are shared on purpose`. If the user has not said yes, the line is written
    /// before the first shared texts leave.
    pub const fn shared_texts(mut self, what: &'static str) -> Self {
        self.declared.shared_texts = what;
        self
    }

    /// Sends to the address in the host's `OTEL_EXPORTER_OTLP_ENDPOINT` when it is set, and trusts the authorities of
    /// `OTEL_EXPORTER_OTLP_CERTIFICATE` for that address. Set this only if the usage figures are meant for the host.
    /// Without it no `OTEL_EXPORTER_*` variable is read. The host's headers are never sent.
    #[cfg(feature = "otlp")]
    pub const fn follow_host_endpoint(mut self) -> Self {
        self.follows_host = true;
        self
    }

    pub(crate) fn sends_to(&self) -> SendsTo {
        self.choice.sends_to()
    }

    /// The choice after the variables are applied, and the file of certificate authorities that the host names for it.
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

/// The provider of usage spans, and the program's settings.
pub(crate) struct Chosen {
    pub(super) provider: Arc<dyn TelemetryProvider>,
    pub(super) settings: Settings,
}

/// Makes the provider that the settings and these variables choose.
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
