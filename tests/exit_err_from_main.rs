//! An `Err` that leaves `main` is reported as the end of the program. It is printed as Rust prints it, with Rust's exit
//! code. An error that was already reported inside is not reported again.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the program under test ends with its own exit code")]

mod scenario;
use std::error::Error;
use std::process::{ExitCode, Termination};

use anyhow::Context as _;
use crawl4ai_telemetry::telemetry_context;
use scenario::{Stage, builder, culprit};

#[inline(never)]
fn with_anyhow() -> anyhow::Result<()> {
    Err(anyhow::anyhow!("no table").context("page 7"))
}

#[inline(never)]
fn boxed() -> Result<(), Box<dyn Error>> {
    Err("a boxed text".into())
}

fn inside() -> anyhow::Result<()> {
    telemetry_context("parse", || "seven".parse::<u8>().map(drop)).context("page 8")
}

fn with_tokio() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async { Err(anyhow::anyhow!("from the runtime")) })
}

fn own_code() -> Result<ExitCode, std::fmt::Error> {
    Ok(ExitCode::from(7))
}

fn program(part: &str) {
    let code = match part {
        "anyhow" => builder().init().run(with_anyhow),
        "boxed" => builder().init().run(boxed),
        "inside" => builder().init().run(inside),
        "tokio" => builder().init().run(with_tokio),
        "own code" => builder().init().run(own_code),
        "bare anyhow" => with_anyhow().report(),
        "bare boxed" => boxed().report(),
        other => panic!("no such part: {other}"),
    };
    // The scenario's `main` returns nothing, so the exit code is taken from the digits of its `Debug` form.
    let number = format!("{code:?}").chars().filter(char::is_ascii_digit).collect::<String>();
    std::process::exit(number.parse().unwrap_or(99));
}

fn test(stage: &Stage) {
    for part in ["anyhow", "boxed"] {
        // With a backtrace, an `anyhow::Error` tells where it was made.
        let run = |part: &str| stage.command(part).env("RUST_BACKTRACE", "1").output().expect("it runs");
        let (bare, run) = (run(&format!("bare {part}")), run(part));
        assert_eq!(run.status.code(), Some(1));
        assert_eq!(run.status, bare.status);
        let text = |output: &std::process::Output| {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            // The backtrace that `anyhow` prints differs in the calling frames.
            text.split("Stack backtrace").next().unwrap_or_default().to_owned()
        };
        assert_eq!(text(&run), text(&bare));
        assert!(text(&run).starts_with("Error: "), "{}", text(&run));
    }
    assert_eq!(stage.run("inside").status.code(), Some(1));
    assert_eq!(stage.run("tokio").status.code(), Some(1));
    assert_eq!(stage.run("own code").status.code(), Some(7));

    let reports = stage.delivered();
    let told: Vec<_> = reports
        .iter()
        .map(|r| (r["level"].as_str(), r["operations"].to_string(), r["exceptions"][0]["value"].as_str()))
        .map(|(level, operations, value)| (level.unwrap_or_default(), operations, value.unwrap_or_default()))
        .collect();
    let expected = [
        ("fatal", r#"["main"]"#, "page 7"),
        ("fatal", r#"["main"]"#, "a boxed text"),
        ("error", r#"["main","parse"]"#, "invalid digit found in string"),
        ("fatal", r#"["main"]"#, "from the runtime"),
    ];
    assert_eq!(told, expected.map(|(level, operations, value)| (level, operations.to_owned(), value)));
    assert_eq!(culprit(&reports[0]), "exit_err_from_main::with_anyhow", "{}", reports[0]);
}

fn main() {
    scenario::main(program, test);
}
