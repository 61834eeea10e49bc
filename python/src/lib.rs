//! The native half of the Python package: values in, values out. Code that knows Python's objects is written in Python,
//! code that waits does so without the interpreter's lock, and no thread of the library ever calls Python.

mod environment;
mod given;
mod prompt;
mod settings;
mod telemetry;
mod usage;
mod waiting;
pub mod words;

use pyo3::prelude::*;

/// The module that `crawl4ai_telemetry` loads with its first use.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::telemetry::{Native, run_command};
    #[pymodule_export]
    use super::usage::{Span, Usage};
}
