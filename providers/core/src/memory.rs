//! The provider that keeps reports in memory, for tests and examples.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Report, SendError, TelemetryProvider, UsageSpan};

/// Keeps reports and usage spans. Clones share one store, so that a test keeps one clone and hands over the other.
///
/// ```
/// use crawl4ai_telemetry_core::MemoryProvider;
///
/// let memory = MemoryProvider::default();
/// assert!(memory.reports().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryProvider {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    reports: Vec<Report>,
    spans: Vec<UsageSpan>,
}

impl MemoryProvider {
    /// The most reports, and the most spans, that are kept. Beyond this number the oldest is dropped, so that a test
    /// that never reads them does not fill the memory.
    pub const CAPACITY: usize = 10_000;

    /// The reports that were delivered, oldest first.
    #[must_use]
    pub fn reports(&self) -> Vec<Report> {
        self.with(|kept| kept.reports.clone())
    }

    /// The usage spans that were delivered, oldest first.
    #[must_use]
    pub fn spans(&self) -> Vec<UsageSpan> {
        self.with(|kept| kept.spans.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        // A panic while the lock was held left the entries whole, because pushes are the only writes.
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= MemoryProvider::CAPACITY {
        list.remove(0);
    }
    list.push(item);
}

impl TelemetryProvider for MemoryProvider {
    fn name(&self) -> &str {
        "memory"
    }
    fn destination(&self) -> Cow<'_, str> {
        "the memory of this process".into()
    }
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        self.with(|kept| keep(&mut kept.reports, report.clone()));
        Ok(())
    }
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        self.with(|kept| keep(&mut kept.spans, span.clone()));
        Ok(())
    }
}
