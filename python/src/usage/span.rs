//! A span that has begun, as Python holds it until it ends.

use std::sync::Mutex;

use crawl4ai_telemetry_crewai::{CrewSpan, TaskSpan};
use pyo3::prelude::*;

/// The span of a crew or of a task.
#[derive(Debug)]
pub(super) enum Open {
    Crew(CrewSpan),
    Task(TaskSpan),
}

/// A span from start to end. One that nobody ended stands for a failure when the last reference to it goes.
#[pyclass(frozen, module = "crawl4ai_telemetry._native")]
pub(crate) struct Span(Mutex<Option<Open>>);

impl Span {
    pub(super) fn new(open: Open) -> Self {
        Self(Mutex::new(Some(open)))
    }

    /// Takes it to end it; nothing where it has ended.
    pub(super) fn take(&self) -> Option<Open> {
        // Held for this line, and while Python's own lock is.
        self.0.try_lock().ok()?.take()
    }
}
