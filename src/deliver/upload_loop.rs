//! The one loop that delivers. Reports and usage spans go through it, each on a thread of its own.
//!
//! The loop waits until it is woken, reads the consent right before each send, and calls the provider. The provider's
//! answer decides whether it goes on with the next item, tries again later, or sends nothing more in this run. A
//! [`Delivery`] says what is delivered, where it waits, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry_core::{SendError, TelemetryProvider};

use super::provider_health::ProviderHealth;
use super::sender::Sender;
use super::sync::{self, mpsc::Receiver};
use super::{next, retry};
use crate::clock::Clock;

/// Time until the next check while another process delivers and a caller waits for a flush.
const POLL: Duration = Duration::from_millis(20);

/// Where items wait, and the rules that follow from that.
pub(crate) enum Kept {
    /// Items outlive the process. A flush does not shorten a wait, and the next start sends what is left when the
    /// program ends. After `tries` failures in a row, everything is left to the next start.
    OnDisk { tries: u32 },
    /// Items do not outlive the process. A flush may be the last chance, so that it tries again at once. A delivery
    /// takes at most `request`. The last delivery, when the telemetry has ended and the program has not, takes at most
    /// `last`.
    InMemory { request: Duration, last: Duration },
}

/// What a command asks of the loop.
pub(crate) enum Accepted<A> {
    /// One more item waits. It is delivered when it is due.
    Kept,
    /// Deliver now.
    Wake,
    /// Deliver now, and answer. The caller waits until the moment `until` of the clock.
    Flush { asked: A, until: Duration },
}

/// The user's decision about one item.
pub(crate) enum Verdict<D> {
    Send(D),
    /// The item is shown and not sent, whatever else the user decided.
    Show,
    Denied(D),
}

/// Whether a delivery goes on after an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterDelivery {
    Go,
    Stop,
}

/// The items that the loop delivers, and the rules for them.
pub(crate) trait Delivery {
    /// A command to the thread.
    type Command;
    /// A caller that waits for a flush, and the data that its answer needs.
    type Asked;
    /// One item that waits.
    type Item;
    /// An item that is ready to leave.
    type Ready;
    /// The part of the user's decision that matters when an item is sent.
    type Decision;

    const KEPT: Kept;

    fn accept(&mut self, command: Self::Command) -> Accepted<Self::Asked>;

    /// Time until the loop runs again without a command; `None` to wait for a command. The provider is not called
    /// before `wait` is over.
    fn due_in(&self, now: Duration, wait: Option<Duration>) -> Option<Duration>;

    /// May there be anything to do? The answer is given without reading the disk.
    fn has_work(&self) -> bool;

    /// How long sending has to wait because of earlier runs. This is called once.
    fn look_back(&mut self) -> Option<Duration> {
        None
    }

    /// Begins a delivery.
    fn begin(&mut self);

    fn next(&mut self) -> Option<Self::Item>;

    /// Reads the decision again each time, because the user may have changed their mind.
    fn decide(&self, item: &Self::Item) -> Verdict<Self::Decision>;

    fn show(&mut self, item: Self::Item) -> AfterDelivery;

    fn denied(&mut self, item: Self::Item, decision: Self::Decision) -> AfterDelivery;

    /// Makes an item ready to leave, as the decision says. `None` when nothing of it leaves.
    fn prepare(&mut self, item: Self::Item, decision: &Self::Decision) -> Option<Self::Ready>;

    /// May the item still leave? Asked again, because making it ready may have taken a while.
    fn may_still_leave(&self, ready: &Self::Ready) -> bool;

    /// Says once, if nobody was asked, that items are sent, and how to turn that off.
    fn show_opt_out_notice(&mut self, decision: &Self::Decision);

    /// Hands an item to the provider, which may take as long as `within`.
    fn send(
        &mut self,
        provider: &dyn TelemetryProvider,
        ready: &Self::Ready,
        within: Duration,
    ) -> Result<(), SendError>;

    fn taken(&mut self, ready: Self::Ready, decision: &Self::Decision) -> AfterDelivery;

    fn rejected(&mut self, ready: Self::Ready);

    /// Keeps an item that was made ready, for a later delivery.
    fn put_back(&mut self, ready: Self::Ready) -> AfterDelivery;

    /// Notes one more failure. Returns the number of failures in a row and the time to wait, which `wait` computes from
    /// that number. `is_asked` is true when the server asked for a wait.
    fn failed(&mut self, reason: &str, is_asked: bool, wait: &dyn Fn(u32) -> Duration) -> (u32, Duration);

    /// Notes that nothing more is sent in this run, and why.
    fn halted(&mut self, reason: &str);

    /// Called when items come to a sender that has halted or has no provider.
    fn drop_all(&mut self) {}

    /// Ends a delivery.
    fn finish(&mut self);

    /// Does another process deliver?
    fn is_elsewhere(&self) -> bool {
        false
    }

    /// Answers a caller that waits for a flush, within the time `left` that it still waits.
    fn answer(&mut self, asked: Self::Asked, left: Duration);
}

/// The loop on a thread that may hang in a provider. No caller waits for it longer than the caller's own time limit.
pub(crate) struct UploadLoop<D> {
    delivery: D,
    sender: Arc<Sender>,
    clock: Arc<dyn Clock>,
    /// The provider is not called before this moment of the clock.
    not_before: Option<Duration>,
    has_looked_back: bool,
}

