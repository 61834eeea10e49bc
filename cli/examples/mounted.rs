//! A program that mounts the telemetry command under a name of its own, with its own folder, variables and texts.
//!
//! `cargo run -p crwl --example mounted -- privacy status` reads `~/.weather/config.json` and obeys
//! `WEATHER_APP_TELEMETRY`; hints say `weather privacy disable`.

#![allow(clippy::print_stdout, reason = "this program has something to say")]

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use crawl4ai_telemetry::{App, Builder, Telemetry, capture_exception, context};
use crwl::{Completions, TelemetryCommand};

/// Tells how many degrees it is.
#[derive(Parser)]
#[command(name = "weather", version)]
enum Weather {
    /// What the sensor says, in degrees
    Now {
        sensor: String,
    },
    /// See what is sent when this program fails, decide, and change your mind
    Privacy(TelemetryCommand),
    Completions(Completions),
}

/// Builds the telemetry for the program and for its command, so that the command shows what applies in the program.
fn telemetry() -> Builder {
    let app =
        App::new("weather", env!("CARGO_PKG_VERSION")).env_prefix("WEATHER_APP").command("weather privacy");
    Telemetry::builder(app)
}

fn main() -> ExitCode {
    match Weather::parse() {
        Weather::Privacy(command) => command.run(telemetry()),
        Weather::Completions(completions) => completions.run(Weather::command()),
        Weather::Now { sensor } => {
            let _telemetry = telemetry().init();
            match sensor.parse::<f32>() {
                Ok(degrees) => {
                    println!("{degrees} °C");
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    println!("The sensor says {sensor:?}: {:?}", capture_exception(&error, context! {}));
                    ExitCode::FAILURE
                }
            }
        }
    }
}
