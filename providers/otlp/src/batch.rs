//! The usage spans that wait to be sent.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crawl4ai_telemetry_core::SendError;

use crate::trace::OwnedSpan;

/// Most spans of one request, as in OpenTelemetry's own processors.
pub const LARGEST_BATCH: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct Batch {
    pending: Mutex<PendingSpans>,
}

#[derive(Debug, Default)]
struct PendingSpans {
    /// The id of the process that recorded the spans. A forked child has a copy of them, and must not send its parent's
    /// spans.
    process: u32,
    /// The number of times that spans were discarded.
    discards: u64,
    spans: Vec<OwnedSpan>,
}

impl Batch {
    pub(crate) fn is_full(&self) -> bool {
        self.pending().spans.len() >= LARGEST_BATCH
    }

    pub(crate) fn add(&self, span: OwnedSpan) {
        self.pending().spans.push(span);
    }

    /// Delivers the spans. If they can be sent later, they are kept with their ids, so that a collector can drop
    /// duplicates. Spans that were discarded during the delivery are not kept.
    pub(crate) fn export(
        &self,
        deliver: impl FnOnce(Vec<OwnedSpan>) -> Result<(), SendError>,
    ) -> Result<(), SendError> {
        let (taken, discards) = {
            let mut pending = self.pending();
            (std::mem::take(&mut pending.spans), pending.discards)
        };
        if taken.is_empty() {
            return Ok(());
        }
        // The lock is not held here, because a collector may be slow.
        let outcome = deliver(taken.clone());
        if let Err(SendError::Retry { .. } | SendError::Halt { .. }) = &outcome {
            let mut pending = self.pending();
            if pending.discards == discards {
                let newer = std::mem::replace(&mut pending.spans, taken);
                pending.spans.extend(newer);
            }
        }
        outcome
    }

    /// Drops the pending spans. Spans that are being delivered are dropped too, unless the collector takes them.
    pub(crate) fn discard(&self) {
        let mut pending = self.pending();
        pending.spans.clear();
        pending.discards = pending.discards.wrapping_add(1);
    }

    fn pending(&self) -> MutexGuard<'_, PendingSpans> {
        // The lock is usable after a panic, because a span is never half-written.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if pending.process != process {
            *pending = PendingSpans { process, ..PendingSpans::default() };
        }
        pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Span;

    fn named(name: &str) -> OwnedSpan {
        OwnedSpan { span: Span { name: name.to_owned(), ..Span::default() }, ..OwnedSpan::default() }
    }

    #[test]
    fn what_is_discarded_during_a_delivery_does_not_come_back() {
        let batch = Batch::default();
        batch.add(named("before"));
        let outcome = batch.export(|_| {
            batch.discard();
            batch.add(named("after"));
            Err(SendError::retry("no network"))
        });
        assert!(outcome.is_err());
        let mut sent = Vec::new();
        batch
            .export(|spans| {
                sent = spans;
                Ok(())
            })
            .unwrap();
        assert_eq!(sent.iter().map(|owned| &*owned.span.name).collect::<Vec<_>>(), ["after"]);
    }
}