impl<D: Delivery> UploadLoop<D> {
    pub(crate) fn new(delivery: D, sender: Arc<Sender>, clock: Arc<dyn Clock>) -> Self {
        Self { delivery, sender, clock, not_before: None, has_looked_back: false }
    }

    /// Runs until no command can come any more.
    pub(crate) fn run(mut self, queue: &Receiver<D::Command>) {
        loop {
            let now = self.now();
            let due = self.due_in(now);
            self.sender.health.schedule(due.map(|due| now.saturating_add(due)));
            let Some(command) = next(queue, due) else { break };
            let is_commanded = command.is_some();
            match command.map(|command| self.delivery.accept(command)) {
                Some(Accepted::Flush { asked, until }) => self.flush(asked, until),
                Some(Accepted::Wake) => self.deliver_when_due(),
                Some(Accepted::Kept) | None => {
                    if self.due_in(self.now()).is_some_and(|due| due.is_zero()) {
                        self.deliver_when_due();
                    }
                }
            }
            if is_commanded {
                self.sender.health.command_done();
            }
        }
        if let Kept::InMemory { last, .. } = D::KEPT {
            self.deliver(Some(self.now().saturating_add(last)));
            self.sender.shutdown(self.now(), last);
        }
    }

    fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    fn due_in(&self, now: Duration) -> Option<Duration> {
        self.delivery.due_in(now, self.not_before.map(|at| at.saturating_sub(now)))
    }

    fn flush(&mut self, asked: D::Asked, until: Duration) {
        match D::KEPT {
            Kept::OnDisk { .. } => self.deliver_when_due(),
            Kept::InMemory { .. } => self.deliver(Some(until)),
        }
        while self.delivery.is_elsewhere() && !self.sender.health.is_halted() && self.now() < until {
            sync::sleep(POLL);
            self.deliver_when_due();
        }
        self.delivery.answer(asked, until.saturating_sub(self.now()));
    }

    fn deliver_when_due(&mut self) {
        let now = self.now();
        if self.not_before.is_some_and(|at| at > now) {
            return;
        }
        self.not_before = None;
        self.deliver(match D::KEPT {
            Kept::OnDisk { .. } => None,
            Kept::InMemory { request, .. } => Some(now.saturating_add(request)),
        });
    }

    /// Delivers all that waits, until the time is over or an item stops the delivery.
    fn deliver(&mut self, until: Option<Duration>) {
        if !self.delivery.has_work() {
            return;
        }
        if self.sender.health.is_halted() || self.sender.provider.is_none() {
            return self.delivery.drop_all();
        }
        if !std::mem::replace(&mut self.has_looked_back, true)
            && let Some(wait) = self.delivery.look_back()
        {
            self.not_before = Some(self.now().saturating_add(wait));
            return;
        }
        self.delivery.begin();
        while let Some(item) = self.delivery.next() {
            let after = self.deliver_one(item, until);
            if after == AfterDelivery::Stop || until.is_some_and(|until| until <= self.now()) {
                break;
            }
        }
        self.delivery.finish();
    }

    fn deliver_one(&mut self, item: D::Item, until: Option<Duration>) -> AfterDelivery {
        let decision = match self.delivery.decide(&item) {
            Verdict::Send(decision) => decision,
            Verdict::Show => return self.delivery.show(item),
            Verdict::Denied(decision) => return self.delivery.denied(item, decision),
        };
        let Some(ready) = self.delivery.prepare(item, &decision) else { return AfterDelivery::Go };
        if !self.delivery.may_still_leave(&ready) {
            return self.delivery.put_back(ready);
        }
        self.delivery.show_opt_out_notice(&decision);
        let now = self.now();
        let within = until.map_or(Duration::MAX, |until| until.saturating_sub(now));
        let delivery = &mut self.delivery;
        match self.sender.call(now, |provider| delivery.send(provider, &ready, within)) {
            Ok(()) => {
                self.not_before = None;
                let after = self.delivery.taken(ready, &decision);
                self.sender.health.set(ProviderHealth::Well);
                after
            }
            Err(SendError::Rejected { reason, .. }) => {
                self.delivery.rejected(ready);
                self.sender.health.set(ProviderHealth::Failing(reason));
                AfterDelivery::Go
            }
            Err(SendError::Retry { after, reason, .. }) => {
                self.delivery.put_back(ready);
                self.put_off(after, reason);
                AfterDelivery::Stop
            }
            Err(SendError::Halt { reason, .. }) => {
                self.delivery.put_back(ready);
                self.halt(reason);
                AfterDelivery::Stop
            }
        }
    }

    /// Waits longer with every failure, and never less than the server asked for.
    fn put_off(&mut self, asked: Option<Duration>, reason: String) {
        let wait = |failures| retry::wait(failures, asked, retry::fraction());
        let (failures, wait) = self.delivery.failed(&reason, asked.is_some(), &wait);
        self.not_before = Some(self.now().saturating_add(wait));
        match D::KEPT {
            Kept::OnDisk { tries } if failures >= tries => self.halt(reason),
            Kept::OnDisk { .. } | Kept::InMemory { .. } => {
                self.sender.health.set(ProviderHealth::Failing(reason));
            }
        }
    }

    fn halt(&mut self, reason: String) {
        self.delivery.halted(&reason);
        self.sender.health.set(ProviderHealth::Halted(reason));
    }
}
