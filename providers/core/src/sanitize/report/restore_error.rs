//! Why stored bytes are no report.

use crate::report::SCHEMA;
use crate::sanitize::limits;

/// Stored bytes are no report.
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
    /// Longer than any report that is written.
    #[error("stored report: {found} bytes where at most {} are written", limits::STORED_REPORT)]
    TooLong {
        /// How long it is, in bytes.
        found: usize,
    },
    /// Not the JSON that we write.
    #[error("stored report: not in our form (line {line}, column {column})")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1. The text itself is not quoted: it has not been cleaned.
        column: usize,
    },
    /// Written by a newer version of this library.
    #[error("stored report: schema {found}, this version reads up to {SCHEMA}")]
    Newer {
        /// The schema it claims.
        found: u32,
    },
}
