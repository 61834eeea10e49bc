//! `usage`: what the user says about usage figures.

use clap::{Args, ValueEnum};
use crawl4ai_telemetry::clock::SystemClock;
use crawl4ai_telemetry::consent::UsageConsent;
use crawl4ai_telemetry::{Telemetry, consent};

use crate::exit::Failure;
use crate::output::Streams;
use crate::status;

/// Show or decide whether usage figures are sent
///
/// Usage figures are counts and settings from a table, never free text; `schema`
/// lists them. They have a decision of their own, beside the one about crash reports.
/// Undo with the other word. Without arguments it shows what is stored.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Usage {
    /// Send them, or do not; undo with the other word
    #[arg(value_name = "on|off")]
    decision: Option<Decision>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Decision {
    /// Send usage figures
    On,
    /// Send none
    Off,
}

impl Usage {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let (store, command) = (telemetry.config(), telemetry.app().command_name());
        let Some(decision) = self.decision else {
            let stored = store.read();
            if let Some(problem) = stored.problem.filter(|problem| problem.hides_consent()) {
                return Err(Failure::Refused(format!("the configuration file {problem}")));
            }
            streams.print(stored.settings.usage.name())?;
            return Ok(());
        };
        let (consent, said, undo) = match decision {
            Decision::On => (UsageConsent::Always, "Usage figures are sent.", "off"),
            Decision::Off => (UsageConsent::Denied, "No usage figures are sent.", "on"),
        };
        let written = consent::set_usage(store, &SystemClock::new(), consent)?;
        status::tell_copied_aside(&written, streams);
        streams.say(said);
        streams.say(&format!("Undo with `{command} usage {undo}`."));
        Ok(())
    }
}
