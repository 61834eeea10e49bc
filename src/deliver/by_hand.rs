//! Reports that a person carries. The person is asked about each of them, and the process that asked hands it over.
//!
//! The yes to such a report is kept in memory only. On the disk the report still waits for an answer, so that no later
//! run opens a page for it, and no server that the person did not choose gets it.

use crawl4ai_telemetry_core::{Loss, SendError};

use super::{Pipeline, ProviderHealth, Sender};
use crate::consent::Decision;
use crate::printable;
use crate::store::sent_log::DeliveryOutcome;
use crate::store::spool::{Clearance, Spool, StoredName};

impl Pipeline {
    /// The sender whose reports a person carries, if the program offers that.
    pub(crate) fn by_hand(&self) -> Option<&Sender> {
        if self.sender.by_hand { Some(&self.sender) } else { self.beside.as_ref() }
    }

    /// Hands over the reports that the person said yes to. Runs on the thread that delivers, because starting a browser
    /// takes time.
    pub(super) fn hand_over(&self) {
        let agreed = self.policy.awaiting_consent.agreed_by_hand();
        if agreed.is_empty() {
            return;
        }
        if let (Some(spool), Some(sender)) = (&self.store.spool, self.by_hand()) {
            let waits =
                |name: &StoredName| agreed.contains(&name.id) && name.clearance == Clearance::AwaitingConsent;
            for name in spool.list().into_iter().filter(waits) {
                // The report before this one may have halted the sender.
                if sender.health.is_halted() {
                    break;
                }
                self.hand_over_one(spool, sender, &name);
            }
        }
        self.policy.awaiting_consent.done_by_hand(&agreed);
    }

    fn hand_over_one(&self, spool: &Spool, sender: &Sender, name: &StoredName) {
        let (stored, decision) = self.policy.admission.decide();
        let decision = Decision { by_hand: true, ..decision.agreed() };
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
            // The report waits for the next question, because the person who was asked may be gone at a later try.
            Err(SendError::Retry { reason, .. }) => {
                self.tell_nothing_opened(sender, &reason);
                ProviderHealth::Failing(reason)
            }
            Err(SendError::Halt { reason, .. }) => {
                self.tell_nothing_opened(sender, &reason);
                ProviderHealth::Halted(reason)
            }
        };
        // A sender that has halted stays halted.
        if !sender.health.is_halted() {
            sender.health.set(health);
        }
    }

    fn tell_nothing_opened(&self, sender: &Sender, reason: &str) {
        self.diagnostics.note(format!("{}: {reason}", sender.name()));
        printable::tell(&format!("Nothing was opened: {reason}. The report still waits.\n"));
    }
}
