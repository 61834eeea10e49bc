//! The settings that a program declares for its usage figures.

use std::path::PathBuf;

use crawl4ai_telemetry::usage;
use crawl4ai_telemetry_crewai::{COLLECTOR, SPANS, under_crewai_names};
use pyo3::prelude::*;

/// The settings, all of which Python passes.
#[derive(FromPyObject)]
pub(crate) struct Settings {
    /// The base address of a collector. Without it and without `file`, CrewAI's own collector is used.
    #[pyo3(item)]
    otlp: Option<String>,
    #[pyo3(item)]
    file: Option<PathBuf>,
    /// Whether spans are sent while nobody has decided.
    #[pyo3(item)]
    on_by_default: bool,
    #[pyo3(item)]
    project: String,
    #[pyo3(item)]
    pub(super) runtime_version: String,
}

impl Settings {
    pub(super) fn into_settings(self) -> usage::Settings {
        let settings = match (self.otlp, self.file) {
            (Some(base), _) => usage::Settings::otlp(base, SPANS),
            (None, Some(file)) => usage::Settings::file(file, SPANS),
            // CrewAI's own collector is on by default, even without `on_by_default`.
            (None, None) => usage::Settings::otlp(COLLECTOR, SPANS).on_by_default(),
        };
        let settings = under_crewai_names(settings, self.project);
        if self.on_by_default { settings.on_by_default() } else { settings }
    }
}
