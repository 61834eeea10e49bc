//! `send`: what it counts, what it refuses, and a disk that prevents the delivery.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use crawl4ai_telemetry_conformance::{Reply, Server};
use serde_json::Value;
use support::planted::fill_record;
use support::{User, dsn, let_it_wait_for_an_answer, user_with_a_report};

/// The only report that waits.
fn waiting(user: &User) -> Value {
    let mut log: Value = serde_json::from_str(&user.crwl(&["log", "--json"]).out).unwrap();
    assert_eq!(log["waiting"].as_array().map(Vec::len), Some(1), "{log}");
    log["waiting"][0].take()
}

/// A full record drops an old entry for each new one.
#[test]
fn a_delivery_counts_though_the_record_was_full() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    fill_record(&user.telemetry(), &[]);
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["send"]);
    assert_eq!((said.code, server.requests().len()), (0, 1), "{said:?}");
    assert!(said.err.contains("1 delivered, 0 refused, 0 still to be sent."), "{said:?}");
}

#[test]
fn a_named_report_that_does_not_wait_any_more_is_told() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    let id = waiting(&user)["id"].as_str().unwrap().to_owned();
    let send = || user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["send", &id]);
    assert_eq!(send().code, 0);
    let said = send();
    assert_eq!((said.code, server.requests().len()), (1, 1), "{said:?}");
    assert_eq!(said.err, format!("error: the report {id} does not wait any more\n"));
}

/// A variable's yes is not for what waited by a yes to another place.
#[test]
fn what_turns_out_to_wait_for_an_answer_is_told_and_fails() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    let settings =
        r#"{"telemetry":{"consent":"always","level":"own_words","destination":"elsewhere.example.com"}}"#;
    std::fs::write(user.home().join(".crawl4ai/config.json"), settings).unwrap();
    let there = dsn(&server);
    let variables = [("CRAWL4AI_SENTRY_DSN", &*there), ("CRAWL4AI_TELEMETRY", "1")];
    let said = user.crwl_with(&variables, &["send"]);
    assert_eq!((said.code, server.connections()), (1, 0), "{said:?}");
    assert!(said.err.contains("error: 1 from before your yes: sent only if you name it."), "{said:?}");
    assert_eq!(waiting(&user)["waits_for"], "answer");
}

#[test]
fn nothing_is_agreed_to_if_one_of_the_named_reports_is_refused() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    let_it_wait_for_an_answer(&user);
    let id = waiting(&user)["id"].as_str().unwrap().to_owned();
    let send = |ids: &[&str]| {
        let arguments = [&["send"], ids].concat();
        user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &arguments)
    };
    let said = send(&[&id, "00000000"]);
    assert!(said.code == 1 && said.err.contains("no report begins with"), "{said:?}");
    assert_eq!((&waiting(&user)["waits_for"], server.connections()), (&"answer".into(), 0));
    // A report that is named twice is sent once.
    assert_eq!((send(&[&id, &id]).code, server.requests().len()), (0, 1));
}

/// The case of a read-only folder. It runs in a namespace of its own, in which any user may mount.
#[test]
#[cfg(target_os = "linux")]
fn what_keeps_a_report_is_said_at_once() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    let folder = user.home().join(".crawl4ai");
    let _ = std::fs::remove_file(user.spool().join("sender.lock"));
    // Removed, so that the failure of an earlier attempt is not reported as the cause.
    let _ = std::fs::remove_file(folder.join("telemetry/ledger.json"));
    let script = format!(
        "mount --bind {0} {0} && mount -o remount,bind,ro {0} || exit 77\n\
         CRAWL4AI_TELEMETRY=1 exec timeout 60 {1} telemetry send",
        folder.display(),
        env!("CARGO_BIN_EXE_crwl"),
    );
    let mut shell = std::process::Command::new("unshare");
    shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).env_clear();
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", user.home());
    shell.env("CRAWL4AI_SENTRY_DSN", dsn(&server));
    let Ok(output) = shell.output() else {
        println!("skipped: there is no unshare");
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    if output.status.code() == Some(77) || said.contains("unshare") {
        println!("skipped: no mount in a namespace: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("0 delivered, 0 refused, 1 still to be sent."), "{said}");
    assert!(said.contains("error: not now: spool: the sender lock cannot be taken: "), "{said}");
    assert!(server.requests().is_empty(), "what cannot be noted as sent would be sent again");
}
