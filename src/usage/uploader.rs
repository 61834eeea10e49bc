//! The thread that sends: cleans spans, hands them to the provider, and flushes it. It may hang in a provider;
//! nobody waits for it longer than they said they would.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crawl4ai_telemetry_core::usage::UsageDraft;
use crawl4ai_telemetry_core::{Loss, SendError, UsageSpan};

use super::queue::{Message, QUEUE, Ticket};
use super::recorder::RecorderShared;
use crate::consent::way_out_of_usage;
use crate::deliver::sync::mpsc::Receiver;
use crate::deliver::{ProviderHealth, next, wait_before_retry};
use crate::printable;

/// How long a span may wait for others to go with it: as long as with OpenTelemetry's own processors.
const DELAY: Duration = Duration::from_secs(5);

/// How many spans are handed over before the provider is asked to send them.
const BATCH: usize = 512;

/// How long one delivery may take.
const REQUEST: Duration = Duration::from_secs(30);

/// How long the last delivery may take, in the background, when the telemetry has ended and the program has not.
const LAST: Duration = Duration::from_secs(5);

pub(super) fn run(shared: Arc<RecorderShared>, queue: &Receiver<Message>) {
    let mut uploader = Uploader {
        shared,
        refusals: 0,
        drafts: VecDeque::new(),
        clean: VecDeque::new(),
        handed: 0,
        since: None,
        failures: 0,
        not_before: None,
    };
    while let Some(message) = next(queue, uploader.due_in()) {
        match message {
            Some(Message::Span { draft, ticket, refusals }) => uploader.keep(*draft, ticket, refusals),
            Some(Message::Flush { within, answer }) => {
                uploader.deliver(within);
                // Whoever asked may have stopped waiting.
                let _ = answer.try_send(uploader.is_idle());
            }
            None => {}
        }
        if uploader.due_in().is_some_and(|wait| wait.is_zero()) {
            uploader.deliver(REQUEST);
        }
    }
    uploader.deliver(LAST);
    uploader.shared.sender.shutdown(uploader.now(), LAST);
}

struct Uploader {
    shared: Arc<RecorderShared>,
    /// How often somebody had said no when what waits was recorded.
    refusals: u64,
    /// Raw, with their room.
    drafts: VecDeque<(UsageDraft, Ticket)>,
    /// Clean, and not yet taken by the provider.
    clean: VecDeque<UsageSpan>,
    /// Taken by the provider, and not yet delivered.
    handed: u64,
    /// When the oldest came.
    since: Option<Duration>,
    failures: u32,
    not_before: Option<Duration>,
}

/// What becomes of the rest of a delivery.
enum AfterDelivery {
    Go,
    Stop,
}

impl Uploader {
    fn now(&self) -> Duration {
        self.shared.pipeline.clock.monotonic()
    }

    fn is_idle(&self) -> bool {
        self.drafts.is_empty() && self.clean.is_empty() && self.handed == 0
    }

    /// When to deliver; `None` while nothing waits.
    fn due_in(&self) -> Option<Duration> {
        if self.is_idle() {
            return None;
        }
        let full = self.drafts.len() >= BATCH;
        let due = if full { Duration::ZERO } else { self.since.unwrap_or_default().saturating_add(DELAY) };
        Some(due.max(self.not_before.unwrap_or_default()).saturating_sub(self.now()))
    }

    fn keep(&mut self, draft: UsageDraft, ticket: Ticket, refusals: u64) {
        if refusals > self.refusals {
            self.discard();
            self.refusals = refusals;
        }
        // Recorded before a no, and overtaken by what came after the next yes.
        if refusals < self.refusals {
            return;
        }
        if self.drafts.len() >= QUEUE {
            self.shared.diagnostics.lost(Loss::QueueFull, 1);
            return;
        }
        let now = self.now();
        self.since.get_or_insert(now);
        self.drafts.push_back((draft, ticket));
    }

    /// Delivers all that waits, in batches, until the time is over or something says stop.
    fn deliver(&mut self, within: Duration) {
        if self.is_idle() {
            return;
        }
        if self.shared.sender.health.is_halted() {
            self.drop_all();
            return;
        }
        let end = self.now().saturating_add(within);
        // Read for each delivery: the user may have changed their mind.
        let decision = self.shared.decide();
        if !decision.allowed || self.refusals != self.shared.refusals() {
            self.discard();
            return;
        }
        if decision.shows_only {
            self.show();
            return;
        }
        if decision.opt_out_notice {
            self.show_opt_out_notice();
        }
        while !self.is_idle() {
            self.clean_some();
            let left = end.saturating_sub(self.now());
            match self.hand_over(left) {
                AfterDelivery::Go if self.now() < end => {}
                AfterDelivery::Go | AfterDelivery::Stop => break,
            }
        }
        let now = self.now();
        self.since = (!self.is_idle()).then_some(now);
    }

