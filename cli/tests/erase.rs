//! `erase`, if the program names the file of its reports without a folder.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the program of the test reads what it is to do")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Parser;
use crawl4ai_telemetry::{App, Builder, Environment, Level, Telemetry, context};
use crwl::TelemetryCommand;

/// The variable with the arguments of the program's command. If it is empty, the program reports an error.
const ARGUMENTS: &str = "TEST_ARGUMENTS";

#[derive(Parser)]
struct Weather {
    #[command(flatten)]
    telemetry: TelemetryCommand,
}

fn telemetry() -> Builder {
    let app = App::new("weather", "1.4.0").command("weather telemetry");
    Telemetry::builder(app).environment(Environment::Cli).file("reports.jsonl")
}

/// Acts as the program if the variable is set. It tests nothing itself.
#[test]
fn program() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    if arguments.is_empty() {
        let telemetry = telemetry().build().unwrap();
        let _ = telemetry.capture_message(Level::Error, "no forecast", context! {});
        assert!(telemetry.flush(Duration::from_secs(20)));
        return;
    }
    let words = std::iter::once("weather").chain(arguments.split(' '));
    let code = Weather::parse_from(words).telemetry.run(telemetry());
    assert_eq!(code, std::process::ExitCode::SUCCESS);
}

/// The messages of the program, started in this folder.
fn says(home: &Path, folder: &str, arguments: &str) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "program", "--nocapture", "--quiet"]).env_clear().stdin(Stdio::null());
    command.env("HOME", home).env("WEATHER_TELEMETRY", "1").env(ARGUMENTS, arguments);
    let output = command.current_dir(home.join(folder)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_file_in_the_folder_of_an_earlier_run_is_named() {
    let user = tempfile::tempdir().unwrap();
    // The system names the working folder without links.
    let home = user.path().canonicalize().unwrap();
    for folder in ["a", "b"] {
        fs::create_dir(home.join(folder)).unwrap();
    }
    says(&home, "a", "");
    let file = home.join("a/reports.jsonl");
    let said = says(&home, "b", "erase");
    let named = format!("Earlier reports are in the file {}, which this does not change: ", file.display());
    assert!(said.contains(&named), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1);

    let said = says(&home, "a", "erase");
    let deleted = format!("Deleted 1 report from the file {}.\n", file.display());
    assert!(said.contains(&deleted) && !said.contains("Earlier reports"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}

/// The yes is for the name that the program gives to the file, so it holds in every folder.
#[test]
fn a_yes_holds_in_every_folder() {
    let user = tempfile::tempdir().unwrap();
    let home = user.path();
    for folder in ["a", "b"] {
        fs::create_dir(home.join(folder)).unwrap();
    }
    says(home, "a", "enable");
    let config = fs::read_to_string(home.join(".weather/config.json")).unwrap();
    assert!(config.contains("\"the file reports.jsonl\""), "{config}");
}
