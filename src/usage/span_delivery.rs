//! Usage spans on their way to the provider: cleaned in batches, handed over, and flushed.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crawl4ai_telemetry_core::usage::UsageDraft;
use crawl4ai_telemetry_core::{Loss, SendError, TelemetryProvider, UsageSpan};

use super::queue::{Message, QUEUE, Ticket};
use super::shared::RecorderShared;
use crate::consent::{UsageDecision, way_out_of_usage};
use crate::deliver::sync::mpsc::SyncSender;
use crate::deliver::upload_loop::{Accepted, AfterDelivery, Delivery, Kept, Verdict};
use crate::printable;

/// The longest time that a span waits for others of its batch. It is as long as with OpenTelemetry's own processors.
const DELAY: Duration = Duration::from_secs(5);

/// The most spans that are handed to the provider before it is asked to send them.
const BATCH: usize = 512;

/// Time limit of one delivery.
const REQUEST: Duration = Duration::from_secs(30);

/// Time limit of the last delivery, when the telemetry has ended.
const LAST: Duration = Duration::from_secs(5);

/// Delivers the spans of one process.
pub(super) struct SpanDelivery {
    shared: Arc<RecorderShared>,
    /// The count of refusals when the waiting spans were recorded.
    refusals: u64,
    /// Spans that are not cleaned yet, with their shares of the memory for waiting spans.
    drafts: VecDeque<(UsageDraft, Ticket)>,
    /// Clean spans that the provider has not taken yet.
    clean: VecDeque<UsageSpan>,
    /// Is one of the spans cleaned since the last delivery a shared span?
    is_shared: bool,
    /// How many spans the provider has taken and not yet delivered.
    handed: u64,
    /// When the oldest waiting span came, or when the last delivery ended, by the monotonic clock.
    since: Option<Duration>,
    failures: u32,
}

/// All spans that wait here or with the provider, as one item of the loop.
pub(super) struct Batch;

impl SpanDelivery {
    pub(super) fn new(shared: Arc<RecorderShared>) -> Self {
        Self {
            shared,
            refusals: 0,
            drafts: VecDeque::new(),
            clean: VecDeque::new(),
            is_shared: false,
            handed: 0,
            since: None,
            failures: 0,
        }
    }

    fn now(&self) -> Duration {
        self.shared.pipeline.clock.monotonic()
    }

    fn is_idle(&self) -> bool {
        self.drafts.is_empty() && self.clean.is_empty() && self.handed == 0
    }

    fn keep(&mut self, draft: UsageDraft, ticket: Ticket, refusals: u64) {
        if refusals > self.refusals {
            self.discard();
            self.refusals = refusals;
        }
        // The user said no after this span was recorded, so it is dropped. It comes late: a span that another thread
        // recorded after that no has arrived before it.
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

    /// Cleans the next drafts. The program's own detectors run in here; a draft whose cleaning panics is dropped and
    /// counted.
    fn clean_some(&mut self) {
        let shared = Arc::clone(&self.shared);
        let room = BATCH.saturating_sub(self.clean.len());
        let drafts: Vec<_> = self.drafts.drain(..room.min(self.drafts.len())).collect();
        for (draft, _ticket) in drafts {
            self.is_shared |= draft.is_shared();
            let clean = || shared.pipeline.sanitizer().usage_span(draft, Some(shared.common()));
            match catch_unwind(AssertUnwindSafe(clean)) {
                Ok(span) => self.clean.push_back(span),
                Err(_) => shared.diagnostics.lost(Loss::Internal, 1),
            }
        }
    }

    fn clear(&mut self) {
        self.drafts.clear();
        self.clean.clear();
        (self.is_shared, self.since) = (false, None);
    }

    /// Drops all spans that wait here or with the provider. No later yes covers them.
    fn discard(&mut self) {
        self.clear();
        if std::mem::take(&mut self.handed) > 0 {
            self.shared.sender.discard(self.now());
        }
    }
}

impl Delivery for SpanDelivery {
    type Command = Message;
    type Asked = SyncSender<bool>;
    type Item = Batch;
    type Ready = Batch;
    type Decision = UsageDecision;

    const KEPT: Kept = Kept::InMemory { request: REQUEST, last: LAST };

    fn accept(&mut self, message: Message) -> Accepted<SyncSender<bool>> {
        match message {
            Message::Span { draft, ticket, refusals } => {
                self.keep(*draft, ticket, refusals);
                Accepted::Kept
            }
            Message::Flush { within, answer } => {
                Accepted::Flush { asked: answer, until: self.now().saturating_add(within) }
            }
        }
    }

    fn due_in(&self, now: Duration, wait: Option<Duration>) -> Option<Duration> {
        if self.is_idle() {
            return None;
        }
        let is_full = self.drafts.len() >= BATCH;
        let due = if is_full { Duration::ZERO } else { self.since.unwrap_or_default().saturating_add(DELAY) };
        Some(due.saturating_sub(now).max(wait.unwrap_or_default()))
    }

