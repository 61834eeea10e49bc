//! Inspecting what would be sent, what was sent and what waits; delivering and deleting it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::fs;

use crawl4ai_telemetry_conformance::tls::{Authority, Front};
use crawl4ai_telemetry_conformance::{Reply, Server};
use serde_json::Value;
use support::{User, assert_snapshot, dsn, let_it_wait_for_an_answer, user_with_a_report};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Replaces the values that differ from one run, build or machine to the next.
fn settled(mut report: Value) -> String {
    for key in ["id", "time", "images", "fingerprint", "platform", "signature"] {
        report[key] = "…".into();
    }
    if let Some(words) = report.get_mut("words") {
        words["build"] = "…".into();
    }
    report["exceptions"][0]["frames"] = "…".into();
    serde_json::to_string_pretty(&report).unwrap() + "\n"
}

#[test]
fn a_preview_is_a_cleaned_report_and_leaves_no_trace() {
    let user = User::new();
    let whole = json(&user.crwl(&["preview", "--json"]).out);
    assert_snapshot("preview.json", &settled(whole["report"].clone()));
    assert_eq!((&whole["provider"], &whole["privacy"]), (&"none".into(), &"own_words".into()));
    assert_eq!(json(whole["payload"]["text"].as_str().unwrap()), whole["report"]);

    // Without a yes, a report of a server has no free text.
    let strict = json(&user.crwl_with(&[("CRAWL4AI_API_SERVER", "1")], &["preview", "--json"]).out);
    assert_snapshot("preview-strict.json", &settled(strict["report"].clone()));

    // The chosen provider's own form. The message gives its length.
    let server = Server::always(Reply::status(200));
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["preview"]);
    let bytes =
        format!("sentry would get these {} bytes of application/x-sentry-envelope:\n", said.out.len());
    assert_eq!((said.code, said.err), (0, bytes));
    assert_eq!(json(said.out.lines().nth(1).unwrap())["type"], "event");
    assert!(!said.out.contains("ada@example.com") && !said.out.contains("secret"), "{}", said.out);

    assert_eq!(server.connections(), 0);
    assert!(user.home().read_dir().unwrap().next().is_none());
}

