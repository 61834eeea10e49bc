//! Describes an answer other than a yes: the reason, and what to do about it.

use crawl4ai_telemetry_core::SendError;

/// Why the report was not accepted.
pub(super) fn reason(error: &SendError) -> &str {
    match error {
        SendError::Retry { reason, .. }
        | SendError::Rejected { reason, .. }
        | SendError::Halt { reason, .. } => reason,
    }
}

/// Advice about what to do after such an answer.
pub(super) fn mend(error: &SendError) -> &'static str {
    match error {
        SendError::Retry { .. } => {
            "Look whether the server is there and this machine reaches it; reports wait until then."
        }
        SendError::Rejected { .. } => {
            "The server's own log says what it does not like; such reports are dropped."
        }
        SendError::Halt { .. } => {
            "Compare the address and the key with what the server says of the project; reports wait until then."
        }
    }
}
