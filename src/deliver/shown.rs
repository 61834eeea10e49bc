//! Waiting reports, as the user is shown them.

use crawl4ai_telemetry_core::{Payload, Report};

use super::Pipeline;
use crate::store::spool::{Clearance, StoredName};

impl Pipeline {
    /// A report that waits, as it would leave, and its bytes.
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
            // The user is shown the report as it would leave if they agreed.
            Clearance::AwaitingConsent | Clearance::Agreed => decision.agreed(),
        };
        self.revalidate(self.store.spool.as_ref()?, name, &stored, &decision).ok()
    }
}
