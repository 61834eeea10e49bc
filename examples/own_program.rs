//! The library under a program's own name: its folder, its variables, its server.
//!
//! `cargo run --example own_program` fails as programs do, with an `Err` from main, and says where the user's
//! choice and the report would be. Consent is asked for in the variable `WEATHER_TELEMETRY=1`.

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
        // ~/.weather/config.json, WEATHER_TELEMETRY, WEATHER_SENTRY_DSN. A program with the command of its own, as the
        // crate `crwl` has it to mount, adds `.command("weather telemetry")`, and hints name it.
        .config_folder(".weather")
        .env_prefix("WEATHER");
    // With the feature `sentry` the program's own server stands here: `.sentry_dsn("https://…")`. The user's
    // variable `WEATHER_SENTRY_DSN` stands above either.
    let reports = std::env::temp_dir().join("weather-reports.jsonl");
    println!("reports would go to        {}", reports.display());
    let code = Telemetry::builder(app).file(reports).init().run(real_main);
    // Rust's own code for an `Err`. A real program returns it; this one was meant to fail.
    if code == ExitCode::FAILURE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
