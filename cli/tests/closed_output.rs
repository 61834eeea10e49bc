//! The exit code of a command whose results nobody reads to the end, as in `crwl telemetry log --json | head -1`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;

use crawl4ai_telemetry_conformance::{Reply, Server};
use support::planted::fill_record;
use support::{User, dsn, user_with_a_report};

/// The exit code and the messages of a command whose standard output is a pipe that nobody reads.
fn unread(user: &User, variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = user.command(arguments);
    let output = command.envs(variables.iter().copied()).stdout(writer).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_selftest_that_failed_fails() {
    let server = Server::always(Reply::status(403));
    for there in ["nonsense", &*dsn(&server)] {
        for arguments in [&["selftest", "--yes"][..], &["selftest", "--yes", "--json"]] {
            let (code, said) = unread(&User::new(), &[("CRAWL4AI_SENTRY_DSN", there)], arguments);
            assert_eq!((code, &*said), (Some(1), "error: the test report did not come through\n"));
        }
    }
}

/// The list is longer than what a command holds back before it writes.
#[test]
fn what_could_not_be_read_fails_and_a_reader_who_has_seen_enough_does_not() {
    let user = user_with_a_report();
    fill_record(&user.telemetry(), &[]);
    let commands = [&["log", "--json"][..], &["erase", "--json"]];
    for arguments in commands {
        assert_eq!(unread(&user, &[], arguments), (Some(0), String::new()), "{arguments:?}");
    }
    fs::remove_dir_all(user.spool()).unwrap();
    fs::write(user.spool(), "in the way").unwrap();
    for arguments in commands {
        let (code, said) = unread(&user, &[], arguments);
        assert!(code == Some(1) && said.contains("the folder of reports cannot"), "{arguments:?}: {said}");
    }
}
