//! The status as text: the headline, the reason, one line for each fact, and how to change it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crawl4ai_telemetry_core::{Environment, NullProvider, Privacy};
use serde::{Serialize, Serializer};

use super::{Reason, Status};
use crate::consent::{MachinePolicyStatus, Rule, UsageConsent, undo};
use crate::deliver::ProviderHealth;
use crate::printable::{line, wrap};

impl Status {
    /// The end of the headline, which says what becomes of crash reports: `on`, `off` or `asked about one by one`.
    #[must_use]
    pub const fn headline(&self) -> &'static str {
        match (self.enabled, self.decided_by) {
            (true, _) => "on",
            (false, Rule::TerminalUnanswered) if self.reason.by_hand => "asked about one by one",
            (false, _) => "off",
        }
    }

    /// How to change the current state, in a sentence or two. Text to be typed is in backticks.
    #[must_use]
    pub fn way_back(&self) -> String {
        way_back(self)
    }

    /// The lines below the headline of the printed form: names and values, in order. Lines that do not apply are left
    /// out.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        rows(self)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, headline) = (self.app.name(), self.headline());
        writeln!(f, "Crash reports of {name} are {headline}.\n{}", wrapped(&self.reason()))?;
        for (name, value) in rows(self) {
            writeln!(f, "  {name:<14} {}", line(&value))?;
        }
        write!(f, "\n{}", wrapped(&way_back(self)).trim_end())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by_hand && self.rule == Rule::TerminalUnanswered {
            f.write_str(
                "Each report is shown to you first. If you say yes, a page opens on which you report it yourself.",
            )?;
        } else if self.by_hand && self.rule == Rule::NoConsent {
            f.write_str("Each report needs a yes, and nobody can be asked here.")?;
        } else if let Some(yes) = self.not_covered() {
            f.write_str(&yes)?;
        } else {
            f.write_str(&self.rule.reason_by(&self.prefix, self.file.as_ref()))?;
        }
        if !self.sends {
            f.write_str(" Nothing is set up to send reports to.")?;
        }
        if self.shows_only {
            write!(f, " {}_TELEMETRY_DEBUG: reports are shown, not sent.", self.prefix)?;
        }
        Ok(())
    }
}

impl Reason {
    /// Where nothing leaves although the user said yes, because that yes does not cover it.
    fn not_covered(&self) -> Option<String> {
        let so = match self.rule {
            Rule::TerminalUnanswered => "you are asked again when the program next fails.",
            Rule::NotebookUnanswered => "the notebook shows how to decide again.",
            Rule::NoConsent => "nobody can be asked again here.",
            Rule::QuestionHidden => {
                "the administrator of this machine has turned the question off, so nobody asks again."
            }
            Rule::KillSwitch
            | Rule::DoNotTrack
            | Rule::AdministratorDenial
            | Rule::Unreadable
            | Rule::StoredDenial
            | Rule::StoredConsent
            | Rule::EnvironmentConsent
            | Rule::ServerDefault => return None,
        };
        let why = self.not_covered.as_ref()?;
        let so = self
            .file
            .as_ref()
            .filter(|_| self.rule.is_administrators())
            .map_or_else(|| so.to_owned(), |file| file.explain(so));
        Some(format!("Your earlier yes {why}. It does not cover what is sent now: {so}"))
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for ProviderHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused => f.write_str("not used yet"),
            Self::Well => f.write_str("well"),
            Self::FailedBefore { reason, next_try_in: None } => {
                write!(f, "failing at the last try: {reason}")
            }
            Self::FailedBefore { reason, next_try_in: Some(left) } => {
                write!(f, "failing at the last try: {reason}; the next one in {}", rounded(*left))
            }
            Self::Failing(reason) => write!(f, "failing: {reason}"),
            Self::Halted(reason) => write!(f, "stopped for this run: {reason}"),
            Self::Stuck => f.write_str("stuck: it did not answer within its time"),
        }
    }
}

