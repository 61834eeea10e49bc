//! Reports that wait for the user's answer: held in the spool, asked about once, then set free or deleted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crawl4ai_telemetry_core::{Event, Loss, Losses, Payload, Report, ReportId};

use super::{Desk, Worker};
use crate::capture::Captured;
use crate::consent::{
    self, ActionError, Answer, Choice, ConsentPrompt, Occasion, PromptLock, Question, Rule,
};
use crate::spool::{Clearance, Name, Spool, SpoolError, State, Stored};

/// So many reports one process may hold: as many as the spool keeps of them.
const HELD: usize = 10;

/// Has this process asked? Nobody is asked twice, whatever instances a program makes.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Who asks, and what this process holds.
pub(crate) struct Pending {
    prompt: Arc<dyn ConsentPrompt>,
    held: AtomicUsize,
    last: Mutex<Option<ReportId>>,
}

impl Pending {
    pub(crate) fn new(prompt: Arc<dyn ConsentPrompt>) -> Self {
        Self { prompt, held: AtomicUsize::new(0), last: Mutex::new(None) }
    }

    /// The last report of this process that waits.
    pub(crate) fn last(&self) -> Option<ReportId> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Can the user be asked on this thread, now? Only on the main one: where others wait for an answer, nobody
    /// knows why the program stands still.
    pub(crate) fn can_ask(&self) -> bool {
        !ASKED.load(Ordering::Relaxed)
            && thread::current().name() == Some("main")
            && catch_unwind(AssertUnwindSafe(|| self.prompt.is_ready())).unwrap_or(false)
    }
}

/// What became of a report that is to wait for the user's answer.
pub(super) enum Held {
    Stored(Stored),
    /// One of the same bug waits already.
    Known,
    /// It could not be stored.
    Failed,
}

impl Desk {
    /// May a report that `rule` forbids wait for the user's answer? Lock-free, so that the panic hook may ask.
    pub(crate) fn may_hold(&self, rule: Rule) -> bool {
        rule == Rule::TerminalUnanswered
            && self.spool.is_some()
            && !self.shows_only()
            && self.pending.held.load(Ordering::Relaxed) < HELD
    }

    /// Counts one that is held. False when there are enough: then it is counted as lost.
    pub(crate) fn hold_one(&self) -> bool {
        let held = self.pending.held.fetch_add(1, Ordering::Relaxed) < HELD;
        if !held {
            self.log.lost(Loss::RateLimited, 1);
        }
        held
    }

    /// Stores a capture that waits for the user's answer. Gives it back when they have said yes before it was
    /// captured: then it goes the usual way.
    pub(crate) fn hold(&self, captured: Captured) -> Option<Captured> {
        let (stored, decision) = self.gate.decide();
        if decision.allowed {
            let before = stored.settings.decided_at.is_some_and(|at| at <= captured.event.time);
            return before.then_some(captured);
        }
        if decision.rule == Rule::TerminalUnanswered && !decision.shows_only {
            // The program's own detectors run in here.
            let held = catch_unwind(AssertUnwindSafe(|| {
                self.put_pending(self.haste.resolve(captured), State::Ready)
            }));
            match held {
                Ok(Held::Stored(stored)) => self.sync_pending(&stored),
                Ok(Held::Known) => {}
                Ok(Held::Failed) => self.log.lost(Loss::SpoolUnwritable, 1),
                Err(_) => self.log.lost(Loss::Internal, 1),
            }
        }
        None
    }

