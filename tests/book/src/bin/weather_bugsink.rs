//! Tells how warm it gets.

use std::error::Error;
use std::process::ExitCode;

use crawl4ai_telemetry::{App, Telemetry, telemetry};

#[telemetry] // an `Err` that leaves is reported, and goes on to the caller
fn forecast(city: &str) -> Result<i32, Box<dyn Error>> {
    let url = format!("https://api.example.com/{city}?key=tk_51HxQ2eZvKYlo2C9");
    Err(format!("no answer from {url} for ada@example.com after 3 tries").into())
}

fn real_main() -> Result<(), Box<dyn Error>> {
    println!("{} °C", forecast("London")?);
    Ok(())
}

fn main() -> ExitCode {
    let app = App::new("weather", env!("CARGO_PKG_VERSION"));
    let dsn = "http://0123456789abcdef0123456789abcdef@127.0.0.1:8000/1"; // yours
    Telemetry::builder(app).sentry_dsn(dsn).init().run(real_main)
}
