//! The schema: all usage data that a program may record.

use super::{AttributeSpec, Attributes, ServiceVersion, SpanSpec};

/// All usage telemetry of a program: the spans that it declares, and the attributes that each of them carries.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{DeclaredSpan, Name, Schema};
///
/// crawl4ai_telemetry_core::usage_span! {
///     /// That a crawl ended.
///     pub struct CrawlEnded = "Crawl Ended" {
///         /// Strategies that nobody uses are taken out.
///         strategy: Name => Default since 1,
///     }
/// }
///
/// const SCHEMA: Schema = Schema::new(&[CrawlEnded::SPEC]);
/// assert_eq!(SCHEMA.spans().len(), 1);
/// assert_eq!(SCHEMA.common().iter().map(|common| common.name()).collect::<Vec<_>>(), ["service.version"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    common: &'static [AttributeSpec],
    spans: &'static [&'static SpanSpec],
}

impl Schema {
    /// A schema of these spans. Each span carries the program's version, until [`with_common`](Self::with_common) is
    /// called.
    #[must_use]
    pub const fn new(spans: &'static [&'static SpanSpec]) -> Self {
        Self { common: ServiceVersion::ATTRIBUTES, spans }
    }

    /// Sets the attributes that each span carries, in place of the version.
    #[must_use]
    pub const fn with_common<A: Attributes>(self) -> Self {
        Self { common: A::ATTRIBUTES, ..self }
    }

    /// The attributes that each span carries besides its own.
    #[must_use]
    pub const fn common(&self) -> &'static [AttributeSpec] {
        self.common
    }

    /// The types of spans.
    #[must_use]
    pub const fn spans(&self) -> &'static [&'static SpanSpec] {
        self.spans
    }

    /// Is a span of this name one of the declared types?
    #[must_use]
    pub fn declares(&self, span: &SpanSpec) -> bool {
        self.spans.iter().any(|declared| declared.name() == span.name())
    }
}
