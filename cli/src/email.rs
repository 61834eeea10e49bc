//! `email`: the address that is sent with reports.

use clap::Args;
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::printable::line;

use crate::exit::Failure;
use crate::output::Streams;

/// Show, set or remove the e-mail address that is sent with reports
///
/// An address is sent only with reports that you agreed to, so that the authors can
/// ask back. It is no consent: that is what `enable` is for. Undo with `--remove`.
/// What was sent keeps the address that went along; `purge` deletes that record.
/// Without arguments it shows the stored address.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Email {
    /// Store this address; undo with `--remove`
    #[arg(value_name = "ADDRESS", conflicts_with = "remove")]
    address: Option<String>,

    /// Forget the stored address
    #[arg(long)]
    remove: bool,
}

impl Email {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let store = telemetry.config();
        let command = telemetry.app().command_name();
        if let Some(address) = &self.address {
            telemetry.set_email(address)?;
            streams.say(&format!("{address} is sent with reports that you agree to."));
            streams.say(&format!("Undo with `{command} email --remove`."));
        } else if self.remove {
            telemetry.remove_email()?;
            streams.say("No e-mail address is stored any more.");
            streams.say(&format!(
                "Reports that you gave one along with keep it, sent or not; `{command} purge` deletes them."
            ));
        } else {
            let stored = store.read();
            if let Some(problem) = stored.problem.filter(|problem| problem.hides_consent()) {
                return Err(Failure::Refused(format!("the configuration file {problem}")));
            }
            match &stored.settings.email {
                Some(address) => streams.print(&line(address))?,
                None => streams.say("No e-mail address is stored."),
            }
        }
        Ok(())
    }
}
