//! Reports that were delivered. They are removed from the spool, and sent once even if their files cannot be deleted.

use crawl4ai_telemetry_core::ReportId;

use crate::store::disk::Store;
use crate::store::spool::{Spool, StoredName};

/// Reports that were delivered and may still be in the spool, because their files could not be deleted.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// Reports that this process is done with, but could not delete.
    undeletable: Vec<ReportId>,
    /// Reports that any process delivered before this round. The sent log remembers them.
    remembered: Vec<ReportId>,
}

impl Delivered {
    /// Reads from the sent log which reports were delivered before. It is called under the sender's lock and before a
    /// round.
    ///
    /// It is not called during a round, because a file that was tampered with may hold the id of another report that
    /// has yet to leave.
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
        // The failure is noted once, because a note in every round would hide other failures.
        if !self.undeletable.contains(&name.id) {
            let note = format!("spool: the report {} is done with and cannot be deleted", name.id);
            store.diagnostics.note(note);
            self.undeletable.push(name.id);
        }
    }
}
