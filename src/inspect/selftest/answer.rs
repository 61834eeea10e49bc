//! Advice about a server's answer other than a yes.

use crawl4ai_telemetry_core::SendError;

/// What to do about an answer: the provider's own advice, or else advice for this kind of answer.
pub(super) fn mend(error: &SendError) -> &str {
    error.advice().unwrap_or(match error {
        SendError::Retry { .. } => {
            "Look whether the server is there and this machine reaches it; reports wait until then."
        }
        SendError::Rejected { .. } => {
            "The server's own log says what it does not like; such reports are dropped."
        }
        SendError::Halt { .. } => {
            "Compare the address and the key with what the server says of the project; reports wait until then."
        }
    })
}
