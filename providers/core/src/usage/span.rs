//! The clean form of a span, which may leave.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::{SpanIds, SpanSpec};
use crate::{Text, Timestamp};

/// A finished usage span. Its values are clean, and its attributes are in the schema. Only the
/// [`Sanitizer`](crate::Sanitizer::usage_span) makes one.
///
/// ```
/// use crawl4ai_telemetry_core::{Sanitizer, Timestamp};
/// use crawl4ai_telemetry_core::usage::{SpanIds, UsageDraft, UsageValue};
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// let ids = SpanIds::from_bytes([1; 16], [2; 8]);
/// let ended = CrawlEnded { strategy: "bfs, for ada@example.com".into() };
/// let draft = UsageDraft::new(ended, false, ids, Timestamp::from_millis(0));
/// let span = Sanitizer::new().usage_span(draft, None);
/// assert_eq!(span.attribute("strategy"), Some(UsageValue::Text("bfs, for [email]")));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UsageSpan {
    pub(crate) spec: &'static SpanSpec,
    pub(crate) service: Arc<str>,
    pub(crate) tracer: Arc<str>,
    pub(crate) ids: SpanIds,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) failed: bool,
    pub(crate) attributes: Vec<(&'static str, CleanValue)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CleanValue {
    Text(Text),
    Int(i64),
    Float(f64),
}

/// The value of an attribute, as it leaves. The example of [`UsageSpan`] reads one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UsageValue<'a> {
    /// A text, which passed the sanitizer.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
}

impl UsageSpan {
    /// The type of the span.
    #[must_use]
    pub const fn spec(&self) -> &'static SpanSpec {
        self.spec
    }

    /// OpenTelemetry's `service.name`: the program's name unless it chose another.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The name of OpenTelemetry's instrumentation scope that made the span.
    #[must_use]
    pub fn tracer(&self) -> &str {
        &self.tracer
    }

    /// The ids by which OpenTelemetry tells spans apart.
    #[must_use]
    pub const fn ids(&self) -> SpanIds {
        self.ids
    }

    /// When the span began.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// When the span ended; never before it began.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Does the span record a failure?
    #[must_use]
    pub const fn failed(&self) -> bool {
        self.failed
    }

    /// Names and values, in the schema's order.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, UsageValue<'_>)> {
        self.attributes.iter().map(|(name, value)| {
            let value = match value {
                CleanValue::Text(text) => UsageValue::Text(text),
                CleanValue::Int(n) => UsageValue::Int(*n),
                CleanValue::Float(n) => UsageValue::Float(*n),
            };
            (*name, value)
        })
    }

    /// The value of an attribute, if the span carries it.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<UsageValue<'_>> {
        self.attributes().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl Serialize for UsageSpan {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        struct Attributes<'a>(&'a [(&'static str, CleanValue)]);
        impl Serialize for Attributes<'_> {
            fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
                let mut map = out.serialize_map(Some(self.0.len()))?;
                for (name, value) in self.0 {
                    match value {
                        CleanValue::Text(text) => map.serialize_entry(name, text)?,
                        CleanValue::Int(n) => map.serialize_entry(name, n)?,
                        CleanValue::Float(n) => map.serialize_entry(name, n)?,
                    }
                }
                map.end()
            }
        }
        let mut span = out.serialize_struct("UsageSpan", 5)?;
        span.serialize_field("span", self.spec.name())?;
        span.serialize_field("start", &self.start)?;
        span.serialize_field("end", &self.end)?;
        span.serialize_field("failed", &self.failed)?;
        span.serialize_field("attributes", &Attributes(&self.attributes))?;
        span.end()
    }
}
