//! The decision about one report, and the reports in memory that it lets leave.

use super::super::upload_loop::{AfterDelivery, Verdict};
use super::{Delivery, ReadyReport, ReportDelivery, WaitingReport};
use crate::consent::Decision;
use crate::consent::config::StoredConfig;
use crate::deliver::commands::UnstoredReport;
use crate::store::spool::{Clearance, StoredName};

impl ReportDelivery {
    pub(super) fn decide_about(&self, name: Option<&StoredName>) -> Verdict<(StoredConfig, Decision)> {
        let (stored, mut decision) = self.pipeline.policy.admission.decide();
        if decision.shows_only {
            return Verdict::Show;
        }
        // A stored report that a person carries is never sent here, so that a yes from an earlier run, or for another
        // provider, opens no page.
        let is_carried = name.is_some() && self.pipeline.sender.by_hand;
        if name.is_some_and(|name| name.clearance == Clearance::Agreed) {
            decision = decision.agreed();
        }
        // Without the sender's lock, another process may send a report under the same yes to one.
        let is_alone = !decision.once || self.pipeline.sender.health.holds();
        if decision.allowed && !is_carried && is_alone && self.pipeline.policy.may_spend(&decision) {
            Verdict::Send((stored, decision))
        } else {
            Verdict::Denied((stored, decision))
        }
    }

    /// Did the user say no after the report was read or made? A later yes is for later reports.
    pub(super) fn was_refused(&self, ready: &ReadyReport) -> bool {
        ready.refusals != self.pipeline.policy.admission.refusals()
    }

    /// Does a report in memory wait for a yes to one report?
    pub(super) fn may_spend_from_memory(&self) -> bool {
        !self.memory.lock().is_empty() && self.pipeline.policy.admission.decide().1.once
    }

    /// The next report in memory. Other processes may deliver meanwhile, unless the yes is for one report.
    pub(super) fn next_unstored(&mut self) -> Option<WaitingReport> {
        let refusals = self.refusals;
        self.memory.lock().retain(|unstored| unstored.refusals == refusals);
        if !self.may_spend_from_memory() {
            self.finish();
        }
        self.memory.lock().pop_front().map(WaitingReport::Unstored)
    }

    pub(super) fn keep_in_memory(&self, unstored: UnstoredReport) -> AfterDelivery {
        self.memory.lock().push_front(unstored);
        AfterDelivery::Stop
    }
}
