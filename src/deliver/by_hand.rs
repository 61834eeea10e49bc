//! Reports that a person carries: asked about one by one, and handed to them by the process that asked.
//!
//! The yes to one of them stands in memory only. On the disk the report goes on waiting for an answer, so that none
//! opens a page in a later run, or is taken by a server that the person did not choose.

use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, ReportId, SendError};

use super::{Pipeline, ProviderHealth, Sender, sync};
use crate::consent::{Decision, Rule};
use crate::printable;
use crate::store::sent_log::DeliveryOutcome;
use crate::store::spool::{Clearance, Spool, StoredName};

/// How often to look whether it is done.
const POLL: Duration = Duration::from_millis(10);

impl Pipeline {
    /// Where a person carries reports to, if the program offers that.
    pub(crate) fn by_hand(&self) -> Option<&Sender> {
        if self.sender.by_hand { Some(&self.sender) } else { self.beside.as_ref() }
    }

    /// The person said yes to this one: [`hand_over`](Self::hand_over) does what they were told.
    pub(super) fn agree_by_hand(&self, id: ReportId) {
        self.policy.awaiting_consent.by_hand.lock().push(id);
    }

    /// The same for a report that somebody names in a command, on a terminal.
    pub(super) fn agree_by_hand_at_terminal(&self, id: ReportId) -> bool {
        let asks = self.policy.admission.decide().1.rule == Rule::TerminalUnanswered;
        if asks {
            self.agree_by_hand(id);
        }
        asks
    }

    /// Hands over what the person said yes to. On the thread that delivers: a browser takes its time.
    pub(super) fn hand_over(&self) {
        let agreed = self.policy.awaiting_consent.by_hand.lock().clone();
        if agreed.is_empty() {
            return;
        }
        if let (Some(spool), Some(sender)) = (&self.store.spool, self.by_hand())
            && !sender.health.is_halted()
        {
            let waits =
                |name: &StoredName| agreed.contains(&name.id) && name.clearance == Clearance::AwaitingConsent;
            for name in spool.list().into_iter().filter(waits) {
                self.hand_over_one(spool, sender, &name);
            }
        }
        self.policy.awaiting_consent.by_hand.lock().retain(|id| !agreed.contains(id));
    }

    /// Waits until it is done, at most so long: not for a server, which has a time of its own.
    pub(crate) fn await_hand_over(&self, longest: Duration) {
        let until = self.clock.monotonic().saturating_add(longest);
        while !self.policy.awaiting_consent.by_hand.lock().is_empty() && self.clock.monotonic() < until {
            sync::sleep(POLL);
        }
    }

    fn hand_over_one(&self, spool: &Spool, sender: &Sender, name: &StoredName) {
        let (stored, decision) = self.policy.admission.decide();
        let decision = Decision { by_hand: true, ..self.policy.admission.agreed(decision) };
        if decision.shows_only || !decision.allowed {
            return;
        }
        let Some(report) = self.revalidate_or_set_aside(spool, name, &stored, &decision) else { return };
        let health = match sender.call(self.clock.monotonic(), |provider| provider.send_exception(&report)) {
            Ok(()) => {
                self.remember_of(sender, &report, DeliveryOutcome::Delivered);
                spool.remove(name);
                ProviderHealth::Well
            }
            Err(SendError::Rejected { reason, .. }) => {
                self.diagnostics.lost(Loss::Rejected, 1);
                self.remember_of(sender, &report, DeliveryOutcome::Refused);
                spool.remove(name);
                ProviderHealth::Failing(reason)
            }
            // It waits for the next question: later nobody sits there who was asked.
            Err(SendError::Retry { reason, .. } | SendError::Halt { reason, .. }) => {
                self.diagnostics.note(format!("{}: {reason}", sender.name()));
                printable::tell(&format!("Nothing was opened: {reason}. The report still waits.\n"));
                ProviderHealth::Failing(reason)
            }
        };
        // One that panicked is not called again.
        if !sender.health.is_halted() {
            sender.health.set(health);
        }
    }
}
