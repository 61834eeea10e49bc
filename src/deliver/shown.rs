//! What waits, as the user is shown it, and the page that shows it.

use crawl4ai_telemetry_core::{Payload, Report};

use super::Pipeline;
use crate::store::spool::{Clearance, StoredName};

impl Pipeline {
    /// A report that waits, as it would leave, and the bytes of it.
    pub(crate) fn render_waiting(&self, name: &StoredName) -> Option<(Report, Payload)> {
        let report = self.waiting_report(name)?;
        let payload = self.sender.render(&report)?;
        Some((report, payload))
    }

    /// A report that waits, as it would leave.
    pub(super) fn waiting_report(&self, name: &StoredName) -> Option<Report> {
        let (stored, decision) = self.policy.admission.decide();
        let decision = match name.clearance {
            Clearance::Rules => decision,
            // As if the user had agreed: that is what they are shown.
            Clearance::AwaitingConsent | Clearance::Agreed => decision.agreed(),
        };
        self.revalidate(self.store.spool.as_ref()?, name, &stored, &decision).ok()
    }
}
