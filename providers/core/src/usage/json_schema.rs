//! The schema for programs, as JSON Schema (draft 2020-12) of a span's JSON form.

use serde_json::{Map, Value, json};

use super::{AttributeSpec, COMMON, SpanSpec, Type, Wire};

/// A JSON Schema that every [`UsageSpan`](super::UsageSpan) of `spans` fits, in the form in which it is written
/// to a file. `description` is the reason; `x-tier` and `x-since` say when an attribute is sent, and since
/// which version of the consent text. What is not in it is not collected: `additionalProperties` is false.
#[must_use]
pub fn json_schema(spans: &[&SpanSpec]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Usage spans",
        "oneOf": spans.iter().map(|span| span_schema(span)).collect::<Vec<_>>(),
    })
}

fn span_schema(span: &SpanSpec) -> Value {
    let time = json!({ "type": "string", "format": "date-time" });
    json!({
        "title": span.name(),
        "description": span.purpose(),
        "type": "object",
        "additionalProperties": false,
        "required": ["span", "start", "end", "failed", "attributes"],
        "properties": {
            "span": { "const": span.name() },
            "start": time,
            "end": time,
            "failed": { "type": "boolean" },
            "attributes": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties(COMMON.iter().chain(span.attributes()), false),
            },
        },
    })
}

/// `nested` for items of lists, whose values stand in JSON text themselves and keep their own types there.
fn properties<'a>(attributes: impl Iterator<Item = &'a AttributeSpec>, nested: bool) -> Map<String, Value> {
    let property = |attribute: &AttributeSpec| (attribute.name().to_owned(), property(attribute, nested));
    attributes.map(property).collect()
}

fn property(attribute: &AttributeSpec, nested: bool) -> Value {
    let kind = if nested { nested_type(attribute.kind()) } else { wire_type(attribute.kind()) };
    let mut property = kind;
    property.extend([
        ("description".to_owned(), attribute.reason().into()),
        ("x-tier".to_owned(), attribute.tier().name().into()),
        ("x-since".to_owned(), attribute.since().into()),
        ("x-holds".to_owned(), attribute.kind().describe().into()),
    ]);
    Value::Object(property)
}

fn wire_type(kind: Type) -> Map<String, Value> {
    match (kind.wire(), kind) {
        (Wire::Int, _) => object(json!({ "type": "integer", "minimum": 0 })),
        (Wire::Float, _) => object(json!({ "type": "number", "minimum": 0 })),
        (Wire::Text, Type::Flag) => object(json!({ "type": "string", "enum": ["true", "false"] })),
        (Wire::Text, Type::Choice(words)) => object(json!({ "type": "string", "enum": words })),
        (Wire::Text, Type::Key) => object(json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
        (Wire::Text, Type::Id) => object(json!({ "type": "string", "format": "uuid" })),
        (Wire::Text, Type::Time) => object(json!({ "type": "string", "format": "date-time" })),
        (Wire::Text, Type::Decimal) => {
            object(json!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" }))
        }
        (Wire::Text, Type::Names | Type::ToolNames | Type::Texts | Type::Map | Type::Items(_)) => {
            object(json!({
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": nested_type(kind),
            }))
        }
        (
            Wire::Text,
            Type::Name | Type::ToolName | Type::Text | Type::ErrorType | Type::Count | Type::Duration,
        ) => object(json!({ "type": "string" })),
    }
}

fn nested_type(kind: Type) -> Map<String, Value> {
    match kind {
        Type::Flag => object(json!({ "type": "boolean" })),
        Type::Names | Type::ToolNames | Type::Texts => {
            object(json!({ "type": "array", "items": { "type": "string" } }))
        }
        Type::Map => object(json!({ "type": "object" })),
        Type::Items(items) => object(json!({
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties(items.iter(), true),
            },
        })),
        Type::Name
        | Type::ToolName
        | Type::Text
        | Type::Key
        | Type::Id
        | Type::ErrorType
        | Type::Count
        | Type::Decimal
        | Type::Duration
        | Type::Time
        | Type::Choice(_) => wire_type(kind),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
