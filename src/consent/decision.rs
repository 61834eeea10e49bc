//! The decision about crash reports: one pure function.

use crawl4ai_telemetry_core::{Environment, Privacy};

use super::{MachinePolicy, Offer, Rule, check_email};
use crate::consent::config::{Consent, StoredConfig, UsageConsent};
use crate::environment::{Env, Switch, flag};
use crate::environment::{Host, is_ci, is_development_container};

/// Whether a report may leave now, and why. [`decide`] returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// May a report leave?
    pub(crate) allowed: bool,
    /// How much text a report may hold. Strict wherever nobody said yes.
    pub(crate) privacy: Privacy,
    /// The most text that any yes can allow: the program's level, or the administrator's where that is stricter.
    pub(crate) limit: Privacy,
    /// The rule that decided.
    pub(crate) rule: Rule,
    /// The yes is for one report, and ends when a provider has taken that report.
    pub(crate) once: bool,
    /// Does a stored yes cover the reports that leave now?
    pub(crate) stored_yes: StoredYes,
    /// A person carries the report to a place where others may read it, so no e-mail address goes along.
    pub(crate) by_hand: bool,
    /// Reports are shown, and neither stored nor sent, whatever the rules say.
    pub(crate) shows_only: bool,
}

/// Does a stored yes cover the reports that leave now?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoredYes {
    /// The stored yes covers them, or there is no stored yes.
    Covers,
    /// The yes is older than the text that tells of the system's version, so that version is left out.
    WithoutSystem,
    /// The yes was for an older text, for less of a report or for another destination. The user has to be asked again.
    Outdated,
}

impl Decision {
    const fn of(rule: Rule) -> Self {
        let (allowed, privacy) = match rule {
            // The caller narrows this level to the program's.
            Rule::StoredConsent | Rule::EnvironmentConsent => (true, Privacy::Standard),
            Rule::ServerDefault => (true, Privacy::Strict),
            Rule::KillSwitch
            | Rule::DoNotTrack
            | Rule::AdministratorDenial
            | Rule::Unreadable
            | Rule::StoredDenial
            | Rule::QuestionHidden
            | Rule::NotebookUnanswered
            | Rule::TerminalUnanswered
            | Rule::NoConsent => (false, Privacy::Strict),
        };
        Self {
            allowed,
            privacy,
            limit: Privacy::Standard,
            rule,
            once: false,
            stored_yes: StoredYes::Covers,
            by_hand: false,
            shows_only: false,
        }
    }

    /// The decision about a report that the user was shown and said yes to. Only a variable, the administrator, a
    /// stored no or an unreadable file still forbids it.
    #[must_use]
    pub(crate) const fn agreed(self) -> Self {
        match self.rule {
            Rule::KillSwitch
            | Rule::DoNotTrack
            | Rule::AdministratorDenial
            | Rule::Unreadable
            | Rule::StoredDenial => self,
            Rule::StoredConsent | Rule::EnvironmentConsent => Self { once: false, ..self },
            Rule::QuestionHidden
            | Rule::ServerDefault
            | Rule::NotebookUnanswered
            | Rule::TerminalUnanswered
            | Rule::NoConsent => {
                let Self { shows_only, by_hand, limit, .. } = self;
                Self { shows_only, by_hand, limit, privacy: limit, ..Self::of(Rule::StoredConsent) }
            }
        }
    }

    /// Reports leave although nobody was asked, so a line on standard error says so at the first, and how to end it.
    #[must_use]
    pub(crate) const fn opt_out_notice(&self) -> bool {
        self.allowed && matches!(self.rule, Rule::ServerDefault)
    }

    /// The e-mail address to send along: that of `PREFIX_TELEMETRY_EMAIL`, else the stored one. `None` where nobody
    /// said yes, where a person carries the report, and when it is no valid address.
    #[must_use]
    pub(crate) fn email<'a>(&self, env: &'a Env, stored: &'a StoredConfig) -> Option<&'a str> {
        if self.by_hand {
            return None;
        }
        match self.rule {
            Rule::StoredConsent | Rule::EnvironmentConsent => {
                let given = env.own("TELEMETRY_EMAIL").map(str::trim).filter(|email| !email.is_empty());
                given.or(stored.settings.email.as_deref()).filter(|email| check_email(email).is_ok())
            }
            Rule::KillSwitch
            | Rule::DoNotTrack
            | Rule::AdministratorDenial
            | Rule::Unreadable
            | Rule::StoredDenial
            | Rule::QuestionHidden
            | Rule::ServerDefault
            | Rule::NotebookUnanswered
            | Rule::TerminalUnanswered
            | Rule::NoConsent => None,
        }
    }
}

