//! What decides about a span, when it is recorded and when it is sent: made once, shared by all threads.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crawl4ai_telemetry_core::usage::Common;
use once_cell::race::OnceBox;

use super::ProgramRun;
use super::settings::Declared;
use crate::consent::{CachedAnswer, UsageDecision, UsageRule, decide_usage};
use crate::deliver::{Pipeline, Sender};
use crate::diagnostics::Diagnostics;

/// What the program's threads and the one that sends share.
pub(super) struct RecorderShared {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) sender: Arc<Sender>,
    pub(super) on_by_default: bool,
    /// Losses of spans, apart from those of reports.
    pub(super) diagnostics: Diagnostics,
    /// Has the notice been shown in this process, and the one about what is shared?
    pub(super) notice_shown: AtomicBool,
    pub(super) sharing_notice_shown: AtomicBool,
    /// What was decided last.
    pub(super) answer: CachedAnswer,
    /// What the program declares of its spans.
    pub(super) declared: Declared,
    pub(super) common: OnceBox<Common>,
}

impl RecorderShared {
    /// May spans leave now? Everything is read again: the variables, too.
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

    /// How often somebody has said no: what was recorded before the last time is not sent, whatever they say later.
    pub(super) fn refusals(&self) -> u64 {
        self.answer.refusals()
    }

    /// What is known of this run of the program.
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

    /// Whose spans they are, and what each of them carries. Runs code of the program the first time.
    pub(super) fn common(&self) -> &Common {
        self.common.get_or_init(|| {
            let name = self.pipeline.policy.admission.app().name();
            Box::new(self.declared.common(name, &self.run()))
        })
    }
}
