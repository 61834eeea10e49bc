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
            "reason": "you have not decided, so the program's default applies",
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
    assert_eq!(word(ConfigProblem::Damaged), "is damaged: it is no JSON object");
    assert_eq!(
        word(ConfigProblem::Unknown("telemetry.consent")),
        "has an unknown value for `telemetry.consent`"
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
        (
            ProviderHealth::Halted("the provider panicked".into()),
            "stopped for this run: the provider panicked",
        ),
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
        not_covered: None,
        kept_email: None,
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

/// Whoever said yes to something else has decided, and is told why that does not count and what to do.
#[test]
fn a_yes_that_does_not_cover_what_is_sent_now_is_told() {
    let asked = "It does not cover what is sent now: you are asked again when the program next fails.";
    let elsewhere = r#""level": "own_words", "destination": "crashes.example.com""#;
    let less = r#""level": "strict", "destination": "the memory of this process""#;
    let (place, text) = (
        "Your earlier yes was for crashes.example.com, and reports go to the memory of this process now.",
        "Your earlier yes was for reports with less text in them.",
    );
    for (consent, terms, command, said) in [
        ("always", elsewhere, true, Some(place)),
        ("once", elsewhere, false, Some(place)),
        ("always", less, false, Some(text)),
        ("not_set", elsewhere, true, None),
        ("always", r#""level": "own_words", "destination": "the memory of this process""#, true, None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("{{\"telemetry\": {{\"consent\": \"{consent}\", \"policy\": 1, {terms}}}}}");
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        let app = App::new("weather", "1.4.0");
        let app = if command { app.command("weather telemetry") } else { app };
        let builder = Telemetry::builder(app).provider(MemoryProvider::default());
        let builder = builder.environment(Environment::Cli).config_folder(folder.path());
        let telemetry = builder.env(Env::from_pairs::<&str, &str>("WEATHER", [])).build().unwrap();
        telemetry.inner.pipeline.policy.admission.at_a_terminal();
        let status = telemetry.status();
        match said {
            Some(said) => assert_eq!(status.reason(), format!("{said} {asked}")),
            None => assert!(!status.reason().contains("earlier yes"), "{status}"),
        }
        assert!(!said.is_some_and(|_| status.to_string().contains("not decided")), "{status}");
        let way = match (said, command) {
            (Some(_), true) => "Decide again with `weather telemetry enable` or `weather telemetry disable`.",
            (Some(_), false) => "Decide again with WEATHER_TELEMETRY=1 or WEATHER_TELEMETRY=0.",
            (None, _) if status.enabled => "Turn them off with `weather telemetry disable`;",
            (None, _) => "Decide with `weather telemetry enable` or `weather telemetry disable`.",
        };
        assert!(status.way_back().starts_with(way), "{status}");
    }
}