/// The rule by which a variable turns reports and usage figures off, whatever is stored. Reads no file.
#[must_use]
pub(crate) fn kill_switch(env: &Env) -> Option<Rule> {
    let told_off = Switch::read(env.own("TELEMETRY")) == Switch::Off
        || flag(env.own("DISABLE_TELEMETRY"))
        || flag(env.own("DISABLE_TRACKING"));
    if told_off {
        Some(Rule::KillSwitch)
    } else if flag(env.get("DO_NOT_TRACK")) {
        Some(Rule::DoNotTrack)
    } else {
        None
    }
}

/// Is everything to be shown instead of stored and sent?
#[must_use]
pub(crate) fn shows_only(env: &Env) -> bool {
    flag(env.own("TELEMETRY_DEBUG"))
}

/// Decides whether a crash report may leave now. Pure; the first [`Rule`] that matches decides.
///
/// `machine` is what the administrator forbids. It may turn a yes into a no and lower what leaves, never the reverse.
/// `policy` is the version of the consent text, [`POLICY`](super::POLICY). A stored decision without a version was made
/// under the first. `offer` is what a yes has to cover.
#[must_use]
pub(crate) fn decide(
    env: &Env,
    stored: &StoredConfig,
    machine: MachinePolicy,
    environment: Environment,
    host: &Host,
    policy: u32,
    offer: &Offer,
) -> Decision {
    let decision = decide_by_rules(env, stored, machine, environment, host, policy, offer);
    let limit = machine.level.map_or(offer.privacy, |level| level.max(offer.privacy));
    let privacy = decision.privacy.max(limit);
    Decision { shows_only: shows_only(env), privacy, limit, by_hand: offer.by_hand, ..decision }
}

fn decide_by_rules(
    env: &Env,
    stored: &StoredConfig,
    machine: MachinePolicy,
    environment: Environment,
    host: &Host,
    policy: u32,
    offer: &Offer,
) -> Decision {
    if let Some(rule) = kill_switch(env) {
        return Decision::of(rule);
    }
    if machine.forbids_reports {
        return Decision::of(Rule::AdministratorDenial);
    }
    if stored.hides_consent() {
        return Decision::of(Rule::Unreadable);
    }
    let outdated = stored.settings.policy.unwrap_or(1) < policy || !offer.is_covered_by(&stored.settings);
    match stored.settings.consent {
        Consent::Denied => Decision::of(Rule::StoredDenial),
        // Each report is asked about, because no yes covers the next one.
        Consent::Once | Consent::Always | Consent::NotSet if offer.by_hand => {
            Decision::of(match (machine.hides_question, is_at_terminal(env, environment, host)) {
                (true, _) => Rule::QuestionHidden,
                (false, true) => Rule::TerminalUnanswered,
                (false, false) => Rule::NoConsent,
            })
        }
        consent @ (Consent::Once | Consent::Always) if !outdated => {
            let once = consent == Consent::Once;
            // Library versions that stored no level did not tell users that reports hold the system's version.
            let is_older = stored.settings.level.is_none();
            let stored_yes = if is_older { StoredYes::WithoutSystem } else { StoredYes::Covers };
            Decision { once, stored_yes, ..Decision::of(Rule::StoredConsent) }
        }
        consent @ (Consent::Once | Consent::Always | Consent::NotSet) => Decision {
            stored_yes: if outdated && consent != Consent::NotSet {
                StoredYes::Outdated
            } else {
                StoredYes::Covers
            },
            ..undecided(env, stored, machine, environment, host)
        },
    }
}

/// The rules for a user who has not decided.
fn undecided(
    env: &Env,
    stored: &StoredConfig,
    machine: MachinePolicy,
    environment: Environment,
    host: &Host,
) -> Decision {
    if Switch::read(env.own("TELEMETRY")) == Switch::On {
        return Decision::of(Rule::EnvironmentConsent);
    }
    if machine.hides_question {
        return Decision::of(Rule::QuestionHidden);
    }
    let refused_usage = stored.settings.usage == UsageConsent::Denied;
    match environment {
        Environment::Docker | Environment::ApiServer => {
            // No default turns reports on for a user who refused usage figures.
            if is_ci(env) || is_development_container(env) || refused_usage {
                Decision::of(Rule::NoConsent)
            } else {
                Decision::of(Rule::ServerDefault)
            }
        }
        Environment::Jupyter | Environment::Colab => Decision::of(Rule::NotebookUnanswered),
        Environment::Cli if is_at_terminal(env, environment, host) => Decision::of(Rule::TerminalUnanswered),
        Environment::Cli | Environment::Ci | Environment::Unknown => Decision::of(Rule::NoConsent),
        _ => Decision::of(Rule::NoConsent),
    }
}

/// Is there a person at a terminal who can be asked?
fn is_at_terminal(env: &Env, environment: Environment, host: &Host) -> bool {
    environment == Environment::Cli && host.stdin_terminal && host.stderr_terminal && !is_ci(env)
}

#[cfg(test)]
mod tests;
