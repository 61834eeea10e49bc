//! A span that has begun. Python keeps it until it ends.

use std::sync::Mutex;

use crawl4ai_telemetry_crewai::{CrewSpan, TaskSpan};
use pyo3::prelude::*;

/// The span of a crew or of a task.
#[derive(Debug)]
pub(super) enum Open {
    Crew(CrewSpan),
    Task(TaskSpan),
}

/// A span from start to end. If it was not ended when its last reference is dropped, it counts as failed.
#[pyclass(frozen, module = "crawl4ai_telemetry._native")]
pub(crate) struct Span(Mutex<Option<Open>>);

impl Span {
    pub(super) fn new(open: Open) -> Self {
        Self(Mutex::new(Some(open)))
    }

    /// Takes the span to end it. `None` if it has already ended.
    pub(super) fn take(&self) -> Option<Open> {
        // Locked for this line only, while Python's own lock is held.
        self.0.try_lock().ok()?.take()
    }
}
