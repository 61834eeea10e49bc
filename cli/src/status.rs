//! `status`: what holds, and which rule says so.

use clap::Args;
use crawl4ai_telemetry::config::Written;
use crawl4ai_telemetry::{NullProvider, Privacy, Rule, Status, Telemetry};

use crate::exit::Failure;
use crate::output::Streams;

/// Show what holds here, and which rule says so
///
/// Changes nothing and sends nothing. Change it with `enable` and `disable`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Show {
    /// As one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let status = telemetry.status();
        if self.json {
            let json =
                serde_json::to_string_pretty(&status).map_err(|error| Failure::Output(error.into()))?;
            return streams.print(&json);
        }
        let app = telemetry.app();
        streams.print(&format!("Telemetry of {} is {}.", app.name(), on_or_off(status.enabled)))?;
        streams.print(&reason(&status))?;
        streams.print("")?;
        for (name, value) in rows(&status) {
            streams.print(&format!("  {name:<14} {value}"))?;
        }
        streams.print("")?;
        streams.print(&way_back(&status, app.command_name()))
    }
}

/// Why, and what else keeps it from working.
fn reason(status: &Status) -> String {
    if status.provider == NullProvider::NAME {
        format!("{} Nothing is set up to send reports to.", status.reason)
    } else {
        status.reason.clone()
    }
}

/// How to change what holds: a stored decision does not change what a variable says.
fn way_back(status: &Status, command: &str) -> String {
    match Rule::ALL.into_iter().find(|rule| rule.name() == status.decided_by) {
        Some(Rule::KillSwitch | Rule::DoNotTrack) => {
            "A variable stands above what is stored: take it away to let your decision hold.".to_owned()
        }
        Some(Rule::Unreadable) => {
            format!("Mend the file, or decide anew with `{command} enable` or `{command} disable`.")
        }
        Some(Rule::StoredConsent | Rule::EnvironmentConsent | Rule::ServerDefault) => {
            format!("Turn it off with `{command} disable`.")
        }
        Some(Rule::StoredDenial) => format!("Turn it on with `{command} enable`."),
        Some(Rule::NotebookUnanswered | Rule::TerminalUnanswered | Rule::NoConsent) | None => {
            format!("Decide with `{command} enable` or `{command} disable`.")
        }
    }
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// What stands below the headline, in its order; what does not apply is left out.
fn rows(status: &Status) -> Vec<(&'static str, String)> {
    let level = match status.privacy {
        Privacy::Standard => "standard: text that passed every detector",
        Privacy::Strict => "strict: no free text",
    };
    let path = |path: &Option<std::path::PathBuf>| {
        path.as_ref().map_or_else(|| "none: there is no home folder".to_owned(), |p| p.display().to_string())
    };
    let mut rows = vec![
        ("decided by", status.decided_by.to_owned()),
        ("stored", stored(status)),
        ("e-mail", status.email.clone().unwrap_or_else(|| "none".to_owned())),
        ("usage figures", status.usage_consent.replace('_', " ")),
        ("environment", status.environment.name().to_owned()),
        ("goes to", format!("{} ({})", status.provider, status.provider_health)),
        ("sent", status.errors_sent.to_string()),
        ("waiting", waiting(status)),
        ("configuration", path(&status.config_path)),
        ("reports", path(&status.spool_path)),
    ];
    if status.enabled {
        rows.push(("level", level.to_owned()));
    }
    let lost: Vec<String> = status.losses.iter().map(|(reason, n)| format!("{reason:?} {n}")).collect();
    if !lost.is_empty() {
        rows.push(("lost", lost.join(", ")));
    }
    if let Some(problem) = &status.config_problem {
        rows.push(("problem", format!("the configuration file {problem}")));
    }
    if let Some(failure) = &status.last_failure {
        rows.push(("last failure", failure.clone()));
    }
    rows
}

fn waiting(status: &Status) -> String {
    match status.unanswered {
        0 => status.pending.to_string(),
        n => format!("{}, {n} of them for your answer", status.pending),
    }
}

fn stored(status: &Status) -> String {
    let consent = status.consent.replace('_', " ");
    status.decided_at.map_or_else(|| consent.clone(), |time| format!("{consent}, decided at {time}"))
}

/// Says so when what was just stored is not what holds here.
pub(crate) fn tell_if_otherwise(telemetry: &Telemetry, wanted: bool, streams: &mut Streams) {
    let status = telemetry.status();
    if status.enabled != wanted {
        streams.say(&format!("But here it is {}: {}", on_or_off(status.enabled), reason(&status)));
    }
}

/// Says where the damaged file is.
pub(crate) fn tell_copied_aside(written: &Written, streams: &mut Streams) {
    if let Some(aside) = &written.copied_aside {
        streams.say(&format!("The configuration file was damaged; it was kept as {}.", aside.display()));
    }
}
