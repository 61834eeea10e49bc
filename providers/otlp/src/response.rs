//! The meaning of the body of a collector's answer.

use crawl4ai_telemetry_core::SendError;
use prost::Message;

use crate::proto::ExportResponse;

/// A collector that accepts a request may refuse some of its items, and then says so in its answer. The refused items
/// must not be sent again (OTLP, "Partial Success"). The collector's message is not quoted.
///
/// An answer that cannot be read, because it is cut or has another form, is ignored, because the status has decided the
/// outcome.
pub(crate) fn interpret(body: &[u8], what: &str) -> Result<(), SendError> {
    let refused = ExportResponse::decode(body).ok().and_then(|r| r.partial_success).map_or(0, |p| p.rejected);
    if refused > 0 {
        let reason = format!("the collector took the request, but refused {refused} of its {what}");
        return Err(SendError::rejected(reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::PartialSuccess;

    #[test]
    fn a_success_that_is_partial_is_told() {
        let answer =
            |rejected| ExportResponse { partial_success: Some(PartialSuccess { rejected }) }.encode_to_vec();
        assert_eq!(interpret(&answer(0), "spans"), Ok(()), "a warning");
        assert_eq!(interpret(&[], "spans"), Ok(()));
        assert_eq!(interpret(b"{}", "spans"), Ok(()), "JSON, from a collector that answers so");
        let error = interpret(&answer(3), "spans").unwrap_err();
        assert!(
            matches!(&error, SendError::Rejected { reason, .. } if reason.contains("3 of its spans")),
            "{error}"
        );
    }
}
