//! Spans as JSON.

use serde_json::{Map, Value, json};

use super::durations::ERROR;
use super::{Cell, Spans};
use crate::analyze::names::OTHERS;

pub(in crate::analyze) fn value(spans: &Spans) -> Value {
    let order = spans.order();
    let of_version = |name, version| {
        let mut value = counts(spans.cell(name, version)?);
        value.insert("version".to_owned(), spans.versions.text(version).into());
        Some(Value::Object(value))
    };
    let names = spans.ranked().into_iter().filter(|(name, _)| *name != OTHERS).map(|(name, cell)| {
        let mut value = counts(&cell);
        value.insert("name".to_owned(), spans.names.text(name).into());
        let versions = order.iter().filter_map(|version| of_version(name, version));
        value.insert("versions".to_owned(), versions.collect());
        Value::Object(value)
    });
    json!({
        "count": spans.count,
        "versions": order.iter().map(|version| spans.versions.text(version)).collect::<Vec<_>>(),
        "names": names.collect::<Vec<_>>(),
        "percentile_error": ERROR,
    })
}

/// Spans that were not counted in full.
pub(in crate::analyze) fn left_out(spans: &Spans) -> Value {
    json!({
        "without_duration": spans.without_duration, "durations_beyond": spans.beyond,
        "of_further_names": spans.of_further_names(), "of_further_versions": spans.of_further_versions(),
    })
}

fn counts(cell: &Cell) -> Map<String, Value> {
    let durations = &cell.durations;
    let millis = |percent| durations.percentile(percent).map(|micros| micros as f64 / 1_000.0);
    [
        ("count", cell.count.into()),
        ("failed", cell.failed.into()),
        ("durations", durations.total().into()),
        ("exact", (!durations.in_buckets()).into()),
        ("p50_ms", millis(50).into()),
        ("p90_ms", millis(90).into()),
        ("p99_ms", millis(99).into()),
    ]
    .into_iter()
    .map(|(key, value): (&str, Value)| (key.to_owned(), value))
    .collect()
}