    fn has_work(&self) -> bool {
        !self.is_idle()
    }

    fn begin(&mut self) {}

    fn next(&mut self) -> Option<Batch> {
        (!self.is_idle()).then_some(Batch)
    }

    fn decide(&self, _: &Batch) -> Verdict<UsageDecision> {
        let decision = self.shared.decide();
        if !decision.allowed || self.refusals != self.shared.refusals() {
            Verdict::Denied(decision)
        } else if decision.shows_only {
            Verdict::Show
        } else {
            Verdict::Send(decision)
        }
    }

    /// Shows the spans that wait here. Spans that the provider holds are discarded, because they must not be sent any
    /// more.
    fn show(&mut self, _: Batch) -> AfterDelivery {
        let name = self.shared.pipeline.policy.admission.app().name().to_owned();
        while !(self.drafts.is_empty() && self.clean.is_empty()) {
            self.clean_some();
            for span in self.clean.drain(..) {
                if let Ok(json) = serde_json::to_string(&span) {
                    printable::say(&format!("{name} usage (shown, not sent): {json}\n"));
                }
            }
        }
        self.discard();
        AfterDelivery::Stop
    }

    fn denied(&mut self, _: Batch, _: UsageDecision) -> AfterDelivery {
        self.discard();
        AfterDelivery::Stop
    }

    fn prepare(&mut self, batch: Batch, _: &UsageDecision) -> Option<Batch> {
        self.clean_some();
        (!self.clean.is_empty() || self.handed > 0).then_some(batch)
    }

    fn may_still_leave(&self, batch: &Batch) -> bool {
        matches!(self.decide(batch), Verdict::Send(_))
    }

    /// Shows the notice once, and a second one before the first shared texts leave.
    fn show_opt_out_notice(&mut self, decision: &UsageDecision) {
        if !decision.opt_out_notice {
            return;
        }
        let app = self.shared.pipeline.policy.admission.app();
        let (name, place, way_out) = (app.name(), self.shared.sender.destination(), way_out_of_usage(app));
        if !self.shared.notice_shown.swap(true, Ordering::Relaxed) {
            printable::tell(&format!(
                "{name}: usage figures are sent to {place}; {way_out} turns this off\n"
            ));
        }
        if self.is_shared && !self.shared.sharing_notice_shown.swap(true, Ordering::Relaxed) {
            let texts = self.shared.declared.shared_texts;
            printable::tell(&format!("{name}: {texts} are sent to {place} too; {way_out} turns this off\n"));
        }
    }

    fn send(
        &mut self,
        provider: &dyn TelemetryProvider,
        _: &Batch,
        within: Duration,
    ) -> Result<(), SendError> {
        // What is left of an earlier batch goes first.
        if self.handed > 0 {
            match provider.flush(within) {
                Ok(()) => (self.handed, self.failures) = (0, 0),
                Err(SendError::Rejected { reason, .. }) if self.clean.is_empty() => {
                    return Err(SendError::rejected(reason));
                }
                Err(SendError::Rejected { .. }) => self.rejected(Batch),
                Err(error) => return Err(error),
            }
        }
        while let Some(span) = self.clean.front() {
            match provider.send_event(span) {
                Ok(()) => self.handed = self.handed.saturating_add(1),
                Err(SendError::Rejected { .. }) => self.shared.diagnostics.lost(Loss::Rejected, 1),
                Err(error) => return Err(error),
            }
            self.clean.pop_front();
        }
        provider.flush(within)
    }

    fn taken(&mut self, _: Batch, _: &UsageDecision) -> AfterDelivery {
        (self.handed, self.failures, self.is_shared) = (0, 0, false);
        AfterDelivery::Go
    }

    /// Counts the whole batch as lost, because a provider that refused a part of it does not say which spans.
    fn rejected(&mut self, _: Batch) {
        self.shared.diagnostics.lost(Loss::Rejected, std::mem::take(&mut self.handed));
    }

    fn put_back(&mut self, _: Batch) -> AfterDelivery {
        AfterDelivery::Stop
    }

    fn failed(&mut self, _: &str, _: bool, wait: &dyn Fn(u32) -> Duration) -> (u32, Duration) {
        self.failures = self.failures.saturating_add(1);
        (self.failures, wait(self.failures))
    }

    fn halted(&mut self, _: &str) {
        self.drop_all();
    }

    fn drop_all(&mut self) {
        let waiting = u64::try_from(self.drafts.len() + self.clean.len()).unwrap_or(u64::MAX);
        let lost = waiting.saturating_add(std::mem::take(&mut self.handed));
        self.shared.diagnostics.lost(Loss::Rejected, lost);
        self.clear();
    }

    fn finish(&mut self) {
        let now = self.now();
        self.since = (!self.is_idle()).then_some(now);
    }

    fn answer(&mut self, answer: SyncSender<bool>, _: Duration) {
        // The caller may have stopped waiting.
        let _ = answer.try_send(self.is_idle());
    }
}
