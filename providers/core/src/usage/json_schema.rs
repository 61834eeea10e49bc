//! The schema for programs: a JSON Schema (draft 2020-12) of the JSON form of spans.

use serde_json::{Map, Value, json};

use super::{AttributeSpec, Schema, SpanSpec, Type, Wire};

/// A JSON Schema that every [`UsageSpan`](super::UsageSpan) of `schema` fits, in the JSON form that is written to a
/// file. For each attribute, `description` is the reason, `x-tier` the tier, and `x-since` the version of the consent
/// text under which it is collected first. Nothing else is collected, so `additionalProperties` is false.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{DeclaredSpan, Schema, json_schema};
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// let schema = json_schema(&Schema::new(&[CrawlEnded::SPEC]));
/// assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(1));
/// ```
#[must_use]
pub fn json_schema(schema: &Schema) -> Value {
    let spans = schema.spans();
    let common =
        |attribute: &AttributeSpec| (common_name(attribute), property(attribute, wire_type(attribute)));
    let mut definitions: Map<String, Value> = schema.common().iter().map(common).collect();
    for attribute in spans.iter().flat_map(|span| span.attributes()) {
        if let Type::Items(items) = attribute.kind() {
            definitions.insert(list_name(attribute), list(items));
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Usage spans",
        "oneOf": spans.iter().map(|span| span_schema(schema, span)).collect::<Vec<_>>(),
        "$defs": definitions,
    })
}

fn common_name(attribute: &AttributeSpec) -> String {
    format!("every.{}", attribute.name())
}

fn list_name(attribute: &AttributeSpec) -> String {
    format!("items.{}", attribute.name())
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

fn span_schema(schema: &Schema, span: &SpanSpec) -> Value {
    let time = json!({ "type": "string", "format": "date-time" });
    let common = schema.common().iter().map(|a| (a.name().to_owned(), reference(&common_name(a))));
    let own = span.attributes().iter().map(|a| (a.name().to_owned(), property(a, wire_type(a))));
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
                "properties": common.chain(own).collect::<Map<_, _>>(),
            },
        },
    })
}

/// The JSON schema of one attribute, with its reason, type, tier and version.
fn property(attribute: &AttributeSpec, kind: Value) -> Value {
    let mut property = match kind {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    property.extend([
        ("description".to_owned(), attribute.reason().into()),
        ("x-holds".to_owned(), attribute.kind().describe().into()),
        ("x-tier".to_owned(), attribute.tier().name().into()),
        ("x-since".to_owned(), attribute.since().into()),
    ]);
    Value::Object(property)
}

/// The JSON Schema of an attribute's value as a span holds it.
fn wire_type(attribute: &AttributeSpec) -> Value {
    let kind = attribute.kind();
    match (kind.wire(), kind) {
        (Wire::Int, _) => json!({ "type": "integer", "minimum": 0 }),
        (Wire::Float, _) => json!({ "type": "number", "minimum": 0 }),
        (Wire::Text, Type::Flag) => json!({ "type": "string", "enum": ["true", "false"] }),
        (Wire::Text, Type::Choice(words)) => json!({ "type": "string", "enum": words }),
        (Wire::Text, Type::Key) => json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }),
        (Wire::Text, Type::Id) => json!({ "type": "string", "format": "uuid" }),
        (Wire::Text, Type::Time) => json!({ "type": "string", "format": "date-time" }),
        (Wire::Text, Type::Decimal) => json!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" }),
        (Wire::Text, Type::Names | Type::ToolNames | Type::Texts | Type::Map | Type::Items(_)) => json!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": nested_type(attribute),
        }),
        (
            Wire::Text,
            Type::Name
            | Type::ToolName
            | Type::Text
            | Type::System
            | Type::ErrorType
            | Type::Count
            | Type::Duration,
        ) => json!({ "type": "string" }),
    }
}

/// The JSON Schema of an attribute's value inside of JSON text, where values keep their own types.
fn nested_type(attribute: &AttributeSpec) -> Value {
    match attribute.kind() {
        Type::Flag => json!({ "type": "boolean" }),
        Type::Names | Type::ToolNames | Type::Texts => {
            json!({ "type": "array", "items": { "type": "string" } })
        }
        Type::Map => json!({ "type": "object" }),
        Type::Items(_) => reference(&list_name(attribute)),
        Type::Name
        | Type::ToolName
        | Type::Text
        | Type::System
        | Type::Key
        | Type::Id
        | Type::ErrorType
        | Type::Count
        | Type::Decimal
        | Type::Duration
        | Type::Time
        | Type::Choice(_) => wire_type(attribute),
    }
}

fn list(items: &[AttributeSpec]) -> Value {
    let properties = items.iter().map(|a| (a.name().to_owned(), property(a, nested_type(a))));
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": properties.collect::<Map<_, _>>(),
        },
    })
}
