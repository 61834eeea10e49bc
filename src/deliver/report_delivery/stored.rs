//! Takes the reports in the spool, for one delivery.

use std::sync::Arc;

use super::super::turn::Turn;
use super::{BUSY, ReportDelivery};
use crate::store::spool::{Clearance, Spool, StoredName};

impl ReportDelivery {
    /// Takes the lock of the spool's sender and lists the spool.
    pub(super) fn begin_stored(&mut self, spool: &Spool) {
        if spool.is_empty() {
            // A run without reports notes too which yes holds.
            return self.pipeline.ask_about_earlier_runs(spool);
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
        self.pipeline.ask_about_earlier_runs(spool);
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
            if name.clearance == Clearance::AwaitingConsent {
                continue;
            }
            let Some(name) = spool.settled(&name) else { continue };
            if name.clearance == Clearance::Agreed {
                match pipeline.is_agreed_for_this_place(spool, &name) {
                    Some(true) => {}
                    Some(false) => {
                        spool.ask_again(&name);
                        continue;
                    }
                    None => continue,
                }
            }
            if !self.delivered.has(&name) {
                return Some(name);
            }
            self.delivered.remove(&pipeline.store, spool, &name);
        }
        None
    }
}
