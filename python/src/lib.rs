//! The native half of the Python package, which only exchanges values with Python. Code that inspects Python objects is
//! written in Python. Native code that waits releases the interpreter's lock first, and no thread of the library calls
//! Python.

mod environment;
mod given;
mod prompt;
mod settings;
mod telemetry;
mod usage;
mod waiting;
pub mod words;

use pyo3::prelude::*;

/// The native module, which `crawl4ai_telemetry` loads at its first use.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::telemetry::{Native, run_command};
    #[pymodule_export]
    use super::usage::{Span, Usage};
}
