//! Compares every help text word for word, and checks that each one says how to revert the command.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{User, assert_snapshot};

const COMMANDS: [&str; 18] = [
    "enable",
    "disable",
    "status",
    "view",
    "preview",
    "log",
    "show",
    "send",
    "purge",
    "erase",
    "email",
    "usage",
    "schema",
    "selftest",
    "sanitize",
    "audit",
    "symbolicate",
    "analyze",
];

#[test]
fn help_says_what_was_agreed_on() {
    let user = User::new();
    let top = user.crwl(&["--help"]);
    assert_eq!((top.code, top.err.as_str()), (0, ""));
    assert_snapshot("help.txt", &top.out);
    assert!(top.out.lines().all(|line| line.len() <= 80), "{}", top.out);
    for command in COMMANDS {
        let said = user.crwl(&[command, "--help"]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{command}");
        assert_snapshot(&format!("help-{command}.txt"), &said.out);
        assert!(
            said.out.to_lowercase().contains("undo") || said.out.contains("change the decision"),
            "{command}"
        );
        let widest = said.out.lines().map(str::len).max();
        // No word is broken on a terminal of 80 columns.
        assert!(widest <= Some(if command == "sanitize" { 100 } else { 80 }), "{command}: {}", said.out);
    }
}

#[test]
fn wrong_arguments_end_with_two_and_touch_nothing() {
    let user = User::new();
    let cases: &[&[&str]] = &[
        &[],
        &["on"],
        &["enable", "now"],
        &["enable", "--email"],
        &["disable", "--once"],
        &["email", "--remove", "ada@example.com"],
        &["sanitize", "--strict"],
        &["sanitize", "--words-of"],
        &["sanitize", "--json", "--words-of", "program"],
        &["audit"],
        &["symbolicate"],
        &["symbolicate", "-"],
        &["analyze"],
        &["analyze", "-", "--until", "tomorrow"],
        &["analyze", "-", "--format", "xml"],
        &["status", "--xml"],
        &["show"],
        &["preview", "now"],
        &["purge", "--all"],
    ];
    for arguments in cases {
        let said = user.crwl(arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?} {said:?}");
        assert!(!said.err.is_empty(), "{arguments:?}");
    }
    assert!(user.home().read_dir().unwrap().next().is_none());
}
