//! The reasons why stored bytes are not a report.

use crate::report::SCHEMA;
use crate::sanitize::limits;

/// The stored bytes are not a report.
///
/// ```
/// use crawl4ai_telemetry_core::sanitize::RestoreError;
/// use crawl4ai_telemetry_core::{Privacy, Sanitizer};
///
/// let torn = Sanitizer::new().restore(b"{", None, Privacy::Standard);
/// assert_eq!(torn.unwrap_err(), RestoreError::Malformed { line: 1, column: 1 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes are longer than any report that is ever written.
    #[error("stored report: {found} bytes where at most {} are written", limits::STORED_REPORT)]
    TooLong {
        /// The length of the bytes.
        found: usize,
    },
    /// The bytes are not JSON in the form of this library.
    #[error("stored report: not in our form (line {line}, column {column})")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1. The text itself is not quoted, because it has not been cleaned.
        column: usize,
    },
    /// A newer version of this library wrote the bytes.
    #[error("stored report: schema {found}, this version reads up to {SCHEMA}")]
    Newer {
        /// The schema that the bytes name.
        found: u32,
    },
}
