//! Storing decisions, reverting them, and what remains afterwards.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::fs;

use support::{User, user_with_a_report};

fn stored(user: &User) -> serde_json::Value {
    let text = fs::read_to_string(user.config()).unwrap();
    let mut telemetry = serde_json::from_str::<serde_json::Value>(&text).unwrap()["telemetry"].take();
    let decided_at = telemetry.as_object_mut().unwrap().remove("decided_at");
    assert!(decided_at.is_none_or(|time| time.as_str().is_some_and(|time| time.ends_with('Z'))));
    telemetry
}

#[test]
fn a_yes_a_no_and_an_address_are_stored_and_taken_back() {
    let user = User::new();
    let steps: &[(&[&str], &str)] = &[
        (&["enable"], r#"{"consent":"always","policy":1,"level":"own_words","destination":"nowhere"}"#),
        (
            &["email", "ada@example.com"],
            r#"{"consent":"always","policy":1,"level":"own_words","destination":"nowhere","email":"ada@example.com"}"#,
        ),
        (
            &["enable", "--once"],
            r#"{"consent":"once","policy":1,"level":"own_words","destination":"nowhere","email":"ada@example.com"}"#,
        ),
        (
            &["email", "--remove"],
            r#"{"consent":"once","policy":1,"level":"own_words","destination":"nowhere"}"#,
        ),
        (
            &["enable", "--email", "eve@example.com"],
            r#"{"consent":"always","policy":1,"level":"own_words","destination":"nowhere","email":"eve@example.com"}"#,
        ),
        (&["disable"], r#"{"consent":"denied","policy":1,"usage":"denied"}"#),
        (&["disable"], r#"{"consent":"denied","policy":1,"usage":"denied"}"#),
        (
            &["enable", "--once", "--email", "o@o"],
            r#"{"consent":"once","policy":1,"level":"own_words","destination":"nowhere","email":"o@o","usage":"denied"}"#,
        ),
    ];
    for (arguments, expected) in steps {
        let said = user.crwl(arguments);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{arguments:?} {said:?}");
        assert!(!said.err.is_empty(), "{arguments:?}");
        assert_eq!(
            stored(&user),
            serde_json::from_str::<serde_json::Value>(expected).unwrap(),
            "{arguments:?}"
        );
    }
}

#[test]
fn usage_figures_have_a_decision_of_their_own() {
    let user = User::new();
    let undecided = user.crwl(&["usage"]);
    assert_eq!(
        (undecided.out.as_str(), undecided.err.as_str()),
        ("not_set\n", "This program records no usage figures.\n")
    );
    for (word, name) in [("on", "always"), ("off", "denied"), ("on", "always")] {
        let said = user.crwl(&["usage", word]);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
        assert!(said.err.contains("Undo with"), "{said:?}");
        assert_eq!(user.crwl(&["usage"]).out, format!("{name}\n"));
        assert_eq!(stored(&user)["usage"], name);
        assert!(
            stored(&user).get("consent").is_none_or(|consent| consent == "not_set"),
            "no yes to crash reports"
        );
    }
    // A no to crash reports also revokes a yes to usage figures. A yes to crash reports does not restore it.
    user.crwl(&["disable"]);
    assert_eq!(user.crwl(&["usage"]).out, "denied\n");
    user.crwl(&["enable"]);
    assert_eq!(user.crwl(&["usage"]).out, "denied\n");
}

/// A yes by the command is as informed as one to the question.
#[test]
fn a_yes_says_what_is_sent_what_may_be_missed_and_where_it_goes() {
    let user = User::new();
    let somewhere =
        [("CRAWL4AI_SENTRY_DSN", "https://0123456789abcdef0123456789abcdef@crashes.example.com/1")];
    for arguments in [&["enable"][..], &["enable", "--once"]] {
        let said = user.crwl_with(&somewhere, arguments);
        let text = said.err.replace('\n', " ");
        for expected in [
            "Sent: what went wrong and where in the program,",
            "except words that the program or system uses.",
            // The user named that server, so it is not the program's to say who reads it.
            "Goes to crashes.example.com, which also sees your network address. Whoever runs that server can read it.",
            "Once sent, you cannot take it back yourself. `crwl telemetry disable` stops later reports.",
        ] {
            assert!(text.contains(expected), "{arguments:?} {said:?}");
        }
        assert!(said.err.lines().all(|line| line.chars().count() <= 80), "{said:?}");
    }
    let help = user.crwl(&["enable", "--help"]);
    assert!(!help.out.contains("names leave"), "{help:?}");
}

#[test]
fn the_stored_address_is_a_result_and_its_absence_a_message() {
    let user = User::new();
    let none = user.crwl(&["email"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "No e-mail address is stored.\n"));
    let removed = user.crwl(&["email", "--remove"]);
    assert!(removed.err.contains("keep it") && removed.err.contains("telemetry purge"), "{removed:?}");
    user.crwl(&["email", "ada@example.com"]);
    let some = user.crwl(&["email"]);
    assert_eq!((some.code, some.out.as_str(), some.err.as_str()), (0, "ada@example.com\n", ""));
}

#[test]
fn what_is_no_address_is_refused_and_changes_nothing() {
    let user = User::new();
    for address in ["ada", "ada@", "a b@c", "Ada <ada@example.com>", ""] {
        for arguments in [&["email", address][..], &["enable", "--email", address]] {
            let said = user.crwl(arguments);
            assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments:?}");
            assert!(said.err.starts_with("error: an e-mail address"), "{said:?}");
        }
    }
    assert!(!user.config().exists());
}

#[test]
fn a_decision_that_does_not_hold_here_says_so() {
    let user = User::new();
    let said = user.crwl_with(&[("CRAWL4AI_TELEMETRY", "0")], &["enable"]);
    assert!(said.err.contains("But here it is off"), "{said:?}");
    assert_eq!(stored(&user)["consent"], "always");
}

#[test]
fn a_damaged_file_is_kept_and_named() {
    let user = User::new();
    fs::create_dir(user.home().join(".crawl4ai")).unwrap();
    fs::write(user.config(), "{\"browser\": 1,").unwrap();
    let email = user.crwl(&["email", "ada@example.com"]);
    assert_eq!(email.code, 1, "{email:?}");
    assert_eq!(fs::read_to_string(user.config()).unwrap(), "{\"browser\": 1,");

    let said = user.crwl(&["disable"]);
    assert_eq!(said.code, 0, "{said:?}");
    let kept =
        said.err.split("config.json.damaged-").nth(1).and_then(|rest| rest.split_once(".\n")).unwrap().0;
    let kept = user.home().join(".crawl4ai").join(format!("config.json.damaged-{kept}"));
    assert_eq!(fs::read_to_string(kept).unwrap(), "{\"browser\": 1,");
    assert_eq!(stored(&user)["consent"], "denied");
}

fn nothing_waits(user: &User) -> bool {
    user.spool().read_dir().map_or(true, |mut entries| entries.next().is_none())
}

#[test]
fn a_no_deletes_what_waits() {
    let user = user_with_a_report();
    let status = user.crwl(&["status"]);
    assert!(status.out.contains("waiting        1"), "{status:?}");
    assert!(!nothing_waits(&user));
    let said = user.crwl(&["disable"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("1 waiting report was deleted."), "{said:?}");
    assert!(nothing_waits(&user));
}

#[test]
fn a_no_that_cannot_be_stored_deletes_what_waits_all_the_same_and_fails() {
    let user = user_with_a_report();
    fs::remove_file(user.config()).unwrap();
    fs::create_dir(user.config()).unwrap();
    let said = user.crwl(&["disable"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("1 waiting report was deleted."), "{said:?}");
    assert!(said.err.contains("error: ~/.crawl4ai/config.json is not a regular file"), "{said:?}");
    assert!(nothing_waits(&user));
}
