//! `status` in every state that a user can get into, word for word.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;

use support::{User, assert_snapshot};

const SOMEWHERE: (&str, &str) =
    ("CRAWL4AI_SENTRY_DSN", "https://0123456789abcdef0123456789abcdef@localhost/1");

#[test]
fn status_says_what_holds_and_why_and_how_to_change_it() {
    /// Name, configuration file, variables.
    type State<'a> = (&'a str, Option<String>, &'a [(&'a str, &'a str)]);

    let stored = |telemetry: &str| Some(format!("{{\"telemetry\": {telemetry}}}"));
    let states: &[State<'_>] = &[
        ("undecided", None, &[SOMEWHERE]),
        ("nowhere-to-send", stored(r#"{"consent": "always"}"#), &[]),
        (
            "always",
            stored(
                r#"{"consent": "always", "email": "ada@example.com", "decided_at": "2026-11-20T12:00:00Z", "policy": 1}"#,
            ),
            &[SOMEWHERE],
        ),
        (
            "earlier-yes",
            stored(
                r#"{"consent": "always", "level": "own_words", "destination": "crashes.example.com", "policy": 1, "email": "ada@example.com"}"#,
            ),
            &[SOMEWHERE],
        ),
        ("once", stored(r#"{"consent": "once"}"#), &[SOMEWHERE]),
        ("denied", stored(r#"{"consent": "denied"}"#), &[SOMEWHERE]),
        ("killed", stored(r#"{"consent": "always"}"#), &[SOMEWHERE, ("CRAWL4AI_TELEMETRY", "off")]),
        ("do-not-track", stored(r#"{"consent": "always"}"#), &[SOMEWHERE, ("DO_NOT_TRACK", "1")]),
        ("by-variable", None, &[SOMEWHERE, ("CRAWL4AI_TELEMETRY", "1")]),
        ("server", None, &[SOMEWHERE, ("CRAWL4AI_API_SERVER", "1")]),
        ("notebook", None, &[SOMEWHERE, ("JPY_PARENT_PID", "7")]),
        ("damaged", Some("{\"telemetry\": {".to_owned()), &[SOMEWHERE]),
        ("unknown-word", stored(r#"{"consent": "sure"}"#), &[SOMEWHERE]),
    ];
    for (name, config, variables) in states {
        let user = User::new();
        if let Some(config) = config {
            fs::create_dir(user.home().join(".crawl4ai")).unwrap();
            fs::write(user.config(), config).unwrap();
        }
        let said = user.crwl_with(variables, &["status"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{name}");
        assert_snapshot(&format!("status-{name}.txt"), &said.out);
        let json = user.crwl_with(variables, &["status", "--json"]);
        assert_eq!((json.code, json.err.as_str()), (0, ""), "{name}");
        assert_snapshot(&format!("status-{name}.json"), &json.out);

        match config {
            Some(config) => assert_eq!(&fs::read_to_string(user.config()).unwrap(), config, "{name}"),
            None => assert!(user.home().read_dir().unwrap().next().is_none(), "{name} left something behind"),
        }
    }
}

#[test]
fn without_a_home_folder_status_works_and_a_decision_fails_with_a_reason() {
    let user = User::new();
    let below_a_file = user.home().join("file/nowhere");
    fs::write(user.home().join("file"), "").unwrap();
    let elsewhere = [("CRAWL4AI_CONFIG_DIR", below_a_file.to_str().unwrap())];
    let said = user.crwl_with(&elsewhere, &["status"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("are off"), "{said:?}");
    for decision in ["enable", "disable"] {
        let said = user.crwl_with(&elsewhere, &[decision]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.starts_with("error: ~"), "{said:?}");
        assert!(said.err.contains("config.json cannot be read"), "{said:?}");
    }
}

#[test]
fn a_destination_that_is_none_is_told_and_stops_no_decision() {
    let user = User::new();
    let broken = [("CRAWL4AI_SENTRY_DSN", "not a DSN")];
    assert_eq!(user.crwl_with(&broken, &["disable"]).code, 0);
    let said = user.crwl_with(&broken, &["status"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("last failure"), "{said:?}");
    assert!(said.out.contains("stored         denied"), "{said:?}");
}