impl Serialize for ProviderHealth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Rounds up and prints `40 seconds`, `12 minutes`, `3 hours`.
fn rounded(time: Duration) -> String {
    let (n, unit) = match time.as_secs() + u64::from(time.subsec_nanos() > 0) {
        seconds @ ..=90 => (seconds, "second"),
        seconds @ ..=5_400 => (seconds.div_ceil(60), "minute"),
        seconds => (seconds.div_ceil(3_600), "hour"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// How to change the current state. A stored decision does not override a variable. A command is named if the program
/// has one.
fn way_back(status: &Status) -> String {
    let app = &status.app;
    let (command, prefix) = (app.has_command().then(|| app.command_name()), app.env_prefix_name());
    let decide = if status.reason.not_covered().is_some() { "Decide again" } else { "Decide" };
    match (status.decided_by, command) {
        (Rule::KillSwitch | Rule::DoNotTrack, _) => {
            "A variable overrides your stored decision: unset it to use that decision.".to_owned()
        }
        (Rule::AdministratorDenial, _) => {
            "Only the administrator of this machine can change that. Your own decision is kept and applies \
             afterwards."
                .to_owned()
        }
        (Rule::Unreadable, Some(command)) => {
            format!("Repair the file, or decide again with `{command} enable` or `{command} disable`.")
        }
        (Rule::Unreadable, None) => "Repair the file.".to_owned(),
        (Rule::StoredConsent | Rule::ServerDefault, Some(_)) => undo("Turn them off", app),
        (Rule::StoredConsent | Rule::ServerDefault, None) => {
            format!(
                "{} To turn reports off permanently, set \"consent\" to \"denied\" in the configuration file.",
                undo("", app)
            )
        }
        (Rule::EnvironmentConsent, _) => {
            format!("Set {prefix}_TELEMETRY to 0 to stop the reports.")
        }
        (Rule::StoredDenial, Some(command)) => format!("Turn them on with `{command} enable`."),
        (Rule::StoredDenial, None) => "Your decision stands in the configuration file.".to_owned(),
        (Rule::TerminalUnanswered | Rule::NoConsent, Some(command)) if status.reason.by_hand => {
            format!("End the question with `{command} disable`.")
        }
        (Rule::TerminalUnanswered | Rule::NoConsent, None) if status.reason.by_hand => {
            format!("While {prefix}_TELEMETRY=0 is set, you are not asked.")
        }
        (Rule::QuestionHidden, _) if status.reason.by_hand => {
            "Each report needs your yes, so none is sent while the administrator's file turns the question off."
                .to_owned()
        }
        (
            Rule::QuestionHidden | Rule::NotebookUnanswered | Rule::TerminalUnanswered | Rule::NoConsent,
            Some(command),
        ) => {
            format!("{decide} with `{command} enable` or `{command} disable`.")
        }
        (
            Rule::QuestionHidden | Rule::NotebookUnanswered | Rule::TerminalUnanswered | Rule::NoConsent,
            None,
        ) => {
            format!("{decide} with {prefix}_TELEMETRY=1 or {prefix}_TELEMETRY=0.")
        }
    }
}

/// The lines below the headline, in order. Lines that do not apply are left out.
fn rows(status: &Status) -> Vec<(&'static str, String)> {
    let path = |path: &Option<PathBuf>| {
        path.as_ref().map_or_else(|| "none: there is no home folder".to_owned(), |p| p.display().to_string())
    };
    let mut rows = vec![
        ("decided by", status.decided_by.to_string()),
        ("stored", stored(status)),
        ("e-mail", email(status)),
        ("environment", place(status.environment).to_owned()),
        ("goes to", goes_to(status)),
        ("provider", provider(status)),
        ("sent", status.errors_sent.map_or_else(not_known, |sent| sent.to_string())),
        ("waiting", status.pending.map_or_else(not_known, |pending| waiting(status, pending))),
        ("configuration", path(&status.config_path)),
        ("reports", path(&status.spool_path)),
    ];
    if let Some(usage) = usage(status) {
        rows.insert(3, ("usage figures", usage));
    }
    if let Some(place) = status.by_hand.as_ref().filter(|_| !status.reason.by_hand) {
        rows.push(("by hand", format!("{place}, where you report it yourself")));
    }
    if let Some(said) = &status.machine_policy {
        rows.push(("administrator", said.to_string()));
    }
    if !status.asking.is_empty() {
        rows.push(("asking now", status.asking.join(", ")));
    }
    if let Some(notice) = status.privacy_notice {
        rows.push(("notice", notice.to_owned()));
    }
    if let Some(controller) = status.controller {
        rows.push(("kept by", controller.to_owned()));
    }
    if let Some(days) = status.retention_days {
        rows.push(("kept for", format!("{days} day{}", if days == 1 { "" } else { "s" })));
    }
    if status.enabled {
        let level = match status.privacy {
            Privacy::Standard => "standard: cleaned texts too",
            Privacy::OwnWords => "own words: the program's own words and standard messages",
            Privacy::Strict => "strict: no free text",
        };
        rows.push(("level", level.to_owned()));
    }
    let lost: Vec<String> =
        status.losses.iter().map(|(reason, n)| format!("{} {n}", reason.name().replace('_', " "))).collect();
    if !lost.is_empty() {
        rows.push(("lost", lost.join(", ")));
    }
    if let Some(trouble) = status.machine_policy.as_ref().and_then(MachinePolicyStatus::trouble) {
        rows.push(("problem", trouble));
    }
    if let Some(problem) = &status.config_problem {
        rows.push(("problem", format!("the configuration file {problem}")));
    }
    rows.extend(status.unreadable.iter().map(|problem| ("problem", problem.clone())));
    if let Some(problem) = &status.words_problem {
        rows.push(("problem", format!("the program's own words {problem}")));
    }
    if let Some(failure) = &status.last_failure {
        rows.push(("last failure", failure.clone()));
    }
    rows
}

fn goes_to(status: &Status) -> String {
    let place = &status.destination;
    match &status.unused_dsn {
        None => place.clone(),
        Some(variable) => format!("{place}, not to {variable}: the program brings a provider of its own"),
    }
}

fn provider(status: &Status) -> String {
    if status.provider == NullProvider::NAME {
        return "none is set up".to_owned();
    }
    format!("{} ({})", status.provider, status.provider_health)
}

/// The text for the environment in which the program runs.
fn place(environment: Environment) -> &'static str {
    match environment {
        Environment::Cli => "a terminal",
        Environment::Docker => "a container",
        Environment::ApiServer => "a server",
        Environment::Jupyter => "a notebook",
        Environment::Colab => "a notebook (Colab)",
        Environment::Ci => "a build or a test",
        Environment::Unknown => "no terminal (a script, a pipe or a job)",
        other => other.name(),
    }
}

/// Usage figures have their own decision and destination. A program that records none has no such line, unless an
/// answer is stored.
fn usage(status: &Status) -> Option<String> {
    match &status.usage {
        None if status.usage_consent == UsageConsent::NotSet => None,
        None => {
            Some(format!("this program records none; your stored decision: {}", status.usage_consent.name()))
        }
        Some(usage) => {
            let sent = if usage.enabled { "sent" } else { "not sent" };
            Some(format!("{sent} ({}), to {}", usage.decided_by, usage.destination))
        }
    }
}

/// Wraps a sentence into lines of 78 columns, each with a line end.
fn wrapped(sentence: &str) -> String {
    let mut text = String::new();
    wrap(&line(sentence), &mut text);
    text
}

/// What stands for a count that cannot be read.
fn not_known() -> String {
    "not known".to_owned()
}

fn waiting(status: &Status, pending: usize) -> String {
    match (status.unanswered.unwrap_or_default(), status.asked_twice.unwrap_or_default()) {
        (0, _) => pending.to_string(),
        (n, 0) => format!("{pending}, {n} of them waiting for your answer"),
        (n, m) => format!("{pending}, {n} of them waiting for your answer; {m} not asked about again"),
    }
}

fn email(status: &Status) -> String {
    match (&status.email, &status.reason.kept_email) {
        (Some(email), _) => email.clone(),
        (None, Some(kept)) => format!("{kept}, again after a new yes"),
        (None, None) => "none".to_owned(),
    }
}

fn stored(status: &Status) -> String {
    let consent = status.consent.name().replace('_', " ");
    status.decided_at.map_or_else(|| consent.clone(), |time| format!("{consent}, decided at {time}"))
}
