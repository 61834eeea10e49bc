//! Spans that wait for their delivery.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crawl4ai_telemetry_core::SendError;

use crate::proto::Span;

/// How many spans go in one request: as many as OpenTelemetry's own processors send.
pub const LARGEST_BATCH: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct Batch {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Whose spans these are: a child of a fork has a copy of them, and must not send its parent's.
    process: u32,
    spans: Vec<Span>,
}

impl Batch {
    pub(crate) fn is_full(&self) -> bool {
        self.waiting().spans.len() >= LARGEST_BATCH
    }

    pub(crate) fn add(&self, span: Span) {
        self.waiting().spans.push(span);
    }

    /// Hands the spans out to be delivered. What is to be tried again is kept, with the ids that it had, so that
    /// a collector can drop doubles.
    pub(crate) fn export(
        &self,
        deliver: impl FnOnce(Vec<Span>) -> Result<(), SendError>,
    ) -> Result<(), SendError> {
        // Not held while a collector is waited for.
        let taken = std::mem::take(&mut self.waiting().spans);
        if taken.is_empty() {
            return Ok(());
        }
        let outcome = deliver(taken.clone());
        if let Err(SendError::Retry { .. } | SendError::Halt { .. }) = &outcome {
            let mut waiting = self.waiting();
            let newer = std::mem::replace(&mut waiting.spans, taken);
            waiting.spans.extend(newer);
        }
        outcome
    }

    /// Forgets what waits. Spans that are on their way at this moment come back if they are not taken.
    pub(crate) fn discard(&self) {
        self.waiting().spans.clear();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves whole spans behind.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if waiting.process != process {
            *waiting = Waiting { process, spans: Vec::new() };
        }
        waiting
    }
}
