//! Reports that wait for the user's answer: held in the spool, asked about once, then set free or deleted.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crawl4ai_telemetry_core::{Event, Loss, Losses, Payload, Report, ReportId};

use super::awaiting_limits::{AwaitingAdmission, AwaitingLimits};
use super::{CaptureQueue, Pipeline};
use crate::capture::Captured;
use crate::consent::config::Written;
use crate::consent::{
    self, ActionError, Answer, Choice, ConsentPrompt, Occasion, PromptLock, Question, Rule,
};
use crate::environment::is_main_thread;
use crate::fork_safe::ForkSafe;
use crate::store::spool::{Clearance, ReportState, Spool, SpoolError, StoredName, StoredReport};

/// Has this process asked? Nobody is asked twice, whatever instances a program makes.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Who asks, and what this process holds.
pub(crate) struct AwaitingConsent {
    prompt: Arc<dyn ConsentPrompt>,
    pub(super) limits: AwaitingLimits,
    last: ForkSafe<Option<ReportId>>,
}

/// The question of all programs of a user.
const LOCK: &str = "prompt";

impl AwaitingConsent {
    pub(crate) fn new(prompt: Arc<dyn ConsentPrompt>) -> Self {
        Self { prompt, limits: AwaitingLimits::default(), last: ForkSafe::default() }
    }

    /// The last report of this process that waits.
    pub(crate) fn last(&self) -> Option<ReportId> {
        *self.last.lock()
    }

    /// Can the user be asked on this thread, now? Only on the main one: where others wait for an answer, nobody
    /// knows why the program stands still.
    pub(crate) fn can_ask(&self) -> bool {
        !ASKED.load(Ordering::Relaxed)
            && is_main_thread()
            && catch_unwind(AssertUnwindSafe(|| self.prompt.is_ready())).unwrap_or(false)
    }
}

/// What became of a report that is to wait for the user's answer.
pub(super) enum Awaited {
    StoredReport(StoredReport),
    /// A report of the same bug waits already.
    Known,
    /// It could not be stored.
    Failed,
}

impl Pipeline {
    /// May a report that `rule` forbids wait for the user's answer? Lock-free, so that the panic hook may ask.
    pub(crate) fn may_await_consent(&self, rule: Rule) -> bool {
        rule == Rule::TerminalUnanswered
            && self.store.spool.is_some()
            && !self.shows_only()
            && !self.policy.awaiting_consent.limits.is_declined()
    }

    /// May one more error wait? If not, it is counted as lost. `Some` with an id when one of the same stack waits.
    pub(crate) fn admit_awaiting(&self, captured: &Captured) -> AwaitingAdmission {
        let admitted = self.policy.awaiting_consent.limits.admit(signature(captured), captured.event.id);
        if admitted == AwaitingAdmission::TooMany {
            self.diagnostics.lost(Loss::RateLimited, 1);
        }
        admitted
    }

    /// The same for a panic, which has room of its own: the one that ends the program must not be lost to what came
    /// before it. Lock-free.
    pub(crate) fn admit_awaiting_panic(&self) -> bool {
        let admitted = self.policy.awaiting_consent.limits.admit_panic();
        if !admitted {
            self.diagnostics.lost(Loss::RateLimited, 1);
        }
        admitted
    }

    /// Stores a capture that waits for the user's answer. Gives it back when they have said yes before it was
    /// captured: then it goes the usual way.
    pub(crate) fn hold(&self, captured: Captured) -> Option<Captured> {
        let (stored, decision) = self.policy.admission.decide();
        if decision.allowed {
            let before = stored.settings.decided_at.is_some_and(|at| at <= captured.event.time);
            return before.then_some(captured);
        }
        if decision.rule == Rule::TerminalUnanswered && !decision.shows_only {
            // The program's own detectors run in here.
            let held = catch_unwind(AssertUnwindSafe(|| {
                let sanitizer = self.sanitizer().clone();
                let event = self.symbolication.resolve(captured, move || sanitizer.prepare_words());
                self.put_awaiting(event, ReportState::Ready)
            }));
            match held {
                Ok(Awaited::StoredReport(stored)) => {
                    self.policy.awaiting_consent.limits.count_kept();
                    self.sync_awaiting(&stored);
                }
                Ok(Awaited::Known) => {}
                Ok(Awaited::Failed) => self.diagnostics.lost(Loss::SpoolUnwritable, 1),
                Err(_) => self.diagnostics.lost(Loss::Internal, 1),
            }
        }
        None
    }

