//! The raw form of a span. It stays in memory: it has no `Serialize`, and its `Debug` shows no value.

use super::{AttributeSpec, DeclaredSpan, Raw, SpanSpec};
use crate::Timestamp;

/// The two random ids by which OpenTelemetry tells spans apart. They say nothing of the machine.
///
/// ```
/// use crawl4ai_telemetry_core::usage::SpanIds;
///
/// let ids = SpanIds::from_bytes([1; 16], [2; 8]);
/// assert_eq!((ids.trace(), ids.span()), ([1; 16], [2; 8]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanIds {
    trace: [u8; 16],
    span: [u8; 8],
}

impl SpanIds {
    /// Ids from 24 random bytes. Zeros only are not a valid id (W3C Trace Context, section 3.2.2.3), so each zero byte
    /// of such an id becomes a one.
    #[must_use]
    pub const fn from_bytes(trace: [u8; 16], span: [u8; 8]) -> Self {
        let trace = if u128::from_be_bytes(trace) == 0 { [1; 16] } else { trace };
        let span = if u64::from_be_bytes(span) == 0 { [1; 8] } else { span };
        Self { trace, span }
    }

    /// The id of the trace.
    #[must_use]
    pub const fn trace(&self) -> [u8; 16] {
        self.trace
    }

    /// The id of the span in its trace.
    #[must_use]
    pub const fn span(&self) -> [u8; 8] {
        self.span
    }
}

/// A span as it was recorded: raw, and never on disk or on the wire.
///
/// Only [`Sanitizer::usage_span`](crate::Sanitizer::usage_span) turns it into a span that may leave. A draft does not
/// even hold the attributes of the shared tier, unless it was recorded as shared.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::{Sanitizer, Timestamp};
/// use crawl4ai_telemetry_core::usage::{SpanIds, UsageDraft};
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// let (start, end) = (Timestamp::from_millis(0), Timestamp::from_millis(1_500));
/// let ended = CrawlEnded { strategy: "bfs".into() };
/// let draft = UsageDraft::new(ended, false, SpanIds::from_bytes([1; 16], [2; 8]), end);
/// let span = Sanitizer::new().usage_span(draft.lasting(start, end), None);
/// assert_eq!(span.end().since(span.start()), Duration::from_millis(1_500));
/// ```
#[derive(Clone, Debug)]
pub struct UsageDraft {
    pub(crate) spec: &'static SpanSpec,
    pub(crate) ids: SpanIds,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) failed: bool,
    /// Was the span recorded as shared?
    pub(crate) shared: bool,
    pub(crate) values: Vec<(&'static AttributeSpec, Raw)>,
}

impl UsageDraft {
    /// A span that begins and ends at `at`. Attributes of the shared tier are left out unless `shared`.
    #[must_use]
    pub fn new<S: DeclaredSpan>(span: S, shared: bool, ids: SpanIds, at: Timestamp) -> Self {
        let values = S::ATTRIBUTES.iter().zip(span.into_raw());
        let values = values.map(|(spec, raw)| (spec, raw.withhold(spec.tier(), shared))).collect();
        Self { spec: S::SPEC, ids, start: at, end: at, failed: false, shared, values }
    }

    /// Sets start and end. If the clock was set back in between, the span ends at its start.
    #[must_use]
    pub fn lasting(mut self, start: Timestamp, end: Timestamp) -> Self {
        self.start = start;
        self.end = end.max(start);
        self
    }

    /// Its approximate size in memory, in bytes, for code that bounds a queue of drafts.
    #[must_use]
    pub fn weight(&self) -> usize {
        let values = self.values.iter().map(|(_, raw)| raw.weight());
        values.fold(size_of::<Self>(), usize::saturating_add)
    }

    /// Does the span hold any value of the shared tier?
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.values.iter().any(|(spec, raw)| raw.is_shared(spec.tier()))
    }

    /// Sets whether the span records a failure.
    #[must_use]
    pub const fn failed(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }
}
