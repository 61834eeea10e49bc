//! Reports that were delivered. They are removed from the spool, and sent once even if their files cannot be deleted.

use crawl4ai_telemetry_core::ReportId;

use crate::store::disk::Store;
use crate::store::spool::{Spool, StoredName};

/// Reports that were delivered and may still be in the spool, because their files could not be deleted.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// Delivered by this process.
    undeletable: Vec<ReportId>,
    /// Delivered by any process before this round, as the sent log remembers.
    remembered: Vec<ReportId>,
}

impl Delivered {
    /// Reads from the sent log what was delivered before. To be called under the sender's lock, before a round.
    ///
    /// Not during a round, because a file that was tampered with may hold the id of another report that has yet to
    /// leave.
    pub(super) fn begin_round(&mut self, store: &Store) {
        self.remembered = store.sent_log.as_ref().map(|sent| sent.remembered()).unwrap_or_default();
    }

    /// Was this report delivered before?
    pub(super) fn has(&self, name: &StoredName) -> bool {
        self.undeletable.contains(&name.id) || self.remembered.contains(&name.id)
    }

    /// Deletes a report that was delivered or refused. A report that cannot be deleted is not sent again.
    pub(super) fn remove(&mut self, store: &Store, spool: &Spool, name: &StoredName) {
        if spool.remove(name) {
            return;
        }
        // Noted once, because a note in every round would hide other failures.
        if !self.undeletable.contains(&name.id) {
            let note = format!("spool: the report {} is done with and cannot be deleted", name.id);
            store.diagnostics.note(note);
            self.undeletable.push(name.id);
        }
    }
}
