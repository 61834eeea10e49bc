//! What follows when a report left, or was lost: a yes to one report is spent, and losses are counted.

use crawl4ai_telemetry_core::{Loss, Report};

use super::super::commands::UnstoredReport;
use super::super::upload_loop::AfterDelivery;
use super::ReportDelivery;
use crate::consent::Decision;

impl ReportDelivery {
    /// Spends a yes to one report, because a provider took a report. Other reports that were captured under this yes
    /// are deleted, because nobody agreed to them.
    pub(super) fn spend(&self, decision: &Decision) -> AfterDelivery {
        if !decision.once {
            return AfterDelivery::Go;
        }
        self.pipeline.policy.spend_once();
        self.pipeline.store.delete_unasked();
        self.memory.lock().clear();
        AfterDelivery::Stop
    }

    /// Counts the reports in memory, because they end with the process. They, and what was lost in its last delivery, are
    /// told by a report of the next run.
    pub(super) fn count_what_ends(&self) {
        let left: Vec<UnstoredReport> = self.memory.lock().drain(..).collect();
        let refusals = self.pipeline.policy.admission.refusals();
        // What the user refused is no loss.
        for unstored in left.into_iter().filter(|unstored| unstored.refusals == refusals) {
            self.lose(Loss::SpoolUnwritable, &unstored.report);
        }
        self.pipeline.leave_unreported();
    }

    /// Counts a report that is lost. The losses that it would have told are left to the next report.
    pub(super) fn lose(&self, reason: Loss, report: &Report) {
        self.pipeline.diagnostics.lost(reason, 1);
        self.pipeline.diagnostics.restore_unreported(report.losses());
    }
}