    /// Makes the report as it would be sent if the user agreed, and stores it; not one more of a bug that waits.
    pub(super) fn put_pending(&self, event: Event, state: State) -> Held {
        let Some(spool) = &self.spool else { return Held::Failed };
        let report = self.report_if_agreed(event);
        let known = |name: &Name| {
            name.clearance == Clearance::Awaited && name.fingerprint == Some(report.fingerprint())
        };
        if let Some(known) = spool.list().iter().find(|name| known(name)) {
            self.set_last(known.id);
            return Held::Known;
        }
        let key = (report.id(), report.time(), Some(report.fingerprint()));
        let stored = serde_json::to_vec(&report).map_err(|error| error.to_string()).and_then(|bytes| {
            spool.put_for(key, state, Clearance::Awaited, &bytes).map_err(|e| e.to_string())
        });
        match stored {
            Ok(stored) => {
                self.set_last(report.id());
                Held::Stored(stored)
            }
            Err(error) => {
                self.log.note(error);
                Held::Failed
            }
        }
    }

    pub(super) fn sync_pending(&self, stored: &Stored) {
        let Some(spool) = &self.spool else { return };
        spool.sync(stored);
        self.make_room(spool);
        // A no that came between the look and the file has deleted everything but this.
        if self.gate.decide().1.rule == Rule::StoredDenial {
            spool.remove(&stored.name);
        }
    }

    fn report_if_agreed(&self, mut event: Event) -> Report {
        event.environment = self.gate.surroundings().environment;
        // What was lost is told by a report that leaves for certain, and the address is added when it does.
        event.losses = Losses::default();
        self.sanitizer().report(self.gate.app(), event, self.gate.privacy_if_agreed())
    }

    /// The user looked at a report that waits for their answer, and says yes to it. False when none of that id does.
    pub(crate) fn agree_to(&self, id: ReportId) -> bool {
        let Some(spool) = &self.spool else { return false };
        let awaited = |name: &&Name| name.id == id && name.clearance == Clearance::Awaited;
        let names = spool.list();
        let settled = names.iter().find(awaited).and_then(|name| match name.state {
            State::Ready | State::Fatal => Some(name.clone()),
            State::Unsettled if spool.is_held(name) => None,
            State::Unsettled => spool.settle(name, State::Fatal),
        });
        settled.is_some_and(|name| spool.agree(&name).is_some())
    }

    fn set_last(&self, id: ReportId) {
        *self.pending.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    }

    /// The user's no: closes the gate for this process, stores it, and deletes what waits. Each is done whether or
    /// not the others can be.
    pub(crate) fn refuse(&self) -> (Result<(), ActionError>, Result<(), SpoolError>) {
        self.gate.close();
        let stored = consent::disable(self.gate.store(), &*self.clock).map(drop);
        (stored, self.spool.as_ref().map_or(Ok(0), Spool::purge).map(drop))
    }

    /// What a report that waits would look like on its way.
    pub(crate) fn render_waiting(&self, name: &Name) -> Option<Payload> {
        let report = self.waiting_report(name)?;
        catch_unwind(AssertUnwindSafe(|| self.provider.render(&report))).ok()?.ok()
    }

    /// The same for a person, where what is sent is no text: its fields as JSON.
    fn write_waiting(&self, name: &Name) -> Option<Payload> {
        let bytes = serde_json::to_vec_pretty(&self.waiting_report(name)?).ok()?;
        Some(Payload::new("application/json", bytes))
    }

    fn waiting_report(&self, name: &Name) -> Option<Report> {
        let (stored, decision) = self.gate.decide();
        let decision = match name.clearance {
            Clearance::Rules => decision,
            // As if the user had agreed: that is what they are shown.
            Clearance::Awaited | Clearance::Agreed => self.gate.agreed(decision),
        };
        self.restore(self.spool.as_ref()?, name, &stored, &decision).ok()
    }
}

