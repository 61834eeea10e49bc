use super::*;
use crate::consent::config::{ConfigProblem, StoredSettings};

mod machine;

use machine::NOTHING;

const ENVIRONMENTS: [Environment; 7] = [
    Environment::Cli,
    Environment::Docker,
    Environment::ApiServer,
    Environment::Jupyter,
    Environment::Colab,
    Environment::Ci,
    Environment::Unknown,
];

fn env(pairs: &[(&str, &str)]) -> Env {
    Env::from_pairs("APP", pairs.iter().copied())
}

fn offer() -> Offer {
    Offer {
        privacy: Privacy::Standard,
        destination: "crashes.example.com".to_owned(),
        by_hand: false,
        of_administrator: false,
        of_user: false,
    }
}

fn person() -> Host {
    Host { stdin_terminal: true, stderr_terminal: true, foreground: true, ..Host::default() }
}

fn stored(consent: Consent) -> StoredConfig {
    StoredSettings { consent, ..StoredSettings::default() }.into()
}

/// Each stored state that the rules tell apart.
fn stored_states() -> Vec<StoredConfig> {
    vec![
        stored(Consent::NotSet),
        stored(Consent::Denied),
        stored(Consent::Once),
        stored(Consent::Always),
        ConfigProblem::Damaged.into(),
    ]
}

#[test]
fn a_kill_switch_beats_everything_everywhere() {
    let switches = [
        (("APP_TELEMETRY", "0"), Rule::KillSwitch),
        (("APP_TELEMETRY", "FALSE"), Rule::KillSwitch),
        (("APP_TELEMETRY", "off"), Rule::KillSwitch),
        (("APP_TELEMETRY", "no"), Rule::KillSwitch),
        (("APP_TELEMETRY", "perhaps"), Rule::KillSwitch),
        (("APP_DISABLE_TELEMETRY", "true"), Rule::KillSwitch),
        (("APP_DISABLE_TRACKING", "1"), Rule::KillSwitch),
        (("DO_NOT_TRACK", "1"), Rule::DoNotTrack),
        (("DO_NOT_TRACK", "yes"), Rule::DoNotTrack),
    ];
    for (switch, rule) in switches {
        for stored in stored_states() {
            for environment in ENVIRONMENTS {
                let with_yes = env(&[switch, ("APP_TELEMETRY", "1")]);
                for env in [env(&[switch]), with_yes] {
                    let decision = decide(&env, &stored, NOTHING, environment, &person(), 1, &offer());
                    assert_eq!(decision.rule, rule, "{switch:?} {stored:?} {environment}");
                    assert!(!decision.allowed);
                }
            }
        }
    }
}

#[test]
fn what_is_no_kill_switch_does_not_count_as_one() {
    for pair in
        [("DO_NOT_TRACK", "0"), ("DO_NOT_TRACK", "false"), ("DO_NOT_TRACK", ""), ("APP_TELEMETRY", "")]
    {
        assert_eq!(kill_switch(&env(&[pair])), None, "{pair:?}");
    }
    assert_eq!(kill_switch(&env(&[("OTHER_TELEMETRY", "0")])), None);
}

#[test]
fn what_is_stored_beats_the_environment_everywhere() {
    let cases = [
        (stored(Consent::Denied), Rule::StoredDenial, false, Privacy::Strict),
        (stored(Consent::Always), Rule::StoredConsent, true, Privacy::Standard),
        (stored(Consent::Once), Rule::StoredConsent, true, Privacy::Standard),
        (ConfigProblem::Damaged.into(), Rule::Unreadable, false, Privacy::Strict),
        (ConfigProblem::ForeignOwner.into(), Rule::Unreadable, false, Privacy::Strict),
        (ConfigProblem::Unknown("telemetry.consent").into(), Rule::Unreadable, false, Privacy::Strict),
    ];
    for (stored, rule, allowed, privacy) in cases {
        for environment in ENVIRONMENTS {
            for env in [env(&[]), env(&[("APP_TELEMETRY", "1")]), env(&[("CI", "true")])] {
                let decision = decide(&env, &stored, NOTHING, environment, &person(), 1, &offer());
                assert_eq!(
                    (decision.rule, decision.allowed, decision.privacy),
                    (rule, allowed, privacy),
                    "{stored:?} {environment} {env:?}"
                );
                assert_eq!(decision.once, stored.settings.consent == Consent::Once);
                assert!(!decision.opt_out_notice());
            }
        }
    }
}

