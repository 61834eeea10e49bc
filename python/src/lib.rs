//! The native half of the Python package: values in, values out. Whatever knows Python's objects stands in Python; whatever
//! waits does so without the interpreter's lock; and no thread of the library ever calls Python.

mod environment;
mod given;
mod prompt;
mod settings;
mod telemetry;
mod usage;
mod waiting;
pub mod words;

use pyo3::prelude::*;

/// What `crawl4ai_telemetry` loads when the first thing has to be done.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::telemetry::{Native, run_command};
    #[pymodule_export]
    use super::usage::{Span, Usage};
}
