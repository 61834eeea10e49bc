//! Spans in Prometheus' text format.

use super::{Cell, Spans};
use crate::analyze::names::OTHERS;
use crate::analyze::prometheus::Metrics;

/// The most names of spans that get series of their own, because series cost memory in Prometheus.
const NAMES: usize = 100;

pub(in crate::analyze) fn write(spans: &Spans, out: &mut Metrics) {
    if spans.count == 0 {
        return;
    }
    let (ranked, order) = (spans.ranked(), spans.order());
    let listed: Vec<_> = ranked.iter().filter(|(name, _)| *name != OTHERS).take(NAMES).collect();
    out.family("usage_spans", "Usage spans of the most frequent names, by version and outcome.");
    let mut rest = spans.count;
    for (name, cell) in &listed {
        rest = rest.saturating_sub(cell.count);
        let span = [("span", spans.names.text(*name))];
        for version in order.iter() {
            let labels = [&span[..], &[("version", spans.versions.text(version))]].concat();
            if let Some(cell) = spans.cell(*name, version) {
                outcomes(out, &labels, cell);
            }
        }
        if let Some(cell) = spans.cell(*name, OTHERS) {
            out.further("usage_spans", &span, cell.count);
        }
    }
    out.further("usage_spans", &[], rest);
    out.family(
        "usage_span_duration_seconds",
        "Percentiles of the durations of usage spans, over all versions.",
    );
    for (name, cell) in &listed {
        for (percent, quantile) in [(50, "0.5"), (90, "0.9"), (99, "0.99")] {
            if let Some(micros) = cell.durations.percentile(percent) {
                let labels = [("span", spans.names.text(*name)), ("quantile", quantile)];
                out.sample("usage_span_duration_seconds", &labels, micros as f64 / 1e6);
            }
        }
    }
}

fn outcomes(out: &mut Metrics, labels: &[(&str, &str)], cell: &Cell) {
    for (outcome, count) in [("ok", cell.count - cell.failed), ("error", cell.failed)] {
        if count > 0 {
            out.sample("usage_spans", &[labels, &[("outcome", outcome)]].concat(), count);
        }
    }
}
