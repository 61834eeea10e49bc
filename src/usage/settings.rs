//! What a program declares about its usage telemetry.

use std::sync::Arc;

use crawl4ai_telemetry_core::TelemetryProvider;
use crawl4ai_telemetry_core::usage::{Attributes, Common, Schema, ServiceVersion, SpanSpec};

use super::ProgramRun;
use crate::deliver::connection::Connection;
use crate::deliver::providers::{self, DestinationError, ProviderChoice, SendsTo};
use crate::environment::Env;

/// Which spans a program records, where they go, and whether they do when nobody decided.
///
/// Off unless [`on_by_default`](Self::on_by_default): then only a user who said yes sends anything. `spans` is the list of
/// all that the program records: a span that is not in it is not recorded, so that the list is what users are shown.
///
/// Spans leave under the name of the program: it is the name of the service (`service.name`), and `NAME.telemetry` that of
/// the tracer. Each carries the version of the program, and nothing else besides its own attributes, unless the program
/// declares what is [`common`](Self::common) to them.
///
/// ```
/// use crawl4ai_telemetry::usage::{DeclaredSpan, Name, Settings};
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry, usage_span};
///
/// usage_span! {
///     /// That a forecast was asked for.
///     pub struct ForecastAsked = "Forecast Asked" {
///         /// Which forecasts are used decides which are kept.
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

/// What a program declares of its spans.
pub(super) struct Declared {
    pub(super) schema: Schema,
    /// What the notice calls the texts that are shared.
    pub(super) shared_texts: &'static str,
    /// The names of service and tracer, where they are not the program's.
    names: Option<(&'static str, &'static str)>,
    common: MakeCommon,
}

/// Fills in what each span carries.
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

    /// What each span carries, and whose it is: of the program of this `name` unless it chose another.
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

    /// These spans, to an OpenTelemetry collector at this base address, over OTLP/HTTP; `/v1/traces` is added to it. The user's
    /// own variable (`WEATHER_OTLP_ENDPOINT` for a program called `weather`) stands above it.
    #[cfg(feature = "otlp")]
    pub fn otlp(base: impl Into<String>, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::Otlp(base.into()), spans)
    }

    /// These spans, to a local file, one JSON object a line.
    #[cfg(feature = "file")]
    pub fn file(path: impl Into<std::path::PathBuf>, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::File(path.into()), spans)
    }

    /// These spans, to a provider of the program's own.
    pub fn provider(provider: impl TelemetryProvider + 'static, spans: &'static [&'static SpanSpec]) -> Self {
        Self::to(ProviderChoice::own(provider), spans)
    }

    /// Sends while nobody decided. One line on standard error says so at the first send, and how to turn it off.
    pub const fn on_by_default(mut self) -> Self {
        self.on_by_default = true;
        self
    }

    /// Each span carries these attributes in front of its own, instead of the version of the program. They are declared
    /// with [`usage_attributes!`](crate::usage_attributes), and `make` fills them in once, on the thread that sends, before
    /// the first span leaves.
    ///
    /// ```
    /// use crawl4ai_telemetry::usage::{Name, Settings};
    /// use crawl4ai_telemetry::{MemoryProvider, usage_attributes};
    ///
    /// usage_attributes! {
    ///     /// What every span carries.
    ///     pub struct OnEach {
    ///         /// A fault that only one version has is found by the version.
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

    /// Spans leave under these names of the service and the tracer, where collectors know the program by others than its
    /// own.
    pub const fn named(mut self, service: &'static str, tracer: &'static str) -> Self {
        self.declared.names = Some((service, tracer));
        self
    }

    /// What the line on standard error calls the texts that are shared, before the first of them leaves where nobody said
    /// yes: `the questions of people who share them`. `texts that are shared on purpose` unless set.
    pub const fn shared_texts(mut self, what: &'static str) -> Self {
        self.declared.shared_texts = what;
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