/// Asks the user about a report that waits: `about`, or the last that ended a process, or the last. `None` when they
/// were not asked.
pub(crate) fn ask(
    desk: &Desk,
    worker: &Worker,
    occasion: Occasion,
    about: Option<ReportId>,
) -> Option<Choice> {
    let spool = desk.spool.as_ref()?;
    if desk.shows_only() || !desk.pending.can_ask() {
        return None;
    }
    let host = &desk.gate.surroundings().host;
    let lock = PromptLock::take(desk.gate.env(), host.temporary_folder.clone())?;
    // Read under the lock: whoever held it before may have got an answer.
    let (stored, decision) = desk.gate.decide();
    if decision.rule == Rule::StoredDenial && spool.purge().is_err() {
        desk.log.note("reports that wait could not be deleted".to_owned());
    }
    if decision.rule != Rule::TerminalUnanswered || decision.shows_only {
        return None;
    }
    desk.make_room(spool);
    let reports = waiting(desk, spool, about);
    let (first, _) = reports.first()?;
    if ASKED.swap(true, Ordering::Relaxed) {
        return None;
    }
    let names: Vec<&Name> = reports.iter().map(|(name, _)| name).collect();
    let (payloads, wire) = for_people(desk, &reports);
    let destination = desk.destination();
    let question = Question {
        app: desk.gate.app(),
        occasion,
        policy_outdated: decision.policy_outdated,
        wants_email: desk.gate.agreed(decision).email(desk.gate.env(), &stored).is_none(),
        destination: &destination,
        wire,
        reports: &payloads,
    };
    let answer = catch_unwind(AssertUnwindSafe(|| desk.pending.prompt.ask(&question)));
    let answer = answer.unwrap_or_else(|_| Choice::Unanswered.into());
    carry_out(desk, spool, &answer, first, &names);
    drop(lock);
    match answer.choice {
        Choice::Once | Choice::Always => worker.wake(),
        Choice::Never | Choice::NotNow | Choice::Unanswered => {}
    }
    Some(answer.choice)
}

/// What can be shown, the one that is asked about first.
fn waiting(desk: &Desk, spool: &Spool, about: Option<ReportId>) -> Vec<(Name, Payload)> {
    let mut names: Vec<Name> = spool
        .list()
        .into_iter()
        .filter(|name| name.clearance == Clearance::Awaited && !spool.is_held(name))
        .filter_map(|name| match name.state {
            State::Ready | State::Fatal => Some(name),
            // Its process is gone, and nobody has settled it.
            State::Unsettled => spool.settle(&name, State::Fatal),
        })
        .collect();
    names.reverse();
    names.sort_by_key(|name| (about != Some(name.id), name.state != State::Fatal));
    names.into_iter().filter_map(|name| Some((name.clone(), desk.render_waiting(&name)?))).collect()
}

/// What the user is shown: the bytes that leave, or the same fields as JSON and the form in which they leave.
fn for_people(desk: &Desk, reports: &[(Name, Payload)]) -> (Vec<Payload>, Option<&'static str>) {
    let sent = reports.iter().map(|(_, payload)| payload);
    match sent.clone().find(|payload| !payload.is_readable()) {
        None => (sent.cloned().collect(), None),
        Some(payload) => {
            let written = reports.iter().filter_map(|(name, _)| desk.write_waiting(name)).collect();
            (written, Some(payload.media_type))
        }
    }
}

fn carry_out(desk: &Desk, spool: &Spool, answer: &Answer, first: &Name, all: &[&Name]) {
    let email = answer.email.as_deref().filter(|email| consent::check_email(email).is_ok());
    let note = |failed: Option<String>| failed.into_iter().for_each(|error| desk.log.note(error));
    match answer.choice {
        Choice::Once => desk.agree_once(spool, first, email),
        Choice::Always => {
            let stored = consent::enable(desk.gate.store(), &*desk.clock, email, false);
            note(stored.err().map(|error| error.to_string()));
            desk.gate.reopen();
            for name in all {
                spool.agree(name);
            }
        }
        Choice::Never => {
            let (stored, deleted) = desk.refuse();
            note(stored.err().map(|error| error.to_string()));
            note(deleted.err().map(|error| error.to_string()));
        }
        Choice::NotNow => {
            spool.remove(first);
            // What else this run captures is not kept to be asked about either.
            desk.pending.held.store(HELD, Ordering::Relaxed);
        }
        Choice::Unanswered => {}
    }
}