    /// Makes spans of the next drafts. The program's own detectors run in here; a sanitizer that failed lets
    /// nothing through.
    fn clean_some(&mut self) {
        let shared = Arc::clone(&self.shared);
        let room = BATCH.saturating_sub(self.clean.len());
        let drafts: Vec<_> = self.drafts.drain(..room.min(self.drafts.len())).collect();
        for (draft, _ticket) in drafts {
            let clean = || shared.pipeline.sanitizer().usage_span(draft, Some(shared.common()));
            match catch_unwind(AssertUnwindSafe(clean)) {
                Ok(span) => self.clean.push_back(span),
                Err(_) => shared.diagnostics.lost(Loss::Internal, 1),
            }
        }
    }

    fn hand_over(&mut self, within: Duration) -> AfterDelivery {
        let shared = Arc::clone(&self.shared);
        let now = self.now();
        // What is left of an earlier batch goes first.
        if self.handed > 0
            && let AfterDelivery::Stop = self.flush(within)
        {
            return AfterDelivery::Stop;
        }
        while let Some(span) = self.clean.front() {
            match shared.sender.call(now, |provider| provider.send_event(span)) {
                Ok(()) => self.handed = self.handed.saturating_add(1),
                Err(SendError::Rejected { reason, .. }) => {
                    shared.diagnostics.lost(Loss::Rejected, 1);
                    shared.sender.health.set(ProviderHealth::Failing(reason));
                }
                Err(SendError::Retry { after, reason, .. }) => return self.put_off(after, reason),
                Err(SendError::Halt { reason, .. }) => return self.halt(reason),
            }
            self.clean.pop_front();
        }
        self.flush(within)
    }

    fn flush(&mut self, within: Duration) -> AfterDelivery {
        let shared = Arc::clone(&self.shared);
        match shared.sender.call(self.now(), |provider| provider.flush(within)) {
            Ok(()) => {
                self.handed = 0;
                self.failures = 0;
                self.not_before = None;
                shared.sender.health.set(ProviderHealth::Well);
                AfterDelivery::Go
            }
            Err(SendError::Rejected { reason, .. }) => {
                // Of a batch that was refused in part nobody says which spans it was: all of it counts.
                shared.diagnostics.lost(Loss::Rejected, std::mem::take(&mut self.handed));
                shared.sender.health.set(ProviderHealth::Failing(reason));
                AfterDelivery::Go
            }
            Err(SendError::Retry { after, reason, .. }) => self.put_off(after, reason),
            Err(SendError::Halt { reason, .. }) => self.halt(reason),
        }
    }

    fn put_off(&mut self, asked: Option<Duration>, reason: String) -> AfterDelivery {
        self.failures = self.failures.saturating_add(1);
        let random = getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX));
        let wait = wait_before_retry(self.failures, asked, random);
        self.not_before = Some(self.now().saturating_add(wait));
        self.shared.sender.health.set(ProviderHealth::Failing(reason));
        AfterDelivery::Stop
    }

    /// Nothing more is sent in this run, and nothing more is recorded.
    fn halt(&mut self, reason: String) -> AfterDelivery {
        self.drop_all();
        self.shared.sender.health.set(ProviderHealth::Halted(reason));
        AfterDelivery::Stop
    }

    fn drop_all(&mut self) {
        let waiting = u64::try_from(self.drafts.len() + self.clean.len()).unwrap_or(u64::MAX);
        self.shared
            .diagnostics
            .lost(Loss::Rejected, waiting.saturating_add(std::mem::take(&mut self.handed)));
        self.drafts.clear();
        self.clean.clear();
        self.since = None;
    }

    /// Somebody has said no: what waits was recorded before, here and with the provider, and a yes that comes later is
    /// none to it.
    fn discard(&mut self) {
        self.drafts.clear();
        self.clean.clear();
        self.since = None;
        if std::mem::take(&mut self.handed) > 0 {
            // One that panics here is not called again: what it still holds is not known.
            let discarded = self.shared.sender.call(self.now(), |provider| {
                provider.discard();
                Ok(())
            });
            if let Err(SendError::Halt { reason, .. }) = discarded {
                self.halt(reason);
            }
        }
    }

    /// Shows what would leave.
    fn show(&mut self) {
        let name = self.shared.pipeline.policy.admission.app().name().to_owned();
        while !self.drafts.is_empty() {
            self.clean_some();
            for span in self.clean.drain(..) {
                if let Ok(json) = serde_json::to_string(&span) {
                    printable::say(&format!("{name} usage (shown, not sent): {json}\n"));
                }
            }
        }
        self.since = None;
    }

    /// Says once, where nobody was asked, that usage figures leave and how to turn that off; and once more, before the
    /// first texts that are shared go along.
    fn show_opt_out_notice(&self) {
        let app = self.shared.pipeline.policy.admission.app();
        let (name, place, way_out) = (app.name(), self.shared.sender.destination(), way_out_of_usage(app));
        if !self.shared.notice_shown.swap(true, Ordering::Relaxed) {
            printable::tell(&format!("{name}: usage figures are sent to {place}; {way_out} ends that\n"));
        }
        let shares = self.drafts.iter().any(|(draft, _)| draft.is_shared());
        if shares && !self.shared.sharing_notice_shown.swap(true, Ordering::Relaxed) {
            let texts = self.shared.declared.shared_texts;
            printable::tell(&format!("{name}: {texts} are sent to {place} too; {way_out} ends that\n"));
        }
    }
}
