use std::fs;

use super::*;
use crawl4ai_telemetry_core::Privacy;

fn offer() -> Offer {
    Offer {
        privacy: Privacy::OwnWords,
        destination: "crashes.example.com".to_owned(),
        by_hand: false,
        of_administrator: false,
        of_user: false,
    }
}
use crate::clock::ManualClock;
use crawl4ai_telemetry_core::Timestamp;

fn place() -> (tempfile::TempDir, ConfigStore, ManualClock) {
    let folder = tempfile::tempdir().unwrap();
    let store = ConfigStore::new(Some(folder.path().join(".app")));
    (folder, store, ManualClock::new(Timestamp::from_millis(1_700_000_000_000)))
}

#[test]
fn a_decision_is_stored_with_its_time_and_the_version_of_the_text() {
    let (_folder, store, clock) = place();
    assert!(enable(&store, &clock, Some("ada@example.com"), false, &offer()).unwrap().changed);
    let stored = store.read();
    assert_eq!(stored.settings.consent, Consent::Always);
    assert_eq!(stored.settings.email.as_deref(), Some("ada@example.com"));
    assert_eq!(stored.settings.decided_at, Some(clock.now()));
    assert_eq!(stored.settings.policy, Some(POLICY));

    clock.advance(std::time::Duration::from_secs(60));
    let again = enable(&store, &clock, None, false, &offer()).unwrap();
    assert!(!again.changed, "the same decision is the one that was made then");
    assert_eq!(store.read().settings.email.as_deref(), Some("ada@example.com"));
}

#[test]
fn a_refusal_covers_usage_figures_and_forgets_the_address() {
    let (_folder, store, clock) = place();
    enable(&store, &clock, Some("ada@example.com"), false, &offer()).unwrap();
    store.update(|s| s.usage = UsageConsent::Always).unwrap();
    clock.advance(std::time::Duration::from_secs(60));
    disable(&store, &clock).unwrap();
    let stored = store.read();
    assert_eq!(stored.settings.consent, Consent::Denied);
    assert_eq!(stored.settings.usage, UsageConsent::Denied);
    assert_eq!(stored.settings.email, None);
    assert_eq!(stored.settings.decided_at, Some(clock.now()));
    assert!(!fs::read_to_string(store.path().unwrap()).unwrap().contains("ada"));
    assert!(!disable(&store, &clock).unwrap().changed);
}

#[test]
fn a_refusal_of_usage_figures_holds_until_somebody_says_yes_to_them() {
    let by_hand = |store: &ConfigStore| {
        fs::create_dir(store.folder().unwrap()).unwrap();
        fs::write(store.path().unwrap(), r#"{"telemetry": {"consent": false}}"#).unwrap();
    };
    for written in [false, true] {
        for once in [false, true] {
            let (_folder, store, clock) = place();
            if written {
                by_hand(&store);
            } else {
                disable(&store, &clock).unwrap();
            }
            enable(&store, &clock, None, once, &offer()).unwrap();
            spend_once(&store).unwrap();
            let sent = |store: &ConfigStore| {
                let env = crate::environment::Env::from_pairs("APP", [("", "")]);
                crate::consent::decide_usage(&env, &store.read(), Default::default(), true).allowed
            };
            assert!(!sent(&store), "written by hand: {written}, once: {once}");
            crate::consent::set_usage(&store, &clock, UsageConsent::Always).unwrap();
            assert!(sent(&store));
        }
    }
}

#[test]
fn a_yes_for_one_report_is_spent_once() {
    let (_folder, store, clock) = place();
    assert!(!spend_once(&store).unwrap());
    enable(&store, &clock, None, true, &offer()).unwrap();
    assert_eq!(store.read().settings.consent, Consent::Once);
    assert!(spend_once(&store).unwrap());
    assert_eq!(store.read().settings.consent, Consent::NotSet);
    assert_eq!(store.read().settings.decided_at, None);
    assert!(!spend_once(&store).unwrap());

    enable(&store, &clock, None, false, &offer()).unwrap();
    assert!(!spend_once(&store).unwrap());
    assert_eq!(store.read().settings.consent, Consent::Always);
}

#[test]
fn a_damaged_file_is_mended_by_a_decision_and_by_nothing_else() {
    let (_folder, store, clock) = place();
    fs::create_dir(store.folder().unwrap()).unwrap();
    let path = store.path().unwrap();
    let damaged = r#"{"mine": 1, "telemetry": {"consent": "denied""#;
    fs::write(&path, damaged).unwrap();

    assert!(spend_once(&store).is_err());
    assert!(set_email(&store, "ada@example.com").is_err());
    assert!(remove_email(&store).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);

    let written = disable(&store, &clock).unwrap();
    let aside = written.copied_aside.unwrap();
    assert_eq!(aside, store.folder().unwrap().join("config.json.damaged-20231114T221320Z"));
    assert_eq!(fs::read_to_string(aside).unwrap(), damaged);
    assert_eq!(store.read().settings.consent, Consent::Denied);
    assert_eq!(store.read().problem, None);
}

#[test]
fn an_address_that_is_none_changes_nothing() {
    let (_folder, store, clock) = place();
    assert!(matches!(enable(&store, &clock, Some("nobody"), false, &offer()), Err(ActionError::Email(_))));
    assert!(matches!(set_email(&store, "a b@c"), Err(ActionError::Email(_))));
    assert!(!store.path().unwrap().exists());
}

#[test]
fn an_address_is_no_consent() {
    let (_folder, store, _clock) = place();
    set_email(&store, "ada@example.com").unwrap();
    assert_eq!(store.read().settings.consent, Consent::NotSet);
    remove_email(&store).unwrap();
    assert_eq!(store.read().settings.email, None);
}

#[test]
fn without_a_home_folder_a_decision_fails_and_says_why() {
    let (store, clock) = (ConfigStore::new(None), ManualClock::default());
    let error = enable(&store, &clock, None, false, &offer()).unwrap_err();
    assert!(error.to_string().contains("home folder"), "{error}");
    assert_eq!(store.read().settings.consent, Consent::NotSet);
}
