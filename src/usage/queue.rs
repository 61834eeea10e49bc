//! The queue between the program and the thread that sends, and its bounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::usage::UsageDraft;

use crate::deliver::sync::mpsc::{Receiver, SyncSender};

/// The largest number of waiting spans. OpenTelemetry's own processors keep as many.
pub(super) const QUEUE: usize = 2_048;

/// The most memory that waiting spans may take, in bytes. A span is about a kilobyte unless it has shared texts.
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

/// A share of the memory that waiting spans may take. Dropping the ticket gives the share back.
pub(super) struct Ticket {
    held: Arc<AtomicUsize>,
    weight: usize,
}

impl Ticket {
    /// `None` when the share would exceed the limit `most`.
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

/// A delivery that the program requested.
#[must_use]
pub(crate) struct Flushing {
    /// `None` when the delivery could not be requested.
    answered: Option<Receiver<bool>>,
}

impl Flushing {
    pub(super) const fn new(answered: Option<Receiver<bool>>) -> Self {
        Self { answered }
    }

    /// Could the delivery be requested? False if the queue was full.
    pub(super) const fn was_asked(&self) -> bool {
        self.answered.is_some()
    }

    /// Waits for the delivery, but not longer than `timeout`. True when everything was delivered.
    pub(crate) fn wait(self, timeout: Duration) -> bool {
        self.answered.is_some_and(|answered| answered.recv_timeout(timeout).unwrap_or(false))
    }
}
