//! The report of an error while its names and words are looked up. It is on the disk already, with addresses only.
//!
//! Nothing is lost if the process ends meanwhile. The next start finds the file, whose lock ended with the process, and
//! delivers the report, with names if this build of the program knows them.

use crawl4ai_telemetry_core::Privacy;

use super::Pipeline;
use crate::capture::{Captured, symbols};
use crate::store::spool::{Clearance, ReportState, Spool, StoredReport};

/// The file of a report that is not complete. Dropping it deletes the file, because a report that fails before it is
/// complete must not leave.
pub(super) struct PartialReport<'a> {
    spool: &'a Spool,
    held: Option<StoredReport>,
}

impl<'a> PartialReport<'a> {
    pub(super) fn holding(spool: &'a Spool, held: StoredReport) -> Self {
        Self { spool, held: Some(held) }
    }

    /// Keeps the report as it is. It waits for delivery from here on.
    pub(super) fn keep(mut self) -> Option<StoredReport> {
        let StoredReport { name, file } = self.held.take()?;
        // If the file cannot be renamed, the next start renames it.
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

    /// Stores a report of a capture with addresses only. The detectors have searched its texts, but the texts are not
    /// narrowed yet. `None` if it cannot be stored, or if it has no form that may be on the disk.
    ///
    /// The report has no fingerprint, because a fingerprint is made of names and narrowed texts. The limits count it
    /// when it is complete.
    pub(super) fn put_without_names(
        &self,
        captured: &Captured,
        level: Privacy,
        state: ReportState,
        clearance: Clearance,
    ) -> Option<StoredReport> {
        let spool = self.store.spool.as_ref()?;
        let event = captured.clone().with(symbols::leave_for_later(&captured.stack));
        let key = (event.id, event.time, None);
        let bytes = self.sanitizer().stored_by_addresses(self.policy.admission.app(), event, level)?;
        let stored = spool.put_for(key, state, clearance, &bytes);
        stored.map_err(|error| self.diagnostics.note(error.to_string())).ok()
    }
}
