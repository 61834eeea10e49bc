//! `status`: shows what applies here, and which rule decides it.

use clap::Args;
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::config::Written;
use crawl4ai_telemetry::printable::line;

use crate::exit::Failure;
use crate::output::Streams;

/// Show what holds here, and which rule says so
///
/// Changes nothing and sends nothing. `enable` and `disable` change the decision.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Show {
    /// For other programs: one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let status = telemetry.status();
        if self.json {
            return streams.print_json(serde_json::to_string_pretty(&status));
        }
        streams.print(&status.to_string())
    }
}

/// Tells the user if a rule overrides what was just stored.
pub(crate) fn tell_if_otherwise(telemetry: &Telemetry, wanted: bool, streams: &mut Streams) {
    let status = telemetry.status();
    if status.enabled != wanted {
        let on_or_off = if status.enabled { "on" } else { "off" };
        streams.say(&format!("But here it is {on_or_off}: {}", status.reason()));
    }
}

/// Tells where the copy of a damaged configuration file is.
pub(crate) fn tell_copied_aside(written: &Written, streams: &mut Streams) {
    if let Some(aside) = &written.copied_aside {
        streams.say(&format!(
            "The configuration file was damaged; it was kept as {}.",
            line(&aside.display().to_string())
        ));
    }
}
