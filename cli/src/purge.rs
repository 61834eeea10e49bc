//! `purge`: forgets, without deciding anything.

use clap::Args;
use crawl4ai_telemetry::Telemetry;

use crate::exit::Failure;
use crate::output::Streams;
use crate::send::reports;

/// Delete what waits and what is remembered of what was sent
///
/// Both can hold an e-mail address that you gave along. A copy of a damaged
/// configuration file (config.json.damaged-...) can too, and is left to you. Your
/// decision stays as it is; change that with `enable` and `disable`. There is no
/// undo: what was deleted does not come back, and what was sent is sent.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Purge {}

impl Purge {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let remembered = telemetry.sent().len();
        let waited = telemetry.purge()?;
        streams.say(&format!("Deleted {} that waited and the record of {remembered} sent.", reports(waited)));
        Ok(())
    }
}
