//! `purge`: deletes reports and their records without changing the decision.

use clap::Args;
use crawl4ai_telemetry::Telemetry;

use crate::exit::{Failure, explained};
use crate::output::Streams;
use crate::send::reports;

/// Delete what waits and what is remembered of what was sent
///
/// Both can hold an e-mail address that you gave along. A copy of a damaged
/// configuration file (config.json.damaged-...) can too, and is left to you. The
/// ids and dates of what was sent stay, because `erase` needs them. Your
/// decision stays as it is; change that with `enable` and `disable`. There is no
/// undo: what was deleted does not come back. What was sent is sent; `erase` helps.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Purge {
    /// Delete the ids and dates too: `erase` then finds nothing any more
    #[arg(long)]
    ids: bool,
}

impl Purge {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let remembered = telemetry.sent().len();
        let waited = telemetry.purge().map_err(|failure| explained(failure, telemetry))?;
        streams.say(&format!("Deleted {} that waited and the record of {remembered} sent.", reports(waited)));
        if self.ids {
            telemetry.forget_sent_ids().map_err(|failure| explained(failure, telemetry))?;
            streams.say("The ids of sent reports are deleted too.");
        } else if !telemetry.sent_ids().is_empty() {
            let command = telemetry.app().command_name();
            streams
                .say(&format!("The ids of sent reports stay, for `{command} erase`; `--ids` deletes them."));
        }
        Ok(())
    }
}
