//! Usage spans as OTLP spans.

use std::sync::Arc;

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

/// A span, with the names of its service and its tracer.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnedSpan {
    pub(crate) service: Arc<str>,
    pub(crate) tracer: Arc<str>,
    pub(crate) span: Span,
}

pub(crate) fn owned(span: &UsageSpan) -> OwnedSpan {
    OwnedSpan { service: span.service().into(), tracer: span.tracer().into(), span: encoded(span) }
}

fn encoded(span: &UsageSpan) -> Span {
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

/// The request for a batch. Successive spans of one service and one tracer form one group.
pub(crate) fn request(batch: Vec<OwnedSpan>) -> Vec<u8> {
    let mut groups = Vec::<(Arc<str>, Arc<str>, Vec<Span>)>::new();
    for OwnedSpan { service, tracer, span } in batch {
        match groups.last_mut() {
            Some((of, by, spans)) if *of == service && *by == tracer => spans.push(span),
            Some(_) | None => groups.push((service, tracer, vec![span])),
        }
    }
    let group = |(service, tracer, spans): (Arc<str>, Arc<str>, Vec<Span>)| ResourceSpans {
        resource: resource(&service),
        scope_spans: vec![ScopeSpans { scope: scope(&tracer), spans }],
    };
    ExportTraceServiceRequest { resource_spans: groups.into_iter().map(group).collect() }.encode_to_vec()
}
