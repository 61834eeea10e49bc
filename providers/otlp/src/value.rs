//! Converts values to OTLP's.

use crawl4ai_telemetry_core::{Fields, Node, Text, Timestamp};

use crate::proto::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, Resource, Value};

pub(crate) fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

pub(crate) fn pair(key: impl Into<String>, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }) }
}

pub(crate) fn list(values: impl IntoIterator<Item = Value>) -> Value {
    let values = values.into_iter().map(|value| AnyValue { value: Some(value) }).collect();
    Value::Array(ArrayValue { values })
}

pub(crate) fn map(pairs: impl IntoIterator<Item = KeyValue>) -> Value {
    Value::Map(KeyValueList { values: pairs.into_iter().collect() })
}

/// The fields of a context, whose depth the sanitizer has bounded.
pub(crate) fn fields(fields: &Fields<Text>) -> Value {
    let pair =
        |(key, value): (&Text, &Node<Text>)| KeyValue { key: key.to_string(), value: Some(node(value)) };
    map(fields.iter().map(pair))
}

fn node(node: &Node<Text>) -> AnyValue {
    let value = match node {
        Node::Null => None,
        Node::Bool(flag) => Some(Value::Bool(*flag)),
        Node::Int(n) => Some(Value::Int(*n)),
        // OTLP has no larger integers.
        Node::UInt(n) => Some(i64::try_from(*n).map_or_else(|_| text(n.to_string()), Value::Int)),
        Node::Float(n) => Some(Value::Double(*n)),
        Node::String(s) => Some(text(&**s)),
        Node::List(items) => {
            Some(Value::Array(ArrayValue { values: items.iter().map(self::node).collect() }))
        }
        Node::Map(inner) => Some(fields(inner)),
    };
    AnyValue { value }
}

pub(crate) fn nanos(time: Timestamp) -> u64 {
    time.as_millis().saturating_mul(1_000_000)
}

/// A resource that names only the service, because everything that OpenTelemetry's own detectors would add (host,
/// process, operating system, `OTEL_RESOURCE_ATTRIBUTES`) belongs to the host.
pub(crate) fn resource(service: &str) -> Option<Resource> {
    Some(Resource { attributes: vec![pair("service.name", text(service))] })
}

pub(crate) fn scope(name: &str) -> Option<InstrumentationScope> {
    Some(InstrumentationScope { name: name.to_owned(), version: String::new() })
}
