//! A program that is built twice, with the library of an earlier version and with today's. It only uses what both
//! offer.
//!
//! Usage: `program COMMAND [TEXT]`, with the folder in `TOOL_CONFIG_DIR`. Reports go to the file that `REPORTS` names.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program of a test: it reads its environment, prints and fails by panicking"
)]

use std::path::PathBuf;
use std::time::Duration;

use crawl4ai_telemetry::{App, Environment, Limits, Outcome, Telemetry, capture_exception, context};

const LONG: Duration = Duration::from_secs(20);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().expect("a command");
    let text = arguments.next().unwrap_or_default();
    if command == "dies" {
        // The library's hook runs first. Then this one aborts, so that nothing runs after it.
        std::panic::set_hook(Box::new(|_| std::process::abort()));
    }
    let reports = PathBuf::from(std::env::var_os("REPORTS").expect("where reports go"));
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
        .environment(Environment::Cli)
        .file(reports)
        .limits(if command == "many" { Limits::none() } else { Limits::default() })
        .exit_timeout(Duration::from_secs(10))
        .install()
        .expect("installed");
    match &*command {
        "starts" => {}
        "agrees" => _ = telemetry.enable().expect("stored"),
        "fails" => told(capture_exception(&std::io::Error::other(text), context! { "retries" => 3 })),
        // An error of another type counts as another bug.
        "fails otherwise" => {
            told(capture_exception(&text.parse::<u32>().expect_err("no number"), context! {}))
        }
        "dies" => panic!("{text}"),
        "many" => {
            for n in 0..text.parse().expect("how many") {
                told(capture_exception(&std::io::Error::other("one of many"), context! { "n" => n }));
                telemetry.flush(LONG);
            }
        }
        other => panic!("no command {other}"),
    }
    telemetry.flush(LONG);
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the versions name their outcomes differently")]
fn told(outcome: Outcome) {
    match outcome {
        Outcome::Queued(id) => println!("queued {id}"),
        _ => println!("{outcome:?}"),
    }
}
