//! The state that decides about spans when they are recorded and when they are sent. All threads share it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crawl4ai_telemetry_core::usage::Common;
use once_cell::race::OnceBox;

use super::ProgramRun;
use super::settings::Declared;
use crate::consent::{CachedAnswer, UsageDecision, UsageRule, decide_usage};
use crate::deliver::{Pipeline, Sender};
use crate::diagnostics::Diagnostics;

/// The state that the program's threads and the thread that sends share.
pub(super) struct RecorderShared {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) sender: Arc<Sender>,
    pub(super) on_by_default: bool,
    /// Losses of spans, apart from those of reports.
    pub(super) diagnostics: Diagnostics,
    /// Has the notice been shown in this process? The next field tells it of the notice about shared texts.
    pub(super) notice_shown: AtomicBool,
    pub(super) sharing_notice_shown: AtomicBool,
    /// The last decision.
    pub(super) answer: CachedAnswer,
    /// The program's declarations about its spans.
    pub(super) declared: Declared,
    pub(super) common: OnceBox<Common>,
}

impl RecorderShared {
    /// May spans leave now? Reads both files again, and takes the variables as they were last read.
    pub(super) fn decide(&self) -> UsageDecision {
        let admission = &self.pipeline.policy.admission;
        let (stored, machine) = (admission.store().read(), admission.machine().policy());
        let decision = decide_usage(admission.variables(), &stored, machine, self.on_by_default);
        if self.answer.is_closed() {
            return UsageDecision {
                allowed: false,
                rule: UsageRule::StoredDenial,
                opt_out_notice: false,
                ..decision
            };
        }
        UsageDecision { shows_only: decision.shows_only || self.pipeline.policy.shows_only(), ..decision }
    }

    /// The count of refusals. Spans recorded before the last refusal are not sent, whatever the user says later.
    pub(super) fn refusals(&self) -> u64 {
        self.answer.refusals()
    }

    /// Facts about this run of the program.
    pub(super) fn run(&self) -> ProgramRun<'_> {
        let admission = &self.pipeline.policy.admission;
        let around = admission.run_environment();
        ProgramRun {
            version: admission.app().version(),
            env: admission.env(),
            environment: around.environment,
            is_container: around.host.container,
        }
    }

    /// The names and attributes that each span carries. The first call runs code of the program.
    pub(super) fn common(&self) -> &Common {
        self.common.get_or_init(|| {
            let name = self.pipeline.policy.admission.app().name();
            Box::new(self.declared.common(name, &self.run()))
        })
    }
}
