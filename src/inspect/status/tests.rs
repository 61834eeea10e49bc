//! The status as JSON, with every key and value, and its text for a person.

use std::time::Duration;

use crawl4ai_telemetry_core::{App, Environment, Loss, Losses, MemoryProvider, Privacy, Timestamp};
use serde_json::json;

use super::{Reason, Status};
use crate::Telemetry;
use crate::consent::config::ConfigProblem;
use crate::consent::{Consent, Rule, UsageConsent, UsageRule};
use crate::deliver::ProviderHealth;
use crate::environment::Env;
use crate::usage::Settings;

fn weather(folder: &std::path::Path, variables: &[(&str, &str)]) -> crate::Builder {
    Telemetry::builder(App::new("weather", "1.4.0"))
        .provider(MemoryProvider::default())
        .environment(Environment::Cli)
        .config_folder(folder)
        .env(Env::from_pairs("WEATHER", variables.iter().copied()))
}

#[test]
fn a_whole_status_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let usage = Settings::provider(MemoryProvider::default(), &[]);
    let variables = [("WEATHER_TELEMETRY", "1"), ("WEATHER_SENTRY_DSN", "https://k@crashes.example.com/1")];
    let telemetry = weather(folder.path(), &variables).usage(usage).build().unwrap();
    let mut losses = Losses::default();
    losses.add(Loss::RateLimited, 2);
    let status = Status {
        decided_at: Some("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap()),
        email: Some("ada@example.com".to_owned()),
        config_path: Some("/home/ada/.weather/config.json".into()),
        spool_path: None,
        losses,
        last_failure: Some("spool: no space left".to_owned()),
        ..telemetry.status()
    };
    let expected = json!({
        "enabled": true,
        "consent": "not_set",
        "decided_at": "2026-11-20T12:00:00Z",
        "decided_by": "environment_consent",
        "reason": "The environment variable WEATHER_TELEMETRY says yes, for this process.",
        "privacy": "own_words",
        "email": "ada@example.com",
        "environment": "cli",
        "destination": "the memory of this process",
        "privacy_notice": null,
        "controller": null,
        "retention_days": null,
        "provider": "memory",
        "provider_health": "not used yet",
        "unused_dsn": "WEATHER_SENTRY_DSN",
        "pending": 0,
        "unanswered": 0,
            "asked_twice": 0,
            "asking": [],
            "by_hand": null,
        "errors_sent": 0,
        "usage_consent": "not_set",
        "usage": {
            "enabled": false,
            "consent": "not_set",
            "decided_by": "program_default",
            "reason": "undecided, so the default of the program",
            "destination": "the memory of this process",
            "provider": "memory",
            "provider_health": "not used yet",
            "losses": {},
        },
        "losses": { "rate_limited": 2 },
        "config_path": "/home/ada/.weather/config.json",
        "spool_path": null,
        "machine_policy": null,
        "config_problem": null,
        "spool_problem": null,
        "unreadable": [],
        "words_problem": null,
        "last_failure": "spool: no space left",
    });
    assert_eq!(serde_json::to_value(&status).unwrap(), expected);
    let text = serde_json::to_string(&status).unwrap();
    let order: Vec<usize> = ["enabled", "consent", "decided_by", "reason", "usage", "last_failure"]
        .map(|key| text.find(&format!("\"{key}\":")).unwrap())
        .to_vec();
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn every_word_of_it_that_stands_for_an_enum() {
    fn word(value: impl serde::Serialize) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }
    for rule in Rule::ALL {
        assert_eq!((word(rule), rule.to_string()), (rule.name().into(), rule.name().to_owned()));
    }
    for consent in [Consent::NotSet, Consent::Denied, Consent::Once, Consent::Always] {
        assert_eq!(word(consent), consent.name());
    }
    for consent in [UsageConsent::NotSet, UsageConsent::Denied, UsageConsent::Always] {
        assert_eq!(word(consent), consent.name());
    }
    for rule in [UsageRule::KillSwitch, UsageRule::DoNotTrack, UsageRule::ProgramDefault] {
        assert_eq!((word(rule), rule.to_string()), (rule.name().into(), rule.name().to_owned()));
    }
    assert_eq!(word(ConfigProblem::Damaged), "is damaged: no JSON object");
    assert_eq!(
        word(ConfigProblem::Unknown("telemetry.consent")),
        "holds a value for `telemetry.consent` that is none of the known ones"
    );
    assert_eq!((word(Privacy::Strict), word(Environment::ApiServer)), ("strict".into(), "api_server".into()));
    let failed = |next_try_in| ProviderHealth::FailedBefore { reason: "no connection".into(), next_try_in };
    for (health, expected) in [
        (ProviderHealth::Unused, "not used yet"),
        (ProviderHealth::Well, "well"),
        (failed(None), "failing at the last try: no connection"),
        (
            failed(Some(Duration::from_secs(91))),
            "failing at the last try: no connection; the next one in 2 minutes",
        ),
        (ProviderHealth::Failing("no connection".into()), "failing: no connection"),
        (ProviderHealth::Halted("it panicked".into()), "stopped for this run: it panicked"),
        (ProviderHealth::Stuck, "stuck: it did not answer within its time"),
    ] {
        assert_eq!((word(&health), health.to_string()), (expected.into(), expected.to_owned()));
    }
    let reason = Reason {
        rule: Rule::StoredConsent,
        prefix: "APP".into(),
        sends: false,
        shows_only: true,
        by_hand: false,
        file: None,
    };
    assert_eq!(
        word(reason),
        "You said yes. Nothing is set up to send reports to. APP_TELEMETRY_DEBUG: reports are shown, not sent."
    );
}

#[test]
fn times_are_rounded_up() {
    let times = [(1, "1 second"), (90, "90 seconds"), (91, "2 minutes"), (3_600, "60 minutes")];
    for (seconds, expected) in times.into_iter().chain([(5_401, "2 hours"), (86_400, "24 hours")]) {
        let wait = Some(Duration::from_secs(seconds));
        let health = ProviderHealth::FailedBefore { reason: "x".into(), next_try_in: wait };
        assert!(health.to_string().ends_with(&format!(" in {expected}")), "{seconds}: {health}");
    }
}

#[test]
fn it_says_that_a_variable_has_no_say() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = weather(folder.path(), &[("WEATHER_SENTRY_DSN", "https://k@crashes.example.com/1")]);
    let said = telemetry.build().unwrap().status().to_string();
    let line = "  goes to        the memory of this process, not to WEATHER_SENTRY_DSN: \
                the program brings a provider of its own\n";
    assert!(said.contains(line), "{said}");
}
