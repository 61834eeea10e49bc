//! Where CrewAI's spans are sent, and under which names.

use crawl4ai_telemetry::usage::{Name, Settings};

use crate::declared::{CrewCommon, SPANS};
use crate::environment;

/// Where CrewAI collects usage spans.
pub const COLLECTOR: &str = "https://telemetry.crewai.com:4319";

/// The names of the service and the tracer that CrewAI's collectors know.
const NAMES: (&str, &str) = ("crewAI-telemetry", "crewai.telemetry");

/// Settings that send CrewAI's spans to CrewAI's collector, on by default. `project` is the name under which the
/// project's owner has registered it, so that the owner finds its figures. It is empty if there is no such name.
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

/// Settings that send spans to where `settings` say, with the names and attributes that CrewAI's collectors know: the
/// service `crewAI-telemetry`, the tracer `crewai.telemetry`, and [`CrewCommon`] on each span. The given settings must
/// be made with [`SPANS`].
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
