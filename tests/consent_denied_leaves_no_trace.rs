//! Without consent nothing is written and nothing is sent, regardless of what is captured and of how the program ends.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{Outcome, Reason, Rule, capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, builder, sentry_builder};

fn program(part: &str) {
    // Each part runs twice: with a file, and with a server that counts requests.
    let builder = if part.starts_with("server: ") { sentry_builder() } else { builder() };
    let part = part.trim_start_matches("server: ");
    let _telemetry = builder.install().expect("installed");
    let error = "x".parse::<u32>().expect_err("no number");
    let outcome = capture_exception(&error, context! {});
    let rule = match part {
        "kill switch" => Rule::KillSwitch,
        "do not track" => Rule::DoNotTrack,
        "denied" => Rule::StoredDenial,
        "damaged" => Rule::Unreadable,
        _ => Rule::NoConsent,
    };
    assert_eq!(outcome, Outcome::Suppressed(Reason::NoConsent(rule)), "{part}");
    panic!("and a panic");
}

fn test(stage: &Stage) {
    let config = stage.folder().join("config.json");
    let denied = r#"{"theme":"dark","telemetry":{"consent":"denied"}}"#;
    type Variables = &'static [(&'static str, &'static str)];
    let cases: &[(&str, Variables, Option<&str>)] = &[
        ("nobody asked", &[], None),
        ("kill switch", &[("CRAWL4AI_TELEMETRY", "off")], Some(r#"{"telemetry":{"consent":"always"}}"#)),
        ("do not track", &[("DO_NOT_TRACK", "1"), ("CRAWL4AI_TELEMETRY", "1")], None),
        ("denied", &[("CRAWL4AI_TELEMETRY", "1")], Some(denied)),
        ("damaged", &[("CRAWL4AI_TELEMETRY", "1")], Some("{\"telemetry\": {\"consent\": \"alw")),
    ];
    for (part, variables, file) in cases {
        let _ = std::fs::remove_file(&config);
        if let Some(text) = file {
            std::fs::write(&config, text).expect("a configuration file");
        }
        let server = Server::always(Reply::status(200));
        for mut command in [stage.command(part), stage.command_to(&server)] {
            if command.get_envs().any(|(name, _)| name == "CRAWL4AI_SENTRY_DSN") {
                command.env("SCENARIO_PART", format!("server: {part}"));
            }
            command.env_remove("CRAWL4AI_TELEMETRY").envs(variables.iter().copied());
            let output = command.output().expect("runs");
            assert_eq!(
                output.status.code(),
                Some(101),
                "{part}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        assert_eq!(server.connections(), 0, "{part}");
        let expected: Vec<std::path::PathBuf> = file.iter().map(|_| "config.json".into()).collect();
        assert_eq!(stage.files(), expected, "{part}");
        if let Some(text) = file {
            assert_eq!(&std::fs::read_to_string(&config).expect("still there"), text, "{part}");
        }
    }
}

fn main() {
    scenario::main(program, test);
}
