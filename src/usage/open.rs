//! Spans that have begun.

use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry_core::usage::{DeclaredSpan, UsageDraft};
use crawl4ai_telemetry_core::{Timestamp, usage};

use super::Recorder;

/// A span that has begun. Ending it consumes it, so that it ends once.
///
/// A span that is dropped without an end, because an error or a panic skipped the end, ends there and is recorded as
/// failed. A span that is neither ended nor dropped is not recorded. A span that was open when the user said no is not
/// recorded either, even when it ends after a later yes.
///
/// ```
/// use crawl4ai_telemetry::usage::Usage;
/// # use crawl4ai_telemetry::usage::Name;
/// # crawl4ai_telemetry::usage_span! {
/// #     /// That a forecast was asked for.
/// #     pub struct ForecastAsked = "Forecast Asked" {
/// #         /// Which forecasts are used, to decide which to keep.
/// #         kind: Name => Default since 1,
/// #     }
/// # }
///
/// fn forecast(usage: &Usage) -> std::io::Result<()> {
///     let span = usage.start(false, ForecastAsked { kind: "week".into() });
///     std::fs::read_to_string("settings.toml")?; // an early return: the span stands for a failure
///     span.end();
///     Ok(())
/// }
/// ```
#[must_use = "a span that is dropped at once stands for a failure: keep it, and end it"]
pub struct OpenSpan<S: DeclaredSpan> {
    open: Option<Open<S>>,
    shared: bool,
}

struct Open<S> {
    recorder: Arc<Recorder>,
    span: S,
    ids: usage::SpanIds,
    start: Timestamp,
    /// When the span began, by the monotonic clock, because the time of day may be set back meanwhile.
    since: Duration,
    /// The count of refusals when the span began.
    refusals: u64,
}

impl<S: DeclaredSpan> std::fmt::Debug for OpenSpan<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSpan").field("span", &S::SPEC.name()).finish_non_exhaustive()
    }
}

impl<S: DeclaredSpan> OpenSpan<S> {
    pub(super) fn new(begun: Option<(Arc<Recorder>, S)>, shared: bool) -> Self {
        let open = begun.map(|(recorder, span)| Open {
            ids: recorder.new_ids(),
            start: recorder.clock().now(),
            since: recorder.clock().monotonic(),
            refusals: recorder.refusals(),
            span,
            recorder,
        });
        Self { open, shared }
    }

    /// Was the span begun as shared?
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.shared
    }

    /// Ends the span.
    pub fn end(self) {
        self.end_with(|_| {});
    }

    /// Ends the span after `last` has filled in the values that are known only now. `last` is not called if the span is
    /// not recorded.
    pub fn end_with(mut self, last: impl FnOnce(&mut S)) {
        self.finish(false, last);
    }

    /// Ends the span as a failure.
    pub fn fail(mut self) {
        self.finish(true, |_| {});
    }

    fn finish(&mut self, failed: bool, last: impl FnOnce(&mut S)) {
        let Some(Open { recorder, mut span, ids, start, since, refusals }) = self.open.take() else { return };
        if !recorder.admits() || recorder.refusals() != refusals {
            return;
        }
        last(&mut span);
        let lasted = recorder.clock().monotonic().saturating_sub(since);
        let lasted = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
        let end = Timestamp::from_millis(start.as_millis().saturating_add(lasted));
        recorder.put(UsageDraft::new(span, self.shared, ids, start).lasting(start, end).failed(failed));
    }
}

impl<S: DeclaredSpan> Drop for OpenSpan<S> {
    fn drop(&mut self) {
        self.finish(true, |_| {});
    }
}
