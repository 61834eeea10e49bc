//! `show`: one report, byte for byte.

use clap::Args;
use crawl4ai_telemetry::printable::line;
use crawl4ai_telemetry::{ReportId, Telemetry};

use crate::exit::{Failure, explained};
use crate::output::Streams;

/// The fewest characters of an id's beginning. Fewer are probably a mistake.
const SHORTEST: usize = 4;

/// Show one report: exactly the bytes that were sent, or would be
///
/// Takes the id that `log` lists, or its beginning. Changes nothing and sends
/// nothing, so there is nothing to undo. Delete what is kept with `purge`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Show {
    /// The id of the report, or how it begins
    id: String,
}

impl Show {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let id = find(&self.id, telemetry)?;
        let sent = telemetry.sent_bytes(id).map_err(|error| Failure::Refused(error.to_string()))?;
        let (message, bytes) = match sent {
            Some((entry, bytes)) => {
                let message = format!(
                    "{} {} at {}, {}:",
                    if entry.is_by_hand() { "Opened for you by" } else { "Sent to" },
                    line(&entry.provider),
                    entry.sent_at,
                    line(&entry.media_type)
                );
                (message, bytes)
            }
            None => {
                let payload = telemetry
                    .waiting_bytes(id)
                    .ok_or_else(|| Failure::Refused(format!("the report {id} cannot be read any more")))
                    .map_err(|failure| explained(failure, telemetry))?;
                (format!("Waits, and would be sent as {}:", payload.media_type), payload.bytes)
            }
        };
        streams.say(&message);
        streams.write_bytes(&bytes)?;
        if !bytes.ends_with(b"\n") && streams.is_terminal() {
            streams.print("")?;
        }
        Ok(())
    }
}

pub(crate) fn find(wanted: &str, telemetry: &Telemetry) -> Result<ReportId, Failure> {
    let wanted = wanted.trim().to_ascii_lowercase();
    let sent = telemetry.sent().into_iter().map(|entry| entry.id);
    let mut found: Vec<ReportId> =
        sent.chain(telemetry.waiting().into_iter().map(|report| report.id)).collect();
    found.retain(|id| wanted.len() >= SHORTEST && id.to_string().starts_with(&wanted));
    found.sort();
    found.dedup();
    let command = telemetry.app().command_name();
    match found.as_slice() {
        [id] => Ok(*id),
        [] => {
            let none = format!(
                "no report begins with {wanted:?}, at least {SHORTEST} characters of an id; `{command} log` lists the ids"
            );
            Err(explained(Failure::Refused(none), telemetry))
        }
        several => Err(Failure::Refused(format!("{} reports begin with {wanted:?}", several.len()))),
    }
}
