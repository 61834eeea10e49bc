//! `disable`: stores the user's no, and deletes waiting reports.

use clap::Args;
use crawl4ai_telemetry::Telemetry;

use crate::exit::{Failure, explained};
use crate::output::Streams;
use crate::status;

/// Refuse, and delete what waits to be sent
///
/// Nothing is sent any more, neither crash reports nor, where the program has any,
/// usage figures. Reports that wait and the stored e-mail address are deleted. The
/// record of what was sent stays, with the address that went along; `purge` deletes
/// it. Undo with `enable` and, for usage figures, `usage on`; what was deleted does
/// not come back.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Disable {}

impl Disable {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let waited = telemetry.status().pending;
        // Waiting reports are deleted even if the decision cannot be stored, because at least this part of the no can
        // be carried out.
        let stored = telemetry.disable();
        if telemetry.status().pending == Some(0) {
            match waited {
                None | Some(0) => {}
                Some(1) => streams.say("1 waiting report was deleted."),
                Some(n) => streams.say(&format!("{n} waiting reports were deleted.")),
            }
        }
        let written = stored.map_err(|failure| explained(failure, telemetry))?;
        status::tell_copied_aside(&written, streams);
        streams.say("Nothing is sent any more.");
        let command = telemetry.app().command_name();
        streams.say(&match telemetry.usage().status() {
            Some(_) => {
                format!("Undo with `{command} enable`, and for usage figures with `{command} usage on`.")
            }
            None => format!("Undo with `{command} enable`."),
        });
        Ok(())
    }
}
