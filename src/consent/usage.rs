//! The decision about usage figures, which have a consent of their own behind the same kill switches.

use super::{ActionError, MachinePolicy, Rule, kill_switch, shows_only};
use crate::clock::Clock;
use crate::consent::config::{ConfigStore, Consent, StoredConfig, UsageConsent, Written};
use crate::environment::{Env, flag};

/// The rule that decided about usage figures: the first that matches, in this order.
///
/// ```
/// use crawl4ai_telemetry::UsageRule;
///
/// assert_eq!(UsageRule::ProgramDefault.name(), "program_default");
/// assert!(UsageRule::KillSwitch.reason("WEATHER").starts_with("WEATHER_TELEMETRY"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UsageRule {
    /// `PREFIX_TELEMETRY`, `PREFIX_DISABLE_TELEMETRY`, `PREFIX_DISABLE_TRACKING` or `OTEL_SDK_DISABLED` says no.
    KillSwitch,
    /// `DO_NOT_TRACK` is set.
    DoNotTrack,
    /// The [administrator's file](crate::consent::MachinePolicyStatus) says no, or cannot be read or followed.
    AdministratorDenial,
    /// The configuration file may hold a decision that cannot be read.
    Unreadable,
    /// The user said no.
    StoredDenial,
    /// The user said yes.
    StoredConsent,
    /// Nobody decided, and the administrator's file forbids the question.
    QuestionHidden,
    /// Nobody decided, so the program's default holds.
    ProgramDefault,
}

impl UsageRule {
    /// Its stable name, `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill_switch",
            Self::DoNotTrack => "do_not_track",
            Self::AdministratorDenial => "administrator_denial",
            Self::Unreadable => "unreadable",
            Self::StoredDenial => "stored_denial",
            Self::StoredConsent => "stored_consent",
            Self::QuestionHidden => "question_hidden",
            Self::ProgramDefault => "program_default",
        }
    }

    /// Does the rule come from the [administrator's file](crate::consent::MachinePolicyStatus)?
    #[must_use]
    pub const fn is_administrators(self) -> bool {
        matches!(self, Self::AdministratorDenial | Self::QuestionHidden)
    }

    /// The rule as a sentence. `prefix` is that of the program's variables.
    #[must_use]
    pub fn reason(self, prefix: &str) -> String {
        match self {
            Self::KillSwitch => format!(
                "{prefix}_TELEMETRY, {prefix}_DISABLE_TELEMETRY, {prefix}_DISABLE_TRACKING or OTEL_SDK_DISABLED says no"
            ),
            Self::DoNotTrack => "DO_NOT_TRACK is set".to_owned(),
            Self::AdministratorDenial => "the administrator of this machine says no".to_owned(),
            Self::Unreadable => "the configuration file may hold a decision that cannot be read".to_owned(),
            Self::StoredDenial => "you said no".to_owned(),
            Self::StoredConsent => "you said yes".to_owned(),
            Self::QuestionHidden => {
                "nobody decided, and the administrator of this machine lets nobody be asked".to_owned()
            }
            Self::ProgramDefault => "undecided, so the default of the program".to_owned(),
        }
    }
}

impl serde::Serialize for UsageRule {
    /// By its name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for UsageRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether usage figures may leave now, and why. [`decide_usage`] returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsageDecision {
    /// May usage figures leave?
    pub(crate) allowed: bool,
    /// The rule that decided.
    pub(crate) rule: UsageRule,
    /// Figures leave although nobody was asked, so a line at the first send says so, and how to end it.
    pub(crate) opt_out_notice: bool,
    /// Figures are shown and not sent, whatever the rules say.
    pub(crate) shows_only: bool,
}

/// Decides whether usage figures may leave now. Pure. `on_by_default` is the program's default.
#[must_use]
pub(crate) fn decide_usage(
    env: &Env,
    stored: &StoredConfig,
    machine: MachinePolicy,
    on_by_default: bool,
) -> UsageDecision {
    let shows_only = shows_only(env);
    let of = |rule, allowed| UsageDecision { allowed, rule, opt_out_notice: false, shows_only };
    if flag(env.get("OTEL_SDK_DISABLED")) {
        return of(UsageRule::KillSwitch, false);
    }
    match kill_switch(env) {
        Some(Rule::DoNotTrack) => return of(UsageRule::DoNotTrack, false),
        Some(_) => return of(UsageRule::KillSwitch, false),
        None => {}
    }
    if machine.forbids_usage {
        return of(UsageRule::AdministratorDenial, false);
    }
    if stored.hides_consent() {
        return of(UsageRule::Unreadable, false);
    }
    match (stored.settings.usage, stored.settings.consent) {
        (UsageConsent::Denied, _) => of(UsageRule::StoredDenial, false),
        (UsageConsent::Always, _) => of(UsageRule::StoredConsent, true),
        // A refusal of crash reports is not overridden by a default for usage figures.
        (UsageConsent::NotSet, Consent::Denied) => of(UsageRule::StoredDenial, false),
        (UsageConsent::NotSet, Consent::NotSet | Consent::Once | Consent::Always)
            if machine.hides_question =>
        {
            of(UsageRule::QuestionHidden, false)
        }
        (UsageConsent::NotSet, Consent::NotSet | Consent::Once | Consent::Always) => {
            UsageDecision { opt_out_notice: on_by_default, ..of(UsageRule::ProgramDefault, on_by_default) }
        }
    }
}

