//! The spans of a sample program: a small one, and one with a value of every type in each tier where the type is
//! allowed.

#![allow(dead_code, unreachable_pub, reason = "no test needs all of it")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use crawl4ai_telemetry::usage::{
    Decimal, DeclaredSpan, ErrorType, Id, Items, Key, Name, SharedMap, SharedText, SpanSpec, SystemName,
    ToolName, Usage,
};
use crawl4ai_telemetry::{Timestamp, context, usage_attributes, usage_choice, usage_span};

usage_span! {
    /// That a feature was used.
    pub struct FeatureUsed = "Feature Used" {
        /// Which features are used, to decide which to keep.
        feature: Name => Default since 1,
    }
}

usage_choice! {
    /// Which way the weather is looked up.
    pub enum Source {
        /// By a station.
        Station = "station",
        /// By a satellite.
        Satellite = "satellite",
    }
}

usage_attributes! {
    /// One place of a forecast.
    pub struct Place {
        /// Which kinds of places people look at.
        kind: Name => Default since 1,
        /// Whether people look at the sea.
        coastal as "coastal?": bool => Default since 1,
        /// Which places people look at, when they choose to show us.
        name: Option<SharedText> => Shared since 1,
    }
}

usage_span! {
    /// That a forecast was made, from start to end.
    pub struct ForecastMade = "Forecast Made" {
        /// Joins what is told of one forecast in one run.
        key: Key => Default since 1,
        /// Joins what is told of one subscription.
        id: Id => Default since 1,
        /// Which models are used, to decide which to keep.
        model: Name => Default since 1,
        /// Which tools are used, to decide which to keep.
        tool: ToolName => Default since 1,
        /// Which layers people draw.
        layers: Vec<Name> => Default since 2,
        /// Which tools are used together.
        tools: Vec<ToolName> => Default since 1,
        /// Which sources are used.
        source: Source => Default since 1,
        /// Whether forecasts are cached.
        cached: bool => Default since 1,
        /// How far people look ahead.
        days: u32 => Default since 1,
        /// Whether forecasts get better.
        quality: Decimal => Default since 1,
        /// How long forecasts take.
        took: Duration => Default since 1,
        /// How old the data is.
        measured: Timestamp => Default since 1,
        /// Which errors occur, to decide what to mend first.
        error: Option<ErrorType> => Default since 1,
        /// What a forecast is made of.
        places: Items<Place> => Default since 1,
        /// What people ask, when they choose to show us.
        question: Option<SharedText> => Shared since 1,
        /// What people are told, when they choose to show us.
        answers: Vec<SharedText> => Shared since 1,
        /// What people set, when they choose to show us.
        inputs: SharedMap => Shared since 1,
        /// Which systems must be supported, when people choose to show us.
        system: SystemName => Shared since 1,
    }
}

/// All that the program records.
pub const SPANS: &[&SpanSpec] = &[FeatureUsed::SPEC, ForecastMade::SPEC];

pub fn feature(name: &str) -> FeatureUsed {
    FeatureUsed { feature: name.into() }
}

/// Records every span of the sample, with each field filled and `text` in every free text.
pub fn record_everything(usage: &Usage, text: &str, share: bool) {
    usage.record(feature("planning:creation"));
    let made = ForecastMade {
        key: Key::from_bytes([7; 16]),
        id: Id::from_bytes([8; 16]),
        model: "ECMWF".into(),
        tool: "Read the Map".into(),
        layers: vec!["rain".into(), "wind".into()],
        tools: vec!["readFile".into()],
        source: Source::Satellite,
        cached: false,
        days: 7,
        quality: Decimal(7.5),
        took: Duration::from_millis(1_250),
        measured: Timestamp::from_millis(1_795_176_000_123),
        error: Some(ErrorType::of(&"x".parse::<u8>().expect_err("no number"))),
        places: Items(vec![Place { kind: "city".into(), coastal: true, name: Some(text.into()) }]),
        question: Some(text.into()),
        answers: vec![text.into()],
        inputs: SharedMap(context! { "topic" => text }),
        system: text.into(),
    };
    usage.start(share, made).end();
}
