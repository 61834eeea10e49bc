//! What was delivered leaves the spool, and leaves this machine once, also when its file cannot be deleted.

use crawl4ai_telemetry_core::ReportId;

use super::Pipeline;
use crate::store::spool::{Spool, StoredName};

/// Reports that were delivered and are still there, because their files cannot be deleted.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    undeletable: Vec<ReportId>,
}

impl Delivered {
    /// Has it left before, from this process or from one that could not delete it?
    pub(super) fn has(&self, pipeline: &Pipeline, name: &StoredName) -> bool {
        let remembered = || pipeline.store.sent_log.as_ref().is_some_and(|sent| sent.has(name.id));
        self.undeletable.contains(&name.id) || remembered()
    }

    /// Deletes what was delivered or refused. What cannot be deleted is not sent again.
    pub(super) fn remove(&mut self, pipeline: &Pipeline, spool: &Spool, name: &StoredName) {
        if spool.remove(name) {
            return;
        }
        let note = format!("spool: the report {} was delivered and cannot be deleted", name.id);
        pipeline.diagnostics.note(note);
        if !self.undeletable.contains(&name.id) {
            self.undeletable.push(name.id);
        }
    }
}
