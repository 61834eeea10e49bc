//! The same for a person: the headline, why, one line a fact, and how to change it.

use std::fmt;
use std::path::PathBuf;

use crawl4ai_telemetry_core::Privacy;

use super::Status;
use crate::consent::Rule;

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on_or_off = if self.enabled { "on" } else { "off" };
        writeln!(f, "Telemetry of {} is {on_or_off}.\n{}\n", self.app.name(), self.reason)?;
        for (name, value) in rows(self) {
            writeln!(f, "  {name:<14} {value}")?;
        }
        write!(f, "\n{}", way_back(self, self.app.command_name()))
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

/// What stands below the headline, in its order; what does not apply is left out.
fn rows(status: &Status) -> Vec<(&'static str, String)> {
    let path = |path: &Option<PathBuf>| {
        path.as_ref().map_or_else(|| "none: there is no home folder".to_owned(), |p| p.display().to_string())
    };
    let mut rows = vec![
        ("decided by", status.decided_by.to_owned()),
        ("stored", stored(status)),
        ("e-mail", status.email.clone().unwrap_or_else(|| "none".to_owned())),
        ("usage figures", status.usage_consent.replace('_', " ")),
        ("environment", status.environment.name().to_owned()),
        ("goes to", goes_to(status)),
        ("sent", status.errors_sent.to_string()),
        ("waiting", waiting(status)),
        ("configuration", path(&status.config_path)),
        ("reports", path(&status.spool_path)),
    ];
    if status.enabled {
        let level = match status.privacy {
            Privacy::Standard => "standard: text that passed every detector",
            Privacy::Strict => "strict: no free text",
        };
        rows.push(("level", level.to_owned()));
    }
    let lost: Vec<String> =
        status.losses.iter().map(|(reason, n)| format!("{} {n}", reason.name().replace('_', " "))).collect();
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

fn goes_to(status: &Status) -> String {
    let place = format!("{} ({})", status.provider, status.provider_health);
    match &status.unused_dsn {
        None => place,
        Some(variable) => format!("{place}, not to {variable}: the program brings a provider of its own"),
    }
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

#[cfg(test)]
mod tests {
    use crawl4ai_telemetry_core::{App, MemoryProvider};

    use crate::Telemetry;
    use crate::env::Env;

    #[test]
    fn it_says_that_a_variable_has_no_say() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("WEATHER_SENTRY_DSN", "https://k@crashes.example.com/1")];
        let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
            .provider(MemoryProvider::default())
            .config_folder(folder.path())
            .env(Env::from_pairs("WEATHER", variables))
            .build()
            .unwrap();
        let said = telemetry.status().to_string();
        let line = "  goes to        memory (not used yet), not to WEATHER_SENTRY_DSN: \
                    the program brings a provider of its own\n";
        assert!(said.contains(line), "{said}");
    }
}
