//! Tells how warm it gets.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use crawl4ai_telemetry::{App, Builder, Telemetry, telemetry};
use crwl::TelemetryCommand;

#[derive(Parser)]
#[command(name = "weather")]
enum Weather {
    /// How warm it gets in a city
    In { city: String },
    /// See what is sent when this program fails, decide, and change your mind
    Telemetry(TelemetryCommand),
}

/// One place says who reports and where to, for the program and for the command that explains it.
fn telemetry() -> Builder {
    let app = App::new("weather", env!("CARGO_PKG_VERSION")).command("weather telemetry");
    Telemetry::builder(app).file("reports.jsonl")
}

#[telemetry]
fn forecast(city: &str) -> Result<i32, Box<dyn Error>> {
    Err(format!("no answer from https://api.example.com/{city} after 3 tries").into())
}

fn main() -> ExitCode {
    match Weather::parse() {
        Weather::Telemetry(command) => command.run(telemetry()),
        Weather::In { city } => telemetry().init().run(|| {
            println!("{} °C", forecast(&city)?);
            Ok::<(), Box<dyn Error>>(())
        }),
    }
}
