//! Usage telemetry: an allow-listed table of counters and settings, never free text.
//!
//! The schema is code: a span type declares its attributes, and each attribute its reason and whether it is
//! sent by default or only when the user shares. What is not in the schema cannot be attached, because
//! nothing outside this module can put an attribute on a span.

mod feature;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::{Text, Timestamp};

/// Whether an attribute leaves by default or only when the user shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Sent when usage telemetry is on.
    Default,
    /// Sent only for what the user shares on purpose.
    Shared,
}

/// One attribute of a span type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeSpec {
    /// Its name on the wire.
    pub name: &'static str,
    /// Why it is collected.
    pub reason: &'static str,
    /// When it is sent.
    pub tier: Tier,
}

/// One span type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanSpec {
    /// Its name on the wire.
    pub name: &'static str,
    /// All that it may carry.
    pub attributes: &'static [AttributeSpec],
}

/// Every span type there is.
pub const SCHEMA: &[&SpanSpec] = &[&feature::FEATURE_USAGE];

/// A finished usage span: its values are clean, its attributes are in the schema.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageSpan {
    spec: &'static SpanSpec,
    start: Timestamp,
    end: Timestamp,
    attributes: Vec<(&'static str, Text)>,
}

impl UsageSpan {
    /// The type of the span.
    #[must_use]
    pub const fn spec(&self) -> &'static SpanSpec {
        self.spec
    }

    /// When it began.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// When it ended; never before it began.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Names and values, in the schema's order.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.attributes.iter().map(|(name, value)| (*name, &**value))
    }
}

impl Serialize for UsageSpan {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        struct Attributes<'a>(&'a [(&'static str, Text)]);
        impl Serialize for Attributes<'_> {
            fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
                let mut map = out.serialize_map(Some(self.0.len()))?;
                for (name, value) in self.0 {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
        let mut span = out.serialize_struct("UsageSpan", 4)?;
        span.serialize_field("span", self.spec.name)?;
        span.serialize_field("start", &self.start)?;
        span.serialize_field("end", &self.end)?;
        span.serialize_field("attributes", &Attributes(&self.attributes))?;
        span.end()
    }
}