/// Stores the user's answer about usage figures, apart from the one about crash reports.
/// A damaged file is copied aside first.
///
/// # Errors
/// When the file cannot be changed.
pub(crate) fn set_usage(
    store: &ConfigStore,
    clock: &dyn Clock,
    consent: UsageConsent,
) -> Result<Written, ActionError> {
    Ok(store.replace(clock.now(), |settings| settings.usage = consent)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::config::{ConfigProblem, StoredSettings};

    #[test]
    fn a_refusal_of_either_kind_beats_the_programs_default() {
        let stored = |consent, usage| {
            StoredConfig::from(StoredSettings { consent, usage, ..StoredSettings::default() })
        };
        let nothing = || stored(Consent::NotSet, UsageConsent::NotSet);
        let yes = || stored(Consent::NotSet, UsageConsent::Always);
        // variable, what is stored → rule, allowed when the program is on by default, allowed when it is off
        let cases = [
            ((" ", ""), nothing(), UsageRule::ProgramDefault, true, false),
            ((" ", ""), yes(), UsageRule::StoredConsent, true, true),
            ((" ", ""), stored(Consent::Denied, UsageConsent::Always), UsageRule::StoredConsent, true, true),
            ((" ", ""), stored(Consent::Denied, UsageConsent::NotSet), UsageRule::StoredDenial, false, false),
            ((" ", ""), stored(Consent::Always, UsageConsent::Denied), UsageRule::StoredDenial, false, false),
            (
                (" ", ""),
                stored(Consent::Always, UsageConsent::NotSet),
                UsageRule::ProgramDefault,
                true,
                false,
            ),
            ((" ", ""), ConfigProblem::Damaged.into(), UsageRule::Unreadable, false, false),
            (("APP_TELEMETRY", "0"), yes(), UsageRule::KillSwitch, false, false),
            (("APP_TELEMETRY", "1"), nothing(), UsageRule::ProgramDefault, true, false),
            (("APP_DISABLE_TELEMETRY", "true"), yes(), UsageRule::KillSwitch, false, false),
            (("APP_DISABLE_TRACKING", "true"), yes(), UsageRule::KillSwitch, false, false),
            (("OTEL_SDK_DISABLED", "true"), yes(), UsageRule::KillSwitch, false, false),
            (("OTEL_SDK_DISABLED", "false"), yes(), UsageRule::StoredConsent, true, true),
            (("DO_NOT_TRACK", "1"), yes(), UsageRule::DoNotTrack, false, false),
        ];
        for (variable, stored, rule, on, off) in cases {
            let env = Env::from_pairs("APP", [variable]);
            for (default, allowed) in [(true, on), (false, off)] {
                let decision = decide_usage(&env, &stored, MachinePolicy::default(), default);
                assert_eq!(
                    (decision.rule, decision.allowed),
                    (rule, allowed),
                    "{variable:?} {stored:?} {default}"
                );
                assert_eq!(decision.opt_out_notice, rule == UsageRule::ProgramDefault && default);
            }
        }
    }

    /// In every combination the administrator's file never turns a no into a yes, and only variables go before it.
    #[test]
    fn the_administrator_may_forbid_and_nothing_else() {
        let variables = [
            ("A", ""),
            ("APP_TELEMETRY", "0"),
            ("APP_TELEMETRY", "1"),
            ("DO_NOT_TRACK", "1"),
            ("OTEL_SDK_DISABLED", "1"),
        ];
        let consents = [Consent::NotSet, Consent::Denied, Consent::Once, Consent::Always];
        let usages = [UsageConsent::NotSet, UsageConsent::Denied, UsageConsent::Always];
        let mut stored: Vec<StoredConfig> = vec![ConfigProblem::Damaged.into()];
        for consent in consents {
            stored.extend(
                usages.map(|usage| StoredSettings { consent, usage, ..StoredSettings::default() }.into()),
            );
        }
        for variable in variables {
            let env = Env::from_pairs("APP", [variable]);
            for (stored, default) in stored.iter().flat_map(|stored| [(stored, true), (stored, false)]) {
                let without = decide_usage(&env, stored, MachinePolicy::default(), default);
                for (forbids_usage, hides_question) in [(true, false), (true, true), (false, true)] {
                    let machine = MachinePolicy { forbids_usage, hides_question, ..MachinePolicy::default() };
                    let decision = decide_usage(&env, stored, machine, default);
                    let expected = match without.rule {
                        UsageRule::KillSwitch | UsageRule::DoNotTrack => without,
                        _ if forbids_usage => no(without, UsageRule::AdministratorDenial),
                        UsageRule::ProgramDefault => no(without, UsageRule::QuestionHidden),
                        UsageRule::AdministratorDenial
                        | UsageRule::Unreadable
                        | UsageRule::StoredDenial
                        | UsageRule::StoredConsent
                        | UsageRule::QuestionHidden => without,
                    };
                    assert_eq!(decision, expected, "{variable:?} {stored:?} {machine:?}");
                    assert!(without.allowed || !decision.allowed);
                }
                // Fields about reports alone change nothing.
                let reports = MachinePolicy {
                    forbids_reports: true,
                    level: Some(crawl4ai_telemetry_core::Privacy::Strict),
                    ..MachinePolicy::default()
                };
                assert_eq!(decide_usage(&env, stored, reports, default), without);
            }
        }
    }

    fn no(decision: UsageDecision, rule: UsageRule) -> UsageDecision {
        UsageDecision { allowed: false, rule, opt_out_notice: false, ..decision }
    }
}