    /// Makes the report as it would be sent if the user agreed, and stores it; not one more of a bug that waits.
    pub(super) fn put_awaiting(&self, event: Event, state: ReportState) -> Awaited {
        let Some(spool) = &self.store.spool else { return Awaited::Failed };
        let event = self.event_if_agreed(event);
        let id = event.id;
        let (key, bytes) = match self.awaiting_to_narrow(&event) {
            Some(bytes) => ((id, event.time, None), Ok(bytes)),
            None => {
                let level = self.policy.admission.privacy_if_agreed();
                let report = self.sanitizer().report(self.policy.admission.app(), event, level);
                let known = |name: &StoredName| {
                    name.clearance == Clearance::AwaitingConsent
                        && name.fingerprint == Some(report.fingerprint())
                };
                if let Some(known) = spool.list().iter().find(|name| known(name)) {
                    self.set_last(known.id);
                    return Awaited::Known;
                }
                ((id, report.time(), Some(report.fingerprint())), report.to_stored())
            }
        };
        let stored = bytes.map_err(|error| error.to_string()).and_then(|bytes| {
            spool.put_for(key, state, Clearance::AwaitingConsent, &bytes).map_err(|e| e.to_string())
        });
        match stored {
            Ok(stored) => {
                self.set_last(id);
                Awaited::StoredReport(stored)
            }
            Err(error) => {
                self.diagnostics.note(error);
                Awaited::Failed
            }
        }
    }

    pub(super) fn sync_awaiting(&self, stored: &StoredReport) {
        let Some(spool) = &self.store.spool else { return };
        spool.sync(stored);
        self.make_room(spool);
        // A no that came between the look and the file has deleted everything but this.
        if self.policy.admission.decide().1.rule == Rule::StoredDenial {
            spool.remove(&stored.name);
        }
    }

    fn event_if_agreed(&self, mut event: Event) -> Event {
        let agreed = self.policy.admission.agreed(self.policy.admission.decide().1);
        self.policy.admission.note_surroundings(&mut event, &agreed);
        // What was lost is told by a report that leaves for certain, and the address is added when it does.
        event.losses = Losses::default();
        event
    }

    /// The user looked at a report that waits for their answer, and says yes to it. False when none of that id does.
    pub(crate) fn agree_to(&self, id: ReportId) -> bool {
        let Some(spool) = &self.store.spool else { return false };
        let awaiting = |name: &&StoredName| name.id == id && name.clearance == Clearance::AwaitingConsent;
        let names = spool.list();
        let resolved = names.iter().find(awaiting).and_then(|name| match name.state {
            ReportState::Ready | ReportState::Fatal => Some(name.clone()),
            ReportState::Unresolved if spool.is_process_alive(name) => None,
            ReportState::Unresolved => spool.resolve(name, ReportState::Fatal),
        });
        resolved.is_some_and(|name| spool.agree(&self.complete_waiting(spool, name)).is_some())
    }

    fn set_last(&self, id: ReportId) {
        *self.policy.awaiting_consent.last.lock() = Some(id);
    }

    /// The user's no: closes admission for this process, stores it, and deletes what waits. Each is done whether or
    /// not the others can be.
    pub(crate) fn refuse(&self) -> (Result<Written, ActionError>, Result<(), SpoolError>) {
        self.policy.admission.close();
        let stored = consent::disable(self.policy.admission.store(), &*self.clock);
        (stored, self.store.spool.as_ref().map_or(Ok(0), Spool::purge).map(drop))
    }

    /// What a report that waits would look like on its way.
    pub(crate) fn render_waiting(&self, name: &StoredName) -> Option<Payload> {
        let report = self.waiting_report(name)?;
        self.sender.render(&report)
    }

    fn waiting_report(&self, name: &StoredName) -> Option<Report> {
        let (stored, decision) = self.policy.admission.decide();
        let decision = match name.clearance {
            Clearance::Rules => decision,
            // As if the user had agreed: that is what they are shown.
            Clearance::AwaitingConsent | Clearance::Agreed => self.policy.admission.agreed(decision),
        };
        self.revalidate(self.store.spool.as_ref()?, name, &stored, &decision).ok()
    }
}

/// What tells errors apart before the names of their functions are known: types and the places on the stack.
fn signature(captured: &Captured) -> u64 {
    let mut hasher = DefaultHasher::new();
    for exception in &captured.event.exceptions {
        (&exception.type_name, &exception.captured_at).hash(&mut hasher);
    }
    captured.stack.addresses().hash(&mut hasher);
    hasher.finish()
}

