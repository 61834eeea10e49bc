//! The administrator's file as a column of the table: each of its contents with every combination of the others.

use super::*;

/// The policy of a machine without an administrator's file.
pub(super) const NOTHING: MachinePolicy =
    MachinePolicy { forbids_reports: false, forbids_usage: false, level: None, hides_question: false };

/// Every policy that the file can state.
fn policies() -> Vec<MachinePolicy> {
    let mut all = Vec::new();
    for forbids_reports in [false, true] {
        for hides_question in [false, true] {
            for level in [None, Some(Privacy::OwnWords), Some(Privacy::Strict)] {
                all.extend([false, true].map(|forbids_usage| MachinePolicy {
                    forbids_reports,
                    forbids_usage,
                    level,
                    hides_question,
                }));
            }
        }
    }
    all
}

/// Variables, one of each kind that the rules tell apart, and some that say yes beside one that says no.
const VARIABLES: &[&[(&str, &str)]] = &[
    &[],
    &[("APP_TELEMETRY", "1")],
    &[("APP_TELEMETRY", "0")],
    &[("APP_DISABLE_TRACKING", "1"), ("APP_TELEMETRY", "1")],
    &[("DO_NOT_TRACK", "1")],
    &[("DO_NOT_TRACK", "1"), ("APP_TELEMETRY", "1")],
    &[("CI", "true")],
    &[("REMOTE_CONTAINERS", "true")],
    &[("APP_TELEMETRY_DEBUG", "1"), ("APP_TELEMETRY", "1")],
];

/// Each stored state that the rules tell apart, with a yes to less text and one to another destination.
fn every_stored_state() -> Vec<StoredConfig> {
    let mut states = stored_states();
    let refused_usage = StoredSettings { usage: UsageConsent::Denied, ..StoredSettings::default() };
    states.push(refused_usage.into());
    for consent in [Consent::Once, Consent::Always] {
        for level in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
            let of = StoredSettings { consent, level: Some(level), ..StoredSettings::default() };
            let destination = Some("elsewhere.example.com".to_owned());
            states.extend([of.clone().into(), StoredSettings { destination, ..of }.into()]);
        }
    }
    states
}

/// Calls `look` for each combination: the decision without the file, that with it, the policy, and a description.
fn over_the_whole_table(mut look: impl FnMut(&Decision, &Decision, MachinePolicy, &dyn Fn() -> String)) {
    let policies = policies();
    for variables in VARIABLES {
        let env = env(variables);
        for stored in every_stored_state() {
            for environment in ENVIRONMENTS {
                for host in [person(), Host::default()] {
                    for (privacy, by_hand, consent_text) in [
                        (Privacy::Standard, false, 1),
                        (Privacy::OwnWords, false, 1),
                        (Privacy::Strict, false, 2),
                        (Privacy::OwnWords, true, 1),
                    ] {
                        let offer = Offer { privacy, by_hand, ..offer() };
                        let decided = |machine| {
                            decide(&env, &stored, machine, environment, &host, consent_text, &offer)
                        };
                        let without = decided(NOTHING);
                        for machine in &policies {
                            let told =
                                || format!("{variables:?} {stored:?} {environment} {offer:?} {machine:?}");
                            look(&without, &decided(*machine), *machine, &told);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_administrator_says_never_turns_a_no_into_a_yes_nor_lets_more_leave() {
    let mut combinations = 0;
    over_the_whole_table(|without, with, _, told| {
        combinations += 1;
        assert!(without.allowed || !with.allowed, "{}", told());
        assert!(without.agreed().allowed || !with.agreed().allowed, "{}", told());
        assert!(with.privacy >= without.privacy && with.limit >= without.limit, "{}", told());
        assert!(with.agreed().privacy >= without.agreed().privacy, "{}", told());
        // The file causes no question, and does not change which reports are only shown.
        let asks = |decision: &Decision| decision.rule == Rule::TerminalUnanswered;
        assert!(asks(without) || !asks(with), "{}", told());
        assert_eq!((with.shows_only, with.by_hand), (without.shows_only, without.by_hand), "{}", told());
        assert!(!with.opt_out_notice() || without.opt_out_notice(), "{}", told());
        let leaves_it_out = |decision: &Decision| decision.stored_yes == StoredYes::WithoutSystem;
        assert!(leaves_it_out(with) || !leaves_it_out(without) || !with.allowed, "{}", told());
    });
    assert_eq!(combinations, 9 * 18 * 7 * 2 * 4 * 24, "of every column all");
}

#[test]
fn it_stands_behind_the_variables_that_say_no_and_before_everything_else() {
    use Rule::{
        AdministratorDenial, DoNotTrack, EnvironmentConsent, KillSwitch, QuestionHidden, StoredConsent,
        StoredDenial, Unreadable,
    };
    over_the_whole_table(|without, with, machine, told| {
        let expected = match without.rule {
            KillSwitch | DoNotTrack => without.rule,
            _ if machine.forbids_reports => AdministratorDenial,
            Unreadable | StoredDenial | StoredConsent | EnvironmentConsent => without.rule,
            _ if machine.hides_question => QuestionHidden,
            AdministratorDenial
            | QuestionHidden
            | Rule::ServerDefault
            | Rule::NotebookUnanswered
            | Rule::TerminalUnanswered
            | Rule::NoConsent => without.rule,
        };
        assert_eq!(with.rule, expected, "{}", told());
        let level = machine.level.unwrap_or(Privacy::Standard);
        assert!(with.privacy >= level && with.agreed().privacy >= level, "{}", told());
        if expected == without.rule {
            let raised = without.privacy.max(level);
            let limit = without.limit.max(level);
            assert_eq!(*with, Decision { privacy: raised, limit, ..*without }, "{}", told());
        } else {
            assert!(!with.allowed && !with.once && !with.opt_out_notice(), "{}", told());
        }
        // A user may say yes to a report that they look at where nobody is asked, but not where reports are forbidden.
        if with.rule == AdministratorDenial {
            assert!(!with.agreed().allowed, "{}", told());
        }
    });
}

#[test]
fn a_yes_to_one_report_is_a_yes_to_what_the_administrator_lets_leave() {
    let machine = MachinePolicy { level: Some(Privacy::Strict), hides_question: true, ..NOTHING };
    let stored = stored(Consent::NotSet);
    let decision = decide(&env(&[]), &stored, machine, Environment::Cli, &person(), 1, &offer());
    assert_eq!((decision.rule, decision.allowed), (Rule::QuestionHidden, false));
    let agreed = decision.agreed();
    assert_eq!((agreed.rule, agreed.allowed, agreed.privacy), (Rule::StoredConsent, true, Privacy::Strict));
}
