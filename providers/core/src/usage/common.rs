//! The common attributes: those that each span of a program carries besides its own.

use std::fmt;
use std::sync::Arc;

use super::{AttributeSpec, Attributes, Name, Raw};

/// OpenTelemetry's name for a service that has no name.
const UNKNOWN_SERVICE: &str = "unknown_service";

crate::usage_attributes! {
    /// What every span of a program carries that declares nothing else.
    pub struct ServiceVersion {
        /// To find faults that only one version has.
        version as "service.version": Name => Default since 1,
    }
}

/// The program that spans belong to, and the common attributes that each span carries before its own.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Common, ServiceVersion, SpanIds, UsageDraft, UsageValue};
/// use crawl4ai_telemetry_core::{Sanitizer, Timestamp};
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// let common = Common::new("crawler", "crawler.usage").with(ServiceVersion { version: "1.4.0".into() });
/// let ids = SpanIds::from_bytes([1; 16], [2; 8]);
/// let draft = UsageDraft::new(CrawlEnded { strategy: "bfs".into() }, false, ids, Timestamp::from_millis(0));
/// let span = Sanitizer::new().usage_span(draft, Some(&common));
/// assert_eq!((span.service(), span.tracer()), ("crawler", "crawler.usage"));
/// assert_eq!(span.attribute("service.version"), Some(UsageValue::Text("1.4.0")));
/// ```
#[derive(Clone)]
pub struct Common {
    pub(crate) service: Arc<str>,
    pub(crate) tracer: Arc<str>,
    values: Vec<(&'static AttributeSpec, Raw)>,
}

impl Common {
    /// Common data for spans of the service `service` (OpenTelemetry's `service.name`) that the tracer `tracer` makes,
    /// without attributes.
    #[must_use]
    pub fn new(service: &str, tracer: &str) -> Self {
        Self { service: service.into(), tracer: tracer.into(), values: Vec::new() }
    }

    /// Sets the attributes and replaces earlier ones. Attributes of the shared tier are sent only with spans that are
    /// shared.
    #[must_use]
    pub fn with<A: Attributes>(self, attributes: A) -> Self {
        Self { values: A::ATTRIBUTES.iter().zip(attributes.into_raw()).collect(), ..self }
    }

    /// The values for one span; those of the shared tier are absent unless `shared`.
    pub(crate) fn values(&self, shared: bool) -> impl Iterator<Item = (&'static AttributeSpec, Raw)> {
        self.values.iter().map(move |(spec, raw)| (*spec, raw.clone().withhold(spec.tier(), shared)))
    }
}

/// A span that is sanitized alone belongs to a program without a name.
impl Default for Common {
    fn default() -> Self {
        Self::new(UNKNOWN_SERVICE, "")
    }
}

/// Shows no value, because the values have not been cleaned.
impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("service", &self.service).finish_non_exhaustive()
    }
}
