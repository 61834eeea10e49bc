//! Between the program and the thread that sends: what waits, and how much of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::usage::UsageDraft;

use crate::deliver::sync::mpsc::{Receiver, SyncSender};

/// How many spans may wait: as many as OpenTelemetry's own processors keep.
pub(super) const QUEUE: usize = 2_048;

/// How much memory spans that wait may hold, in bytes. Spans by default are a kilobyte; shared ones hold texts.
pub(super) const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// What the uploader is told.
pub(super) enum Message {
    /// A span, and how often somebody had said no when it was recorded.
    Span {
        draft: Box<UsageDraft>,
        ticket: Ticket,
        refusals: u64,
    },
    Flush {
        within: Duration,
        answer: SyncSender<bool>,
    },
}

/// Room in the memory that waiting spans may hold; given back when it is dropped.
pub(super) struct Ticket {
    held: Arc<AtomicUsize>,
    weight: usize,
}

impl Ticket {
    /// `None` when there is no room.
    pub(super) fn take(held: &Arc<AtomicUsize>, weight: usize, most: usize) -> Option<Self> {
        let more = |held: usize| held.checked_add(weight).filter(|held| *held <= most);
        held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Self { held: Arc::clone(held), weight })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.held.fetch_sub(self.weight, Ordering::Relaxed);
    }
}

/// A delivery that was asked for.
#[must_use]
pub(crate) struct Flushing {
    /// None when it could not be asked for.
    answered: Option<Receiver<bool>>,
}

impl Flushing {
    pub(super) const fn new(answered: Option<Receiver<bool>>) -> Self {
        Self { answered }
    }

    /// Could it be asked for? Not while the queue is full.
    pub(super) const fn was_asked(&self) -> bool {
        self.answered.is_some()
    }

    /// Waits for it, at most `timeout`. Was everything delivered?
    pub(crate) fn wait(self, timeout: Duration) -> bool {
        self.answered.is_some_and(|answered| answered.recv_timeout(timeout).unwrap_or(false))
    }
}
