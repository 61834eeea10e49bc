//! An error's report while its names and its words are looked for: on the disk already, by its addresses.
//!
//! What ends the process meanwhile loses nothing: the next start finds the file, whose lock died with the process, and
//! delivers it, with names where this build knows them.

use crawl4ai_telemetry_core::Privacy;

use super::Pipeline;
use crate::capture::{Captured, symbols};
use crate::store::spool::{Clearance, ReportState, Spool, StoredReport};

/// The file, which goes with this: what failed on the way to a complete report must not leave.
pub(super) struct PartialReport<'a> {
    spool: &'a Spool,
    held: Option<StoredReport>,
}

impl<'a> PartialReport<'a> {
    pub(super) fn holding(spool: &'a Spool, held: StoredReport) -> Self {
        Self { spool, held: Some(held) }
    }

    /// It is complete as it is: there is no time for more. Waits for delivery from here on.
    pub(super) fn keep(mut self) -> Option<StoredReport> {
        let StoredReport { name, file } = self.held.take()?;
        // Where it cannot be renamed, the next start does it.
        let name = self.spool.resolve(&name, ReportState::Ready).unwrap_or(name);
        let kept = StoredReport { name, file };
        self.spool.sync(&kept);
        Some(kept)
    }
}

impl Drop for PartialReport<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            self.spool.remove(&held.name);
        }
    }
}

impl Pipeline {
    /// Stores the report of an error before anything is looked up.
    pub(super) fn store_partial(
        &self,
        captured: &Captured,
        level: Privacy,
        clearance: Clearance,
    ) -> Option<PartialReport<'_>> {
        let held = self.put_without_names(captured, level, ReportState::Partial, clearance)?;
        Some(PartialReport::holding(self.store.spool.as_ref()?, held))
    }

    /// Stores a report of a capture by its addresses, with its texts searched. `None` where it cannot be stored, or not in a form
    /// that may lie there.
    ///
    /// It has no fingerprint, which is made of names and narrowed texts: the limits count it when it is complete.
    pub(super) fn put_without_names(
        &self,
        captured: &Captured,
        level: Privacy,
        state: ReportState,
        clearance: Clearance,
    ) -> Option<StoredReport> {
        let spool = self.store.spool.as_ref()?;
        let event = captured.clone().with(symbols::leave(&captured.stack));
        let key = (event.id, event.time, None);
        let bytes = self.sanitizer().stored_by_addresses(self.policy.admission.app(), event, level)?;
        let stored = spool.put_for(key, state, clearance, &bytes);
        stored.map_err(|error| self.diagnostics.note(error.to_string())).ok()
    }
}
