//! Takes the reports in the spool, for one delivery.

use std::sync::Arc;

use super::super::turn::Turn;
use super::{BUSY, ReportDelivery};
use crate::store::spool::{Clearance, Spool, StoredName};

impl ReportDelivery {
    /// Takes the lock of the spool's sender and lists the spool.
    pub(super) fn begin_stored(&mut self, spool: &Spool) {
        if spool.is_empty() && !self.may_spend_from_memory() {
            // A run without reports notes too which yes holds.
            self.pipeline.ask_about_earlier_runs(spool);
            return;
        }
        // Old reports are deleted first, so that a process that lives for months sends none that it may no longer keep.
        self.pipeline.make_room(spool);
        let lock = match self.pipeline.store.lock_sender(spool) {
            Ok(lock) => lock,
            Err(error) => {
                self.turn = Turn::after(&error);
                self.look_again = self.pipeline.clock.monotonic().saturating_add(BUSY);
                return;
            }
        };
        self.pipeline.sender.health.hold(lock);
        self.for_elsewhere.clear();
        if !self.pipeline.ask_about_earlier_runs(spool) {
            return;
        }
        self.delivered.begin_round(&self.pipeline.store);
        // Listed again under the lock, because another process may have delivered since.
        self.stored = spool.list().into();
    }

    /// Notes which yes holds, in a run that may end before its first delivery.
    pub(super) fn note_terms(&self) {
        let store = &self.pipeline.store;
        let Some(spool) = &store.spool else { return };
        let lock = store.lock_sender(spool);
        if lock.is_ok() {
            self.pipeline.ask_about_earlier_runs(spool);
        }
    }

    /// The next report of the spool that waits for delivery.
    pub(super) fn next_stored(&mut self) -> Option<StoredName> {
        let pipeline = Arc::clone(&self.pipeline);
        let spool = pipeline.store.spool.as_ref()?;
        // The loop ends when the lock is gone. The lock is released for other processes when the provider does not
        // return in time.
        while pipeline.sender.health.holds() {
            let name = self.stored.pop_front()?;
            let is_waiting = name.clearance == Clearance::AwaitingConsent;
            if is_waiting && !pipeline.is_covered_again(spool, &name) {
                continue;
            }
            let Some(mut name) = spool.settled(&name) else { continue };
            if is_waiting {
                let Some(covered) = spool.leave_to_rules(&name) else { continue };
                name = covered;
            }
            match (pipeline.is_for_this_place(spool, &name), name.clearance) {
                (Some(true), _) => {}
                (Some(false), Clearance::Agreed) => {
                    spool.ask_again(&name);
                    continue;
                }
                // It leaves when reports go there again, or by the user's answer.
                (Some(false), Clearance::Rules | Clearance::AwaitingConsent) => {
                    self.for_elsewhere.push(name.id);
                    continue;
                }
                (None, _) => continue,
            }
            if !self.delivered.has(&name) {
                return Some(name);
            }
            self.delivered.remove(&pipeline.store, spool, &name);
        }
        None
    }
}
