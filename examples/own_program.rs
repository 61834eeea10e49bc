//! Uses the library under a program's own name, with its own folder, variables and server.
//!
//! `cargo run --example own_program` fails with an `Err` from `main`, as programs do, and says where the user's choice
//! and the report would be. Setting `WEATHER_TELEMETRY=1` gives consent.

#![allow(clippy::print_stdout, reason = "this example shows what it does")]

use std::process::ExitCode;

use crawl4ai_telemetry::{App, Telemetry, telemetry};

#[derive(Debug, thiserror::Error)]
#[error("no forecast for {days} days")]
struct ForecastError {
    days: u32,
}

#[telemetry(context(days))]
fn forecast(days: u32) -> Result<Vec<i32>, ForecastError> {
    if days > 14 { Err(ForecastError { days }) } else { Ok(vec![21; days as usize]) }
}

fn real_main() -> Result<(), ForecastError> {
    if let Some(status) = crawl4ai_telemetry::status() {
        println!("would a report leave now?  {} ({})", status.enabled, status.reason());
        println!("the user's choice is in    {:?}", status.config_path);
    }
    println!("three days: {:?}", forecast(3)?);
    println!("a month:    {:?}", forecast(30)?);
    Ok(())
}

fn main() -> ExitCode {
    let app = App::new("weather", env!("CARGO_PKG_VERSION"))
        // The names are ~/.weather/config.json, WEATHER_TELEMETRY and WEATHER_SENTRY_DSN. If the program mounts the
        // command of the crate `crwl`, it also calls `.command("weather telemetry")`, so that hints name that command.
        .config_folder(".weather")
        .env_prefix("WEATHER");
    // With the feature `sentry`, the program names its own server here: `.sentry_dsn("https://…")`. The user's variable
    // `WEATHER_SENTRY_DSN` takes precedence over both.
    let reports = std::env::temp_dir().join("weather-reports.jsonl");
    println!("reports would go to        {}", reports.display());
    let code = Telemetry::builder(app).file(reports).init().run(real_main);
    // The exit code is Rust's for an `Err`. A real program returns it, but this example was meant to fail.
    if code == ExitCode::FAILURE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
