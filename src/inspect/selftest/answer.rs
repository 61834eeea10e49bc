//! Advice about a server's answer other than a yes.

use crawl4ai_telemetry_core::{ReportId, SendError};

/// What to do about an answer: the provider's own advice, or else advice for this kind of answer.
pub(super) fn mend(error: &SendError) -> &str {
    error.advice().unwrap_or(match error {
        SendError::Retry { .. } => {
            "Check that the server runs and that this machine reaches it; reports wait until then."
        }
        SendError::Rejected { .. } => {
            "See the server's log for the reason. Rejected reports are dropped."
        }
        SendError::Halt { .. } => {
            "Check the address and the key against the project's settings on the server; reports wait until then."
        }
    })
}

/// The id by which a server finds the report, if it has the report although it did not say so.
pub(super) fn in_case_it_arrived(id: ReportId) -> String {
    format!(" If it arrived all the same, its id is {id}.")
}
