//! The administrator's policy file gives an address. Either reports go to that address or none leaves. The user's own
//! address takes precedence, and the administrator's address needs a consent of its own.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program: it reads its environment")]

mod administrator;
mod scenario;
use std::fs;

use administrator::{ends_well, installed, under_file, write};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, no_provider_that_answers, sentry_builder};

fn program(part: &str) {
    let built_in = || under_file(sentry_builder()).sentry_dsn(std::env::var("BUILT_IN").expect("given"));
    let outcome = match part {
        "follows" => installed(built_in().machine_destination()),
        "does not follow" => installed(built_in()),
        _ => installed(under_file(no_provider_that_answers()).machine_destination()),
    };
    fs::write(scenario::folder().join("told"), format!("{outcome:?}")).expect("told");
}

fn test(_: &Stage) {
    let [built_in, administrators, users] = [(); 3].map(|()| Server::always(Reply::status(200)));
    let dsn = |server: &Server, host: &str| scenario::dsn(server).replace("127.0.0.1", host);
    let policy = format!(r#"{{"address": "{}"}}"#, dsn(&administrators, "localhost"));
    let run = |stage: &Stage, part: &str, variables: &[(&str, &str)]| {
        write(stage.folder(), &policy);
        let mut command = stage.command(part);
        command.env("BUILT_IN", scenario::dsn(&built_in)).envs(variables.iter().copied());
        ends_well(command);
        fs::read_to_string(stage.folder().join("told")).unwrap_or_default()
    };
    let reached = || [&built_in, &administrators, &users].map(Server::connections);

    assert!(run(&Stage::new(), "does not follow", &[]).contains("AdministratorDenial"));
    assert!(run(&Stage::new(), "has its own", &[]).contains("AdministratorDenial"));
    assert_eq!(reached(), [0, 0, 0], "nothing leaves for elsewhere");
    assert!(run(&Stage::new(), "follows", &[]).contains("Queued"));
    assert_eq!(reached(), [0, 1, 0]);
    let theirs = dsn(&users, "127.0.0.1");
    for part in ["follows", "does not follow"] {
        assert!(run(&Stage::new(), part, &[("CRAWL4AI_SENTRY_DSN", &theirs)]).contains("Queued"));
    }
    assert_eq!(reached(), [0, 1, 2], "the user's own stands above it");

    // A consent for another destination, or without a destination, does not apply to the administrator's address.
    let yes = |destination: &str| {
        format!(r#"{{"telemetry":{{"consent":"always","level":"standard","policy":1{destination}}}}}"#)
    };
    for (destination, outcome) in [
        ("", "NoConsent(NoConsent)"),
        (r#","destination":"127.0.0.1""#, "NoConsent(NoConsent)"),
        (r#","destination":"localhost""#, "Queued"),
    ] {
        let stage = Stage::new();
        fs::write(stage.folder().join("config.json"), yes(destination)).expect("written");
        let said = run(&stage, "follows", &[("CRAWL4AI_TELEMETRY", "")]);
        assert!(said.contains(outcome), "{destination}: {said}");
    }
    assert_eq!(reached(), [0, 2, 2]);

    // An invalid address is not used, and the program starts all the same.
    let stage = Stage::new();
    let broken = r#"{"address": "nonsense"}"#;
    write(stage.folder(), broken);
    let mut command = stage.command("follows");
    command.env("BUILT_IN", scenario::dsn(&built_in));
    ends_well(command);
    assert!(fs::read_to_string(stage.folder().join("told")).expect("told").contains("AdministratorDenial"));
    assert_eq!(reached(), [0, 2, 2]);
}

fn main() {
    scenario::main(program, test);
}
