//! A custom provider in ten lines: each report becomes a line of JSON on standard output.
//!
//! `cargo run --example own_provider`

#![allow(clippy::print_stdout, reason = "this program prints")]

use std::io::{self, Write};
use std::time::Duration;

use crawl4ai_telemetry::{App, Env, Report, SendError, Telemetry, TelemetryProvider, context};

struct Lines;

impl TelemetryProvider for Lines {
    fn name(&self) -> &str {
        "lines"
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        let payload = self.render(report)?; // the report as JSON, unless `render` is written too
        writeln!(io::stdout(), "{}", payload.to_text_lossy()).map_err(SendError::retry)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let telemetry = Telemetry::builder(App::new("lines", "1.0.0"))
        .env(Env::from_pairs("LINES", [("LINES_TELEMETRY", "1")]))
        .config_folder(folder.path())
        .provider(Lines)
        .build()?;
    let _operation = crawl4ai_telemetry::operation("read settings");
    if let Err(error) = "twelve".parse::<u32>() {
        println!("{:?}", telemetry.capture_exception(&error, context! { "setting" => "depth" }));
    }
    if telemetry.flush(Duration::from_secs(10)) { Ok(()) } else { Err("not delivered in time".into()) }
}
