//! The queue between the program and the thread that sends, and its bounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::usage::UsageDraft;

use crate::deliver::sync::mpsc::{Receiver, SyncSender};

/// The most spans that may wait, as many as OpenTelemetry's own processors keep.
pub(super) const QUEUE: usize = 2_048;

/// The most memory that waiting spans may hold, in bytes. A span is about a kilobyte unless it holds shared texts.
pub(super) const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// A message to the thread that sends.
pub(super) enum Message {
    /// A span, and the count of refusals when it was recorded.
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

/// A share of the memory that waiting spans may hold, given back when it is dropped.
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
    /// `None` when the delivery could not be asked for.
    answered: Option<Receiver<bool>>,
}

impl Flushing {
    pub(super) const fn new(answered: Option<Receiver<bool>>) -> Self {
        Self { answered }
    }

    /// Could the delivery be asked for? Not while the queue is full.
    pub(super) const fn was_asked(&self) -> bool {
        self.answered.is_some()
    }

    /// Waits for the delivery, at most `timeout`. True when everything was delivered.
    pub(crate) fn wait(self, timeout: Duration) -> bool {
        self.answered.is_some_and(|answered| answered.recv_timeout(timeout).unwrap_or(false))
    }
}
