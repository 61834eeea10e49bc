//! Reports that wait for the user's answer, held in the spool until the user is asked about them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{Event, Loss, Privacy, ReportId};

use super::Pipeline;
use super::awaiting_limits::AwaitingAdmission;
use crate::capture::Captured;
use crate::consent::config::Written;
use crate::consent::{self, ActionError, Rule};
use crate::store::spool::{Clearance, ReportState, Spool, SpoolError, StoredName, StoredReport};

/// The outcome of storing a report that is to wait for the user's answer.
pub(super) enum Awaited {
    StoredReport(StoredReport),
    /// A report of the same bug waits already.
    Known,
    /// The report could not be stored.
    Failed,
}

impl Pipeline {
    /// May a report that `rule` forbids wait for the user's answer? Lock-free, so that the panic hook may ask.
    pub(crate) fn may_await_consent(&self, rule: Rule) -> bool {
        rule == Rule::TerminalUnanswered
            && self.store.spool.is_some()
            && !self.policy.shows_only()
            && !self.policy.awaiting_consent.limits.is_declined()
    }

    /// May one more error wait for an answer? If not, it is counted as lost. A repeat of an error is answered with the
    /// id of that error's first report.
    pub(crate) fn admit_awaiting(&self, captured: &Captured) -> AwaitingAdmission {
        self.policy.admit_awaiting(signature(captured), captured.event.id)
    }

    /// Stores a capture that waits for the user's answer. If the user said yes before the capture was made, it is
    /// returned, so that it is stored the usual way.
    pub(crate) fn hold(&self, mut captured: Captured) -> Option<Captured> {
        let (stored, decision) = self.policy.admission.decide();
        if decision.allowed {
            let before = stored.settings.decided_at.is_some_and(|at| at <= captured.event.time);
            return before.then_some(captured);
        }
        if decision.rule == Rule::TerminalUnanswered && !decision.shows_only {
            // Panics are caught, because the program's own detectors run in here.
            let held = catch_unwind(AssertUnwindSafe(|| {
                captured.event = self.policy.event_if_agreed(captured.event);
                self.hold_partly_first(captured)
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

    /// Stores a capture with addresses only at first, and then with function names and narrowed texts, if there is
    /// time.
    fn hold_partly_first(&self, captured: Captured) -> Awaited {
        let (id, level) = (captured.event.id, self.policy.admission.privacy_if_agreed());
        let partial = self.store_partial(&captured, level, Clearance::AwaitingConsent);
        let complete = if self.cleaning.symbolication.is_over() && partial.is_some() {
            Awaited::Failed
        } else {
            let event = self.cleaning.symbolication.resolve(captured, self.words_reader());
            let is_late = self.cleaning.symbolication.is_over() && partial.is_some();
            if is_late { Awaited::Failed } else { self.put_awaiting(event, ReportState::Ready) }
        };
        match (complete, partial) {
            (Awaited::Failed, Some(partial)) => partial.keep().map_or(Awaited::Failed, |stored| {
                self.policy.awaiting_consent.set_last(id);
                Awaited::StoredReport(stored)
            }),
            (complete, _) => complete,
        }
    }

    /// Stores the report that would be sent if the user agreed, unless a report of the same bug waits already.
    pub(super) fn put_awaiting(&self, event: Event, state: ReportState) -> Awaited {
        let Some(spool) = &self.store.spool else { return Awaited::Failed };
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
                    self.policy.awaiting_consent.set_last(known.id);
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
                self.policy.awaiting_consent.set_last(id);
                Awaited::StoredReport(stored)
            }
            Err(error) => {
                self.diagnostics.note(error);
                Awaited::Failed
            }
        }
    }

    /// The bytes of a report whose texts are narrowed later, before it is shown, because the program ends and there is
    /// no time to read its words. `None` if the texts can be narrowed now, or the report needs no words.
    fn awaiting_to_narrow(&self, event: &Event) -> Option<Vec<u8>> {
        let asks_for_words = self.policy.admission.privacy_if_agreed() == Privacy::OwnWords;
        if !(asks_for_words && self.cleaning.symbolication.is_over()) {
            return None;
        }
        self.sanitizer().stored_to_narrow(self.policy.admission.app(), event.clone())
    }

    pub(super) fn sync_awaiting(&self, stored: &StoredReport) {
        let Some(spool) = &self.store.spool else { return };
        spool.sync(stored);
        self.make_room(spool);
        // If the user said no after the decision was read and before the file existed, that deleted all reports except
        // this one.
        if self.policy.admission.decide().1.rule.leaves_nothing_behind() {
            spool.remove(&stored.name);
        }
    }

    /// Carries out the user's yes to a report that they looked at and that waits for their answer. False when no report
    /// with this id waits, or when the yes could not be kept.
    pub(crate) fn agree_to(&self, id: ReportId) -> bool {
        let Some(spool) = &self.store.spool else { return false };
        let awaiting = |name: &&StoredName| name.id == id && name.clearance == Clearance::AwaitingConsent;
        let names = spool.list();
        let settled = names.iter().find(awaiting).and_then(|name| spool.settled(name));
        settled.is_some_and(|name| {
            let name = self.complete_waiting(spool, name);
            if self.sender.by_hand {
                return self.policy.agree_by_hand_at_terminal(name.id);
            }
            self.agree_once(spool, &name, None)
        })
    }

    /// Carries out the user's no: closes admission for this process, stores the no, and deletes what waits. Each step
    /// is taken even if another fails.
    pub(crate) fn refuse(&self) -> (Result<Written, ActionError>, Result<(), SpoolError>) {
        self.policy.admission.close();
        let stored = consent::disable(self.policy.admission.store(), &*self.clock);
        let deleted = self.store.spool.as_ref().map_or(Ok(0), Spool::purge).map(drop);
        (stored, deleted.and(self.store.delete_page()))
    }
}

/// A hash that tells errors apart before the names of their functions are known. It covers types, the lines of code
/// that handed the errors over, the addresses on the stack, and frames that came from another language.
fn signature(captured: &Captured) -> u64 {
    let mut hasher = DefaultHasher::new();
    for exception in &captured.event.exceptions {
        (&exception.type_name, &exception.captured_at).hash(&mut hasher);
        // These frames came from another language.
        for frame in &exception.frames {
            (&frame.module, &frame.function, frame.line).hash(&mut hasher);
        }
    }
    captured.stack.addresses().hash(&mut hasher);
    hasher.finish()
}
