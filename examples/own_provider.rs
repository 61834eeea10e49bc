//! A provider of one's own in 40 lines: reports to standard output, a line each.
//!
//! `cargo run --example own_provider`

#![allow(clippy::print_stdout, reason = "this provider prints")]

use std::borrow::Cow;
use std::time::Duration;

use crawl4ai_telemetry::{
    App, Env, Payload, ProviderError, Report, SendError, Telemetry, TelemetryProvider, UsageSpan, context,
};

struct Lines;

impl TelemetryProvider for Lines {
    fn name(&self) -> &str {
        "lines"
    }
    fn destination(&self) -> Cow<'_, str> {
        "standard output".into()
    }
    fn initialize(&self) -> Result<(), ProviderError> {
        Ok(())
    }
    /// What is sent, byte for byte: the library's `preview` and journal show this.
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let [operations, types] =
            [report.operations().collect(), types(report)].map(|names: Vec<&str>| names.join(" > "));
        let line = format!("{} {}: {operations}: {types}\n", report.id(), report.fingerprint());
        Ok(Payload { media_type: "text/plain", bytes: line.into_bytes() })
    }
    /// `Ok` means that the other side has it. `SendError::Retry` keeps the report, `Rejected` drops it.
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        let payload = self.render(report).map_err(|e| SendError::Rejected { reason: e.to_string() })?;
        print!("{}", String::from_utf8_lossy(&payload.bytes));
        Ok(())
    }
    fn send_event(&self, _: &UsageSpan) -> Result<(), SendError> {
        Ok(())
    }
    fn flush(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
    fn shutdown(&self, _: Duration) -> Result<(), SendError> {
        Ok(())
    }
}

fn types(report: &Report) -> Vec<&str> {
    report.exceptions().iter().map(|exception| exception.type_name()).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let telemetry = Telemetry::builder(App::new("lines", "1.0.0").env_prefix("LINES"))
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
