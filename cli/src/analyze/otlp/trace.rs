//! Spans of a collector's file.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::attributes::{Attributes, time};
use super::parts::{Part, Parts, Resource};
use crate::analyze::lists::{Keeper, read};
use crate::analyze::record::{SpanRecord, digits};

/// A line with spans.
#[derive(Deserialize)]
pub(in crate::analyze) struct TraceRequest<'a> {
    #[serde(borrow, rename = "resourceSpans")]
    resource_spans: Parts<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
struct ResourceSpans<'a> {
    #[serde(borrow, default)]
    resource: Option<Resource<'a>>,
    #[serde(borrow, default, rename = "scopeSpans")]
    scope_spans: Parts<ScopeSpans<'a>>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Spans<'a>,
}

impl Part for ResourceSpans<'_> {
    fn has_records(&self) -> bool {
        !self.scope_spans.0.is_empty()
    }
}

impl Part for ScopeSpans<'_> {
    fn has_records(&self) -> bool {
        !self.spans.read.is_empty() || self.spans.others > 0
    }
}

/// The spans of a tracer, and the number of those that cannot be read.
#[derive(Default)]
struct Spans<'a> {
    read: Vec<SpanRecord<'a>>,
    others: u64,
}

impl<'a> Keeper<'a> for Spans<'a> {
    type Element = &'a RawValue;

    /// Each span is read by itself, so that one that cannot be read does not take others along.
    fn take(&mut self, span: &'a RawValue) {
        match serde_json::from_str::<Span<'a>>(span.get()).ok().and_then(Span::into_record) {
            Some(span) => self.read.push(span),
            None => self.others += 1,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Spans<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spans: Spans<'de> = read(deserializer)?;
        Ok(spans)
    }
}

#[derive(Deserialize)]
struct Span<'a> {
    #[serde(borrow, rename = "spanId")]
    id: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default, rename = "startTimeUnixNano")]
    start: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "endTimeUnixNano")]
    end: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<Status<'a>>,
    #[serde(borrow, default)]
    attributes: Attributes<'a>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
}

impl<'a> Span<'a> {
    /// `None` if the span has no valid id or no name.
    fn into_record(self) -> Option<SpanRecord<'a>> {
        let (start, end) = (self.start.and_then(time), self.end.and_then(time));
        let text = |key| self.attributes.text(key);
        Some(SpanRecord {
            program: text("service.name"),
            // CrewAI's spans have a key of their own.
            version: text("service.version").or_else(|| text("crewai_version")),
            id: digits(&self.id).filter(|id| *id != 0)?,
            nanos: start.zip(end).and_then(|(start, end)| end.checked_sub(start)),
            time: start.map(|nanos| nanos / 1_000_000),
            failed: self.status.and_then(|status| status.code).is_some_and(is_error),
            name: Some(self.name).filter(|name| !name.is_empty())?,
        })
    }
}

/// The protocol demands numbers, but some programs write the names of its constants. A span whose status is not set did
/// not fail.
fn is_error(code: &RawValue) -> bool {
    matches!(code.get(), "2" | "\"STATUS_CODE_ERROR\"")
}

impl<'a> TraceRequest<'a> {
    /// The spans in the line, and the number of those that cannot be read or belong to no program.
    pub(in crate::analyze) fn records(self) -> (impl Iterator<Item = SpanRecord<'a>>, u64) {
        let mut others = 0;
        let mut groups = Vec::new();
        for resource in self.resource_spans.0 {
            let of_program = resource.resource.map(|resource| resource.attributes).unwrap_or_default();
            let (program, version) = (of_program.text("service.name"), of_program.text("service.version"));
            for ScopeSpans { spans } in resource.scope_spans.0 {
                others += spans.others;
                if program.is_none() {
                    others += spans.read.iter().filter(|span| span.program.is_none()).count() as u64;
                }
                groups.push((spans.read, program.clone(), version.clone()));
            }
        }
        let spans = groups.into_iter().flat_map(|(spans, program, version)| {
            spans.into_iter().filter_map(move |span| {
                Some(SpanRecord {
                    program: Some(program.clone().or(span.program)?),
                    version: span.version.or_else(|| version.clone()),
                    ..span
                })
            })
        });
        (spans, others)
    }
}
