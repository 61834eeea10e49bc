//! What was delivered leaves the spool, and leaves this machine once, also when its file cannot be deleted.

use crawl4ai_telemetry_core::ReportId;

use crate::store::disk::Store;
use crate::store::spool::{Spool, StoredName};

/// Reports that were delivered and are still there, because their files cannot be deleted.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// By this process.
    undeletable: Vec<ReportId>,
    /// By whichever process, before this round.
    remembered: Vec<ReportId>,
}

impl Delivered {
    /// To be called under the sender's lock, before a round: reads what is remembered of earlier deliveries.
    ///
    /// Not in the middle of one: a file that was tampered with may hold the id of another report, which has yet to leave.
    pub(super) fn begin_round(&mut self, store: &Store) {
        self.remembered = store.sent_log.as_ref().map(|sent| sent.remembered()).unwrap_or_default();
    }

    /// Has it left before?
    pub(super) fn has(&self, name: &StoredName) -> bool {
        self.undeletable.contains(&name.id) || self.remembered.contains(&name.id)
    }

    /// Deletes what was delivered or refused. What cannot be deleted is not sent again.
    pub(super) fn remove(&mut self, store: &Store, spool: &Spool, name: &StoredName) {
        if spool.remove(name) {
            return;
        }
        // Said once: each later round would hide what else went wrong.
        if !self.undeletable.contains(&name.id) {
            let note = format!("spool: the report {} is done with and cannot be deleted", name.id);
            store.diagnostics.note(note);
            self.undeletable.push(name.id);
        }
    }
}
