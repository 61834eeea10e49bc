//! A program that tells its authors how it is used, with spans of its own and under its own name.
//!
//! `cargo run --example own_usage --features otlp` shows the spans that would leave, and sends nothing. With
//! `WEATHER_OTLP_ENDPOINT` set, the spans go to that OpenTelemetry collector: the user's address takes precedence.

use std::time::Duration;

use crawl4ai_telemetry::usage::{DeclaredSpan, Name, Settings, SharedText};
use crawl4ai_telemetry::{App, BuildError, Env, Telemetry, usage_choice, usage_span};

usage_choice! {
    /// What a forecast is made from.
    pub enum Source {
        /// Stations on the ground.
        Stations = "stations",
        /// Satellites.
        Satellites = "satellites",
    }
}

usage_span! {
    /// That a forecast was asked for.
    pub struct ForecastAsked = "Forecast Asked" {
        /// Which models are used, to decide which to keep.
        model: Name => Default since 1,
        /// Which sources are worth their price.
        source: Source => Default since 1,
        /// How far people look ahead.
        days: u32 => Default since 1,
        /// What people ask, when they choose to show us.
        question: Option<SharedText> => Shared since 1,
    }
}

fn main() -> Result<(), BuildError> {
    let collector = "https://collector.example.com:4318";
    let settings = Settings::otlp(collector, &[ForecastAsked::SPEC]).on_by_default();
    let mut builder = Telemetry::builder(App::new("weather", env!("CARGO_PKG_VERSION"))).usage(settings);
    if Env::from_process("WEATHER").own("OTLP_ENDPOINT").is_none() {
        builder = builder.env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY_DEBUG", "1")])); // shows, and sends nothing
    }
    let telemetry = builder.build()?;

    let question = Some("will it rain on ada@example.com?".into());
    let asked = ForecastAsked { model: "ECMWF".into(), source: Source::Satellites, days: 7, question };
    telemetry.usage().record(asked.clone()); // the question stays here
    telemetry.usage().start(true, asked).end(); // the user shares it: it leaves, without the address in it
    telemetry.usage().flush(Duration::from_secs(10));
    Ok(())
}