#[test]
fn whoever_has_not_decided_is_decided_for_by_place() {
    use Rule::{EnvironmentConsent, NoConsent, NotebookUnanswered, ServerDefault, TerminalUnanswered};

    // variables; then for cli (a person there), cli (pipes), docker, api_server, jupyter, colab, ci, unknown
    type Row = (&'static [(&'static str, &'static str)], [Rule; 8]);
    let rows: &[Row] = &[
        (
            &[],
            [
                TerminalUnanswered,
                NoConsent,
                ServerDefault,
                ServerDefault,
                NotebookUnanswered,
                NotebookUnanswered,
                NoConsent,
                NoConsent,
            ],
        ),
        (&[("APP_TELEMETRY", "1")], [EnvironmentConsent; 8]),
        (&[("APP_TELEMETRY", "Yes")], [EnvironmentConsent; 8]),
        (
            &[("CI", "true")],
            [
                NoConsent,
                NoConsent,
                NoConsent,
                NoConsent,
                NotebookUnanswered,
                NotebookUnanswered,
                NoConsent,
                NoConsent,
            ],
        ),
        (
            &[("REMOTE_CONTAINERS", "true")],
            [
                TerminalUnanswered,
                NoConsent,
                NoConsent,
                NoConsent,
                NotebookUnanswered,
                NotebookUnanswered,
                NoConsent,
                NoConsent,
            ],
        ),
        (
            &[("CODESPACES", "true")],
            [
                TerminalUnanswered,
                NoConsent,
                NoConsent,
                NoConsent,
                NotebookUnanswered,
                NotebookUnanswered,
                NoConsent,
                NoConsent,
            ],
        ),
    ];
    let nobody = Host::default();
    let places = [
        (Environment::Cli, person()),
        (Environment::Cli, nobody.clone()),
        (Environment::Docker, nobody.clone()),
        (Environment::ApiServer, nobody.clone()),
        (Environment::Jupyter, nobody.clone()),
        (Environment::Colab, nobody.clone()),
        (Environment::Ci, nobody.clone()),
        (Environment::Unknown, nobody),
    ];
    for (variables, rules) in rows {
        for ((environment, host), rule) in places.iter().zip(rules) {
            let decision =
                decide(&env(variables), &StoredConfig::default(), NOTHING, *environment, host, 1, &offer());
            assert_eq!(decision.rule, *rule, "{variables:?} {environment} {host:?}");
            let allowed = matches!(rule, EnvironmentConsent | ServerDefault);
            let privacy = if *rule == EnvironmentConsent { Privacy::Standard } else { Privacy::Strict };
            assert_eq!((decision.allowed, decision.privacy), (allowed, privacy), "{decision:?}");
            assert_eq!(decision.opt_out_notice(), *rule == ServerDefault);
            assert!(!decision.once && decision.stored_yes != StoredYes::Outdated);
        }
    }
}

#[test]
fn a_prompt_needs_both_terminals() {
    for (stdin_terminal, stderr_terminal) in [(true, false), (false, true), (false, false)] {
        let host = Host { stdin_terminal, stderr_terminal, ..Host::default() };
        let decision =
            decide(&env(&[]), &StoredConfig::default(), NOTHING, Environment::Cli, &host, 1, &offer());
        assert_eq!(decision.rule, Rule::NoConsent);
    }
}

#[test]
fn a_wider_policy_asks_again_but_not_whoever_refused() {
    let under =
        |consent, policy| StoredConfig::from(StoredSettings { consent, policy, ..StoredSettings::default() });
    // (stored, version of the text) → rule at a terminal, outdated
    let cases = [
        (under(Consent::Always, Some(1)), 1, Rule::StoredConsent, false),
        (under(Consent::Always, Some(2)), 1, Rule::StoredConsent, false),
        (under(Consent::Always, None), 1, Rule::StoredConsent, false),
        (under(Consent::Always, None), 2, Rule::TerminalUnanswered, true),
        (under(Consent::Always, Some(1)), 2, Rule::TerminalUnanswered, true),
        (under(Consent::Once, Some(1)), 2, Rule::TerminalUnanswered, true),
        (under(Consent::Denied, Some(1)), 2, Rule::StoredDenial, false),
        (under(Consent::NotSet, Some(1)), 2, Rule::TerminalUnanswered, false),
    ];
    for (stored, policy, rule, outdated) in cases {
        let decision = decide(&env(&[]), &stored, NOTHING, Environment::Cli, &person(), policy, &offer());
        assert_eq!(
            (decision.rule, decision.stored_yes == StoredYes::Outdated),
            (rule, outdated),
            "{stored:?} {policy}"
        );
    }
}

/// A yes covers the version of the system only where a level was stored with it.
#[test]
fn an_older_yes_leaves_the_system_out_and_asks_nobody_anew() {
    for consent in [Consent::Once, Consent::Always] {
        for (level, leaves_it_out) in
            [(None, true), (Some(Privacy::Standard), false), (Some(Privacy::OwnWords), false)]
        {
            let stored = StoredConfig::from(StoredSettings { consent, level, ..StoredSettings::default() });
            let offer = Offer { privacy: Privacy::OwnWords, ..offer() };
            let decision = decide(&env(&[]), &stored, NOTHING, Environment::Cli, &person(), 1, &offer);
            assert_eq!(
                (decision.allowed, decision.stored_yes == StoredYes::WithoutSystem),
                (true, leaves_it_out),
                "{level:?}"
            );
            assert!(decision.stored_yes != StoredYes::Outdated);
        }
    }
    let asked =
        decide(&env(&[]), &stored(Consent::NotSet), NOTHING, Environment::Cli, &person(), 1, &offer());
    assert!(asked.agreed().stored_yes != StoredYes::WithoutSystem, "the question tells of it");
}

#[test]
fn a_refusal_of_usage_figures_keeps_a_server_from_the_default() {
    let stored = StoredSettings { usage: UsageConsent::Denied, ..StoredSettings::default() }.into();
    let decision = decide(&env(&[]), &stored, NOTHING, Environment::Docker, &Host::default(), 1, &offer());
    assert_eq!(decision.rule, Rule::NoConsent);
}

#[test]
fn an_address_goes_along_only_where_somebody_said_yes() {
    let with = |consent| {
        StoredSettings { consent, email: Some("me@example.com".into()), ..StoredSettings::default() }.into()
    };
    let email = |env: &Env, stored: &StoredConfig, environment| {
        let decision = decide(env, stored, NOTHING, environment, &person(), 1, &offer());
        decision.email(env, stored).map(str::to_owned)
    };
    let theirs = [("APP_TELEMETRY_EMAIL", " ops@example.com ")];
    let yes = [("APP_TELEMETRY", "1"), ("APP_TELEMETRY_EMAIL", "ops@example.com")];
    let stored = Some("me@example.com".to_owned());
    let given = Some("ops@example.com".to_owned());
    assert_eq!(email(&env(&[]), &with(Consent::Always), Environment::Cli), stored);
    assert_eq!(email(&env(&theirs), &with(Consent::Once), Environment::Cli), given);
    assert_eq!(email(&env(&yes), &with(Consent::NotSet), Environment::Ci), given);
    assert_eq!(email(&env(&[("APP_TELEMETRY", "1")]), &with(Consent::NotSet), Environment::Ci), stored);
    assert_eq!(email(&env(&theirs), &with(Consent::NotSet), Environment::Docker), None);
    assert_eq!(email(&env(&theirs), &with(Consent::NotSet), Environment::Cli), None);
    assert_eq!(email(&env(&theirs), &with(Consent::Denied), Environment::Cli), None);
    let broken = [("APP_TELEMETRY_EMAIL", "Ops <ops@example.com>")];
    assert_eq!(email(&env(&broken), &with(Consent::Always), Environment::Cli), None);
}

#[test]
fn a_report_that_was_agreed_to_leaves_unless_somebody_says_no() {
    let host = Host::default();
    type Variables = &'static [(&'static str, &'static str)];
    let cases: [(Variables, StoredConfig, bool); 7] = [
        (&[], stored(Consent::NotSet), true),
        (&[("CI", "1")], stored(Consent::NotSet), true),
        (&[], stored(Consent::Always), true),
        (&[], stored(Consent::Denied), false),
        (&[], ConfigProblem::Damaged.into(), false),
        (&[("APP_TELEMETRY", "0")], stored(Consent::Always), false),
        (&[("DO_NOT_TRACK", "1")], stored(Consent::NotSet), false),
    ];
    for (variables, stored, allowed) in cases {
        let decision =
            decide(&env(variables), &stored, NOTHING, Environment::Cli, &host, 1, &offer()).agreed();
        assert_eq!(decision.allowed, allowed, "{variables:?} {stored:?}");
        assert!(!decision.once && !decision.opt_out_notice());
        assert_eq!(decision.privacy == Privacy::Standard, allowed, "{variables:?} {stored:?}");
    }
    // A stored yes for one report is not spent by a report that had a yes of its own.
    let once = decide(&env(&[]), &stored(Consent::Once), NOTHING, Environment::Cli, &host, 1, &offer());
    assert!(once.once && !once.agreed().once);
}

/// A provider that opens a page opens none without a question. A person at a terminal is asked, whatever is stored or
/// set in a variable, and elsewhere nothing happens.
#[test]
fn where_a_person_carries_reports_no_yes_stands_for_the_next_one() {
    let offer = Offer { by_hand: true, ..offer() };
    for variables in
        [&[][..], &[("APP_TELEMETRY", "1")], &[("CI", "true")], &[("CI", "1"), ("APP_TELEMETRY", "1")]]
    {
        let env = env(&[variables, &[("APP_TELEMETRY_EMAIL", "ada@example.com")]].concat());
        for consent in [Consent::NotSet, Consent::Once, Consent::Always] {
            let stored = StoredConfig::from(StoredSettings {
                consent,
                email: Some("ada@example.com".to_owned()),
                ..StoredSettings::default()
            });
            for environment in ENVIRONMENTS {
                for host in [person(), Host::default()] {
                    let decision = decide(&env, &stored, NOTHING, environment, &host, 1, &offer);
                    let asks = environment == Environment::Cli && host.stdin_terminal && !is_ci(&env);
                    let expected = if asks { Rule::TerminalUnanswered } else { Rule::NoConsent };
                    let found = (decision.rule, decision.allowed, decision.once, decision.opt_out_notice());
                    assert_eq!(
                        found,
                        (expected, false, false, false),
                        "{consent:?} {environment} {variables:?}"
                    );
                    // No address goes along, because others may read what the user carries.
                    let agreed = decision.agreed();
                    assert!(agreed.allowed && agreed.email(&env, &stored).is_none());
                }
            }
        }
    }
    for (stored, rule) in
        [(stored(Consent::Denied), Rule::StoredDenial), (ConfigProblem::Damaged.into(), Rule::Unreadable)]
    {
        let decision = decide(&env(&[]), &stored, NOTHING, Environment::Cli, &person(), 1, &offer);
        assert_eq!((decision.rule, decision.agreed().allowed), (rule, false));
    }
}