/// Asks the user about a report that waits: `about`, or the last that ended a process, or the last. `None` when they
/// were not asked.
pub(crate) fn ask(
    pipeline: &Pipeline,
    queue: &CaptureQueue,
    occasion: Occasion,
    about: Option<ReportId>,
) -> Option<Choice> {
    let spool = pipeline.store.spool.as_ref()?;
    if pipeline.shows_only() || !pipeline.policy.awaiting_consent.can_ask() {
        return None;
    }
    let config = pipeline.policy.admission.store().folder();
    let lock = PromptLock::take(pipeline.policy.admission.env(), config, LOCK)?;
    // Read under the lock: whoever held it before may have got an answer.
    let (stored, decision) = pipeline.policy.admission.decide();
    if decision.rule == Rule::StoredDenial && spool.purge().is_err() {
        pipeline.diagnostics.note("reports that wait could not be deleted".to_owned());
    }
    if decision.rule != Rule::TerminalUnanswered || decision.shows_only {
        return None;
    }
    pipeline.make_room(spool);
    let waiting = waiting(pipeline, spool, about);
    let (first, report, _) = waiting.first()?;
    if ASKED.swap(true, Ordering::Relaxed) {
        return None;
    }
    let names: Vec<&StoredName> = waiting.iter().map(|(name, ..)| name).collect();
    let (payloads, wire) = for_people(&waiting);
    let question = Question {
        app: pipeline.policy.admission.app(),
        occasion,
        policy_outdated: decision.policy_outdated,
        wants_email: pipeline
            .policy
            .admission
            .agreed(decision)
            .email(pipeline.policy.admission.env(), &stored)
            .is_none(),
        offer: pipeline.policy.admission.offer(),
        wire,
        reports: &payloads,
        about: Some(report),
    };
    let answer = catch_unwind(AssertUnwindSafe(|| pipeline.policy.awaiting_consent.prompt.ask(&question)));
    let answer = answer.unwrap_or_else(|_| Choice::Unanswered.into());
    carry_out(pipeline, spool, &answer, first, &names);
    drop(lock);
    match answer.choice {
        Choice::Once | Choice::Always => queue.wake(),
        Choice::Never | Choice::NotNow | Choice::Unanswered => {}
    }
    Some(answer.choice)
}

/// What can be shown, the one that is asked about first.
fn waiting(
    pipeline: &Pipeline,
    spool: &Spool,
    about: Option<ReportId>,
) -> Vec<(StoredName, Report, Payload)> {
    let mut names: Vec<StoredName> = spool
        .list()
        .into_iter()
        .filter(|name| name.clearance == Clearance::AwaitingConsent && !spool.is_process_alive(name))
        .filter_map(|name| match name.state {
            ReportState::Ready | ReportState::Fatal => Some(name),
            // Its process is gone, and nobody has resolved it.
            ReportState::Unresolved => spool.resolve(&name, ReportState::Fatal),
        })
        .collect();
    names.reverse();
    names.sort_by_key(|name| (about != Some(name.id), name.state != ReportState::Fatal));
    let complete = names.into_iter().map(|name| pipeline.complete_waiting(spool, name));
    let rendered = complete.filter_map(|name| {
        let report = pipeline.waiting_report(&name)?;
        let payload = pipeline.sender.render(&report)?;
        Some((name, report, payload))
    });
    rendered.collect()
}

/// What the user is shown: the bytes that leave, or the same fields as JSON and the form in which they leave.
fn for_people(waiting: &[(StoredName, Report, Payload)]) -> (Vec<Payload>, Option<&'static str>) {
    let sent = waiting.iter().map(|(_, _, payload)| payload);
    match sent.clone().find(|payload| !payload.is_readable()) {
        None => (sent.cloned().collect(), None),
        Some(payload) => {
            let written = waiting.iter().filter_map(|(_, report, _)| serde_json::to_vec_pretty(report).ok());
            (written.map(|bytes| Payload::new("application/json", bytes)).collect(), Some(payload.media_type))
        }
    }
}

fn carry_out(pipeline: &Pipeline, spool: &Spool, answer: &Answer, first: &StoredName, all: &[&StoredName]) {
    let email = answer.email.as_deref().filter(|email| consent::check_email(email).is_ok());
    let note = |failed: Option<String>| failed.into_iter().for_each(|error| pipeline.diagnostics.note(error));
    match answer.choice {
        Choice::Once => pipeline.agree_once(spool, first, email),
        Choice::Always => {
            let admission = &pipeline.policy.admission;
            let stored =
                consent::enable(admission.store(), &*pipeline.clock, email, false, admission.offer());
            note(stored.err().map(|error| error.to_string()));
            pipeline.policy.admission.reopen();
            for name in all {
                spool.agree(name);
            }
        }
        Choice::Never => {
            let (stored, deleted) = pipeline.refuse();
            // The last is shown: that the no was not stored is the worse.
            note(deleted.err().map(|error| error.to_string()));
            note(stored.err().map(|error| error.to_string()));
        }
        Choice::NotNow => {
            spool.remove(first);
            // What else this run captures is not kept to be asked about either.
            pipeline.policy.awaiting_consent.limits.decline();
        }
        Choice::Unanswered => {}
    }
}
