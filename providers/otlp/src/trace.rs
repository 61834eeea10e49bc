//! Usage spans as OTLP spans.

use crawl4ai_telemetry_core::UsageSpan;
use crawl4ai_telemetry_core::usage::UsageValue;
use prost::Message;

use crate::proto::{ExportTraceServiceRequest, ResourceSpans, ScopeSpans, Span, Status, Value};
use crate::value::{nanos, pair, resource, scope, text};

/// `SPAN_KIND_INTERNAL`: neither a client nor a server.
const INTERNAL: i32 = 1;
/// `STATUS_CODE_OK`.
const OK: i32 = 1;
/// `STATUS_CODE_ERROR`.
const ERROR: i32 = 2;

pub(crate) fn span(span: &UsageSpan) -> Span {
    let value = |value: UsageValue<'_>| match value {
        UsageValue::Text(value) => text(value),
        UsageValue::Int(n) => Value::Int(n),
        UsageValue::Float(n) => Value::Double(n),
    };
    Span {
        trace_id: span.ids().trace().to_vec(),
        span_id: span.ids().span().to_vec(),
        name: span.spec().name().to_owned(),
        kind: INTERNAL,
        start_time_unix_nano: nanos(span.start()),
        end_time_unix_nano: nanos(span.end()),
        attributes: span.attributes().map(|(name, v)| pair(name, value(v))).collect(),
        status: Some(Status { code: if span.failed() { ERROR } else { OK } }),
    }
}

/// The request for a batch.
pub(crate) fn request(service: &str, tracer: &str, spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { scope: scope(tracer), spans }];
    let resource_spans = vec![ResourceSpans { resource: resource(service), scope_spans }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}
