//! `preview`: shows what a report from this machine would hold, before there is one.

use clap::Args;
use crawl4ai_telemetry::{NullProvider, Telemetry};
use serde_json::{json, to_string_pretty};

use crate::exit::Failure;
use crate::output::Streams;

/// Show exactly what a report from here would hold
///
/// Makes a report of an error that did not happen, and prints it as it would be
/// sent, to the letter. Nothing is stored and nothing is sent, so there is nothing
/// to undo. What was really sent is shown by `log` and `show`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Preview {
    /// For other programs: JSON, with where it would go and at which level
    #[arg(long)]
    json: bool,
}

impl Preview {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let preview = telemetry.preview().map_err(|error| Failure::Refused(error.to_string()))?;
        if self.json {
            let payload = json!({
                "media_type": preview.payload.media_type,
                "bytes": preview.payload.bytes.len(),
                "text": String::from_utf8_lossy(&preview.payload.bytes),
            });
            let whole = json!({
                "provider": preview.provider,
                "privacy": preview.privacy,
                "report": preview.report,
                "payload": payload,
            });
            return streams.print_json(to_string_pretty(&whole));
        }
        if preview.provider == NullProvider::NAME {
            streams.say("Nothing is set up to send reports to; this is a report as it would be stored.");
        } else {
            let payload = &preview.payload;
            streams.say(&format!(
                "{} would get these {} bytes of {}:",
                preview.provider,
                payload.bytes.len(),
                payload.media_type
            ));
        }
        streams.write_bytes(&preview.payload.bytes)?;
        if !preview.payload.bytes.ends_with(b"\n") && streams.is_terminal() {
            streams.print("")?;
        }
        Ok(())
    }
}
