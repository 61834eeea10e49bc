//! `usage`: shows or stores the user's decision about usage figures.

use clap::{Args, ValueEnum};
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::consent::UsageConsent;

use crate::exit::Failure;
use crate::output::Streams;
use crate::status;

/// Show or decide whether usage figures are sent, if any
///
/// Usage figures are counts, settings and names from a table, which `schema` lists,
/// and texts only of what you share. They have a decision of their own, beside the
/// one about crash reports. Undo with the other word. Without arguments it shows
/// what is stored, and what holds where nothing is.
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
            streams.say(&what_holds(telemetry));
            return Ok(());
        };
        let (consent, said, undo) = match decision {
            Decision::On => (UsageConsent::Always, "Usage figures are sent.", "off"),
            Decision::Off => (UsageConsent::Denied, "No usage figures are sent.", "on"),
        };
        let written = telemetry.decide_usage(consent)?;
        status::tell_copied_aside(&written, streams);
        match telemetry.usage().status() {
            // The decision is stored, but this program records nothing, so that `said` would be untrue.
            None => streams.say(&what_holds(telemetry)),
            Some(holds) => {
                streams.say(said);
                if holds.enabled != (undo == "off") {
                    streams.say(&what_holds(telemetry));
                }
            }
        }
        streams.say(&format!("Undo with `{command} usage {undo}`."));
        Ok(())
    }
}

/// The decision that applies here. It need not be the stored one, because a variable takes precedence. If nothing is
/// stored, the program's setting applies.
fn what_holds(telemetry: &Telemetry) -> String {
    let Some(status) = telemetry.usage().status() else {
        return "This program records no usage figures.".to_owned();
    };
    let (sent, place) = (if status.enabled { "sent" } else { "not sent" }, &status.destination);
    format!("Here usage figures are {sent}, to {place}: {}.", status.reason())
}

#[cfg(test)]
mod tests {
    use crawl4ai_telemetry::usage::Settings;
    use crawl4ai_telemetry::{App, Env, MemoryProvider};

    use super::*;

    #[test]
    fn what_the_program_declares_is_told_and_so_is_what_stands_above_it() {
        let folder = tempfile::tempdir().unwrap();
        let settings = || Settings::provider(MemoryProvider::default(), &[]);
        let place = "to the memory of this process";
        for (settings, variable, expected) in [
            (settings(), "0", format!("not sent, {place}: undecided, so the default of the program")),
            (
                settings().on_by_default(),
                "0",
                format!("sent, {place}: undecided, so the default of the program"),
            ),
            (settings().on_by_default(), "1", format!("not sent, {place}: DO_NOT_TRACK is set")),
        ] {
            let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
                .usage(settings)
                .config_folder(folder.path())
                .env(Env::from_pairs("WEATHER", [("DO_NOT_TRACK", variable)]))
                .build()
                .unwrap();
            assert_eq!(what_holds(&telemetry), format!("Here usage figures are {expected}."));
        }
    }
}
