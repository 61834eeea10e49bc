//! Where CrewAI's spans go, and under which names.

use crawl4ai_telemetry::usage::{Name, Settings};

use crate::declared::{CrewCommon, SPANS};
use crate::environment;

/// Where CrewAI collects usage spans.
pub const COLLECTOR: &str = "https://telemetry.crewai.com:4319";

/// The service and the tracer that its collectors know.
const NAMES: (&str, &str) = ("crewAI-telemetry", "crewai.telemetry");

/// CrewAI's spans to CrewAI's collector, on by default. `project` is the name under which the owner of a project has
/// registered it, who finds its figures by it; empty where there is none.
///
/// ```
/// use crawl4ai_telemetry::{App, Telemetry};
///
/// let settings = crawl4ai_telemetry_crewai::to_collector("tides");
/// let builder = Telemetry::builder(App::new("crewai", "1.15.17")).usage(settings);
/// # drop(builder);
/// ```
pub fn to_collector(project: impl Into<Name>) -> Settings {
    under_crewai_names(Settings::otlp(COLLECTOR, SPANS), project).on_by_default()
}

/// Spans that go where `settings` say, with the names and the attributes that CrewAI's collectors know: the service
/// `crewAI-telemetry`, the tracer `crewai.telemetry`, [`CrewCommon`] on each. The settings were made with
/// [`SPANS`].
///
/// ```
/// use crawl4ai_telemetry::MemoryProvider;
/// use crawl4ai_telemetry::usage::Settings;
/// use crawl4ai_telemetry_crewai::{SPANS, under_crewai_names};
///
/// let settings = under_crewai_names(Settings::provider(MemoryProvider::default(), SPANS), "tides");
/// # drop(settings);
/// ```
pub fn under_crewai_names(settings: Settings, project: impl Into<Name>) -> Settings {
    let (service, tracer) = NAMES;
    let project = project.into();
    settings
        .named(service, tracer)
        .shared_texts("the texts of crews that share them (goals, inputs, outputs)")
        .common(move |run| CrewCommon {
            crewai_version: run.version().into(),
            coding_agent: environment::coding_agent(run),
            runtime_context: environment::runtime_context(run),
            project_id: project.clone(),
        })
}
