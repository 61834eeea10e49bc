//! Lines of usage spans, as a collector's file exporter writes them.

#![allow(dead_code, reason = "each test file uses its part of it")]

use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server};
use crawl4ai_telemetry_core::{TelemetryProvider, UsageSpan};
use crawl4ai_telemetry_otlp::OtlpProvider;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};

/// Nanoseconds of a day at noon.
pub(crate) fn noon(day: u64) -> u64 {
    (day * 86_400 + 43_200) * 1_000_000_000
}

/// 2026-11-26.
pub(crate) const YESTERDAY: u64 = 20_783;

/// A span of `weather`.
pub(crate) fn span(number: u64, name: &str, version: &str, millis: u64, failed: bool) -> Value {
    let start = noon(YESTERDAY);
    json!({
        "traceId": format!("{number:032x}"), "spanId": format!("{:016x}", number + 1), "parentSpanId": "",
        "name": name, "kind": 1, "startTimeUnixNano": start.to_string(),
        "endTimeUnixNano": (start + millis * 1_000_000).to_string(),
        "attributes": [{ "key": "service.version", "value": { "stringValue": version } }],
        "droppedAttributesCount": 0, "status": { "message": "", "code": if failed { 2 } else { 1 } },
    })
}

/// One line with these spans.
pub(crate) fn request(program: &str, spans: &[Value]) -> String {
    let line = json!({ "resourceSpans": [{
        "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": program } }] },
        "scopeSpans": [{ "scope": { "name": "weather.telemetry" }, "spans": spans }],
    }] });
    line.to_string() + "\n"
}

/// The line that a collector writes for spans that a program sent.
pub(crate) fn exported(spans: &[UsageSpan]) -> String {
    let server = Server::always(Reply::status(200));
    let provider = OtlpProvider::new(&server.url()).unwrap();
    for span in spans {
        provider.send_event(span).unwrap();
    }
    provider.flush(Duration::from_secs(20)).unwrap();
    let requests = server.requests();
    let request = ExportTraceServiceRequest::decode(&*requests[0].body).unwrap();
    serde_json::to_string(&request).unwrap() + "\n"
}