#[test]
fn the_schema_is_what_was_agreed_on() {
    let user = User::new();
    let said = user.crwl(&["schema"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let reports = said.out.split("Usage figures").next().unwrap();
    assert_snapshot("schema.txt", reports);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(said.out.ends_with("\nUsage figures\n  none: this program records none\n"), "{}", said.out);
    let whole = json(&user.crwl(&["schema", "--json"]).out);
    assert_eq!((&whole["usage"], &whole["usage_every"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert!(whole["report"].as_array().unwrap().iter().any(|field| field["path"] == "exceptions[].value"));
}

#[test]
fn what_waits_is_listed_shown_sent_and_shown_again_as_it_was_sent() {
    let user = user_with_a_report();
    let server = Server::always(Reply::status(200));
    let there = dsn(&server);
    let crwl = |arguments: &[&str]| user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], arguments);

    let waiting = json(&crwl(&["log", "--json"]).out)["waiting"][0].clone();
    assert_eq!(waiting["waits_for"], "delivery");
    let id = waiting["id"].as_str().unwrap().to_owned();
    let short: String = id.chars().take(8).collect();
    let log = crwl(&["log"]);
    assert!(log.out.contains("waits for") && log.out.contains(&short), "{log:?}");
    let shown = crwl(&["show", &short]);
    assert!(shown.err.starts_with("Waits, and would be sent as"), "{shown:?}");

    let sent = crwl(&["send"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(sent.err.contains("Sending 1 report to sentry"), "{sent:?}");
    assert!(sent.err.contains("1 delivered, 0 refused, 0 still to be sent."), "{sent:?}");
    assert_eq!(server.requests().len(), 1);

    let again = crwl(&["show", &id.to_uppercase()]);
    assert!(again.err.starts_with("Sent to sentry at "), "{again:?}");
    assert_eq!(again.out.as_bytes(), server.requests()[0].body, "byte for byte");
    assert_eq!(again.out, shown.out, "and as it was shown before");
    let log = crwl(&["log"]);
    assert!(log.out.contains("delivered") && !log.out.contains("waits"), "{log:?}");
    assert!(log.out.lines().all(|line| line.chars().count() <= 80), "{log:?}");
    assert_eq!(json(&crwl(&["status", "--json"]).out)["errors_sent"], 1);
    assert!(crwl(&["send"]).err.contains("Nothing waits"));

    let purged = crwl(&["purge"]);
    let stays = "The ids of sent reports stay, for `crwl telemetry erase`; `--ids` deletes them.";
    assert_eq!(
        purged.err,
        format!("Deleted 0 waiting reports and the record of 1 report sent before.\n{stays}\n")
    );

    // The user can ask for the erasure of reports even if their record was purged.
    let letter = crwl(&["erase"]);
    assert!(letter.err.starts_with("A server has 1 report from here."), "{letter:?}");
    assert!(
        letter.err.contains("The program did not choose that server: you did, in a variable, or"),
        "{letter:?}"
    );
    assert!(letter.out.starts_with("To: whoever runs 127.0.0.1\nSubject: Erasure"), "{letter:?}");
    assert!(letter.out.contains(&format!("  {id}  sent ")), "{letter:?}");
    assert_eq!(json(&crwl(&["erase", "--json"]).out)["on_servers"][0]["id"], id);
    assert_eq!(server.requests().len(), 1, "a letter is not sent by itself");
    assert!(crwl(&["purge", "--ids"]).err.ends_with("The ids of sent reports are deleted too.\n"));
    assert_eq!(crwl(&["erase"]).err, "No report is known that was sent from here.\n");
    assert!(crwl(&["log"]).err.contains("Nothing was sent from here"));
    assert_eq!(json(&crwl(&["status", "--json"]).out)["consent"], "always", "the decision stays");
}

#[test]
fn what_waits_for_an_answer_is_sent_when_it_is_named_and_never_against_a_no() {
    for (no, connections) in [(false, 1), (true, 0)] {
        let user = user_with_a_report();
        let server = Server::always(Reply::status(200));
        let there = dsn(&server);
        let crwl = |arguments: &[&str]| user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], arguments);
        let_it_wait_for_an_answer(&user);
        let waiting = json(&crwl(&["log", "--json"]).out)["waiting"][0].clone();
        assert_eq!(waiting["waits_for"], "answer");
        let id = waiting["id"].as_str().unwrap().to_owned();
        assert_eq!(json(&crwl(&["status", "--json"]).out)["unanswered"], 1);
        let said = crwl(&["send"]);
        assert!(said.err.contains("1 from before your yes: sent only if you name it."), "{said:?}");
        assert_eq!((said.code, server.connections()), (0, 0));

        if no {
            assert!(crwl(&["disable"]).err.contains("1 waiting report was deleted."));
        }
        let said = crwl(&["send", &id]);
        assert_eq!(said.code, i32::from(no), "{said:?}");
        assert_eq!(server.connections(), connections);
    }
}

#[test]
fn why_the_server_did_not_take_a_report_that_was_named_is_told_to_whoever_has_not_decided() {
    let user = user_with_a_report();
    let_it_wait_for_an_answer(&user);
    fs::remove_file(user.home().join(".crawl4ai/config.json")).unwrap();
    let server = Server::always(Reply::status(503));
    let there = dsn(&server);
    let crwl = |arguments: &[&str]| user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], arguments);
    let said = crwl(&["send"]);
    assert!(said.err.contains("1 waiting for your answer: sent only if you name it."), "{said:?}");
    let id = json(&crwl(&["log", "--json"]).out)["waiting"][0]["id"].as_str().unwrap().to_owned();
    let said = crwl(&["send", &id]);
    assert_eq!((said.code, server.connections()), (1, 1), "{said:?}");
    assert!(said.err.contains("failing: the server failed (503)"), "{said:?}");
}

#[test]
fn what_cannot_be_sent_is_told_and_fails() {
    let server = Server::always(Reply::status(503));
    let there = dsn(&server);
    let user = user_with_a_report();
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], &["send"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("1 still to be sent") && said.err.contains("failing"), "{said:?}");

    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there), ("DO_NOT_TRACK", "1")], &["send"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("DO_NOT_TRACK"), "{said:?}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_that_is_not_trusted_is_told_and_the_user_can_name_its_authority() {
    let server = Server::always(Reply::status(200));
    let authority = Authority::new("a company");
    let front = Front::start(&server, authority.certify("127.0.0.1"));
    let there = front.url().replace("://", "://0123456789abcdef0123456789abcdef@") + "/1";
    let said = user_with_a_report().crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], &["send"]);
    assert_eq!((said.code, server.connections()), (1, 0), "{said:?}");
    assert!(said.err.contains("certificate") && said.err.contains("_TELEMETRY_CA_CERTIFICATES"), "{said:?}");

    let user = user_with_a_report();
    let file = user.home().join("company.pem");
    fs::write(&file, authority.pem()).unwrap();
    let trusts = ("CRAWL4AI_TELEMETRY_CA_CERTIFICATES", file.to_str().unwrap());
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there), trusts], &["send"]);
    assert_eq!((said.code, server.requests().len()), (0, 1), "{said:?}");
}

#[test]
fn ids_that_are_none_and_records_that_were_edited_are_refused() {
    let user = user_with_a_report();
    for id in ["", "0", "zzzz", "../../etc/passwd", "00000000000040008000000000000000", "*"] {
        let said = user.crwl(&["show", id]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{id}: {said:?}");
        assert!(said.err.starts_with("error: no report begins with"), "{said:?}");
    }
    let server = Server::always(Reply::status(200));
    let there = dsn(&server);
    assert_eq!(user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], &["send"]).code, 0);
    let journal = user.home().join(".crawl4ai/telemetry/journal");
    let entry = journal.read_dir().unwrap().next().unwrap().unwrap().path();
    for content in ["", "{}", "nonsense\n{}", "\u{0}"] {
        fs::write(&entry, content).unwrap();
        let log = user.crwl(&["log"]);
        assert_eq!((log.code, log.out.as_str()), (0, ""), "{content:?} {log:?}");
    }
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let user = User::new();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crwl"));
        command.args(arguments).env_clear().envs(support::system()).env(support::HOME, user.home());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        for command in ["enable", "disable", "preview", "purge", "schema"] {
            assert!(script.contains(command), "{shell} {command}");
        }
    }
    assert!(run(&["man"]).contains(".TH crwl 1"));
    assert!(run(&["man", "telemetry", "disable"]).contains("delete what waits to be sent"));
    let mut wrong = std::process::Command::new(env!("CARGO_BIN_EXE_crwl"));
    let wrong = wrong.args(["man", "telemetry", "off"]).output().unwrap();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(1), 0));
}
