//! What a program declares of its usage figures.

use std::path::PathBuf;

use crawl4ai_telemetry::usage;
use pyo3::prelude::*;

/// The settings, each of which Python hands over.
#[derive(FromPyObject)]
pub(crate) struct Settings {
    /// The base address of a collector; CrewAI's own where neither this nor a file is given.
    #[pyo3(item)]
    otlp: Option<String>,
    #[pyo3(item)]
    file: Option<PathBuf>,
    /// Does it send while nobody decided?
    #[pyo3(item)]
    on_by_default: bool,
    #[pyo3(item)]
    project: String,
    #[pyo3(item)]
    runtime_version: String,
}

impl Settings {
    pub(super) fn into_settings(self) -> usage::Settings {
        let settings = match (self.otlp, self.file) {
            (Some(base), _) => usage::Settings::otlp(base),
            (None, Some(file)) => usage::Settings::file(file),
            (None, None) => usage::Settings::crewai(),
        };
        let settings = settings.project(self.project).runtime_version(self.runtime_version);
        if self.on_by_default { settings.on_by_default() } else { settings }
    }
}
