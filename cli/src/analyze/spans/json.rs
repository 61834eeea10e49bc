//! Spans as JSON.

use serde_json::{Map, Value, json};

use super::changes::{Changed, SpanChange};
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
        "percentile_error": spans.error(),
    })
}

pub(in crate::analyze) fn change(spans: &Spans, change: &SpanChange) -> Value {
    let (kind, name, [was, is], of) = match change.what {
        Changed::Failed { name, failed, count } => ("failed", Some(name), failed.map(Value::from), count),
        Changed::Median { name, micros, count } => {
            ("median_ms", Some(name), micros.map(|micros| (micros as f64 / 1_000.0).into()), count)
        }
        Changed::Fatal { fatal, starts } => ("fatal_reports_of_starts", None, fatal.map(Value::from), starts),
    };
    let [of_was, of_is] = of;
    json!({
        "kind": kind, "name": name.map(|name| spans.names.text(name)),
        "from_version": spans.versions.text(change.from), "to_version": spans.versions.text(change.to),
        "from": was, "to": is, "from_count": of_was, "to_count": of_is,
    })
}

/// Spans that were not counted in full.
pub(in crate::analyze) fn left_out(spans: &Spans) -> Value {
    json!({
        "without_duration": spans.without_duration, "durations_beyond": spans.beyond,
        "undated_starts": spans.undated_starts,
        "of_further_names": spans.of_further_names(), "of_further_versions": spans.of_further_versions(),
    })
}

fn counts(cell: &Cell) -> Map<String, Value> {
    let durations = &cell.durations;
    let millis = |percent| durations.percentile(percent).map(|micros| micros as f64 / 1_000.0);
    [
        ("count", cell.count.into()),
        ("failed", cell.failed.into()),
        ("durations", if durations.is_instant() { 0 } else { durations.total() }.into()),
        ("exact", durations.buckets().is_none().into()),
        ("p50_ms", millis(50).into()),
        ("p90_ms", millis(90).into()),
        ("p99_ms", millis(99).into()),
    ]
    .into_iter()
    .map(|(key, value): (&str, Value)| (key.to_owned(), value))
    .collect()
}
