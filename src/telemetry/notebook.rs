//! Asks the undecided user of a notebook once, if the kernel passes questions on. Otherwise shows the choices.

use std::io::Write;
use std::sync::atomic::Ordering;

use super::{ChoiceStoreError, Telemetry};
use crate::consent::{Choice, KnownEmail, Notebook, Notice, kernel};
use crate::printable;

impl Telemetry {
    /// Asks once, or shows how to decide. This is not called in the panic hook, which prints nothing.
    ///
    /// The report at hand is not sent, whatever the answer, because nobody has seen it. The answer is for later
    /// reports.
    pub(super) fn show_notebook_notice(&self) {
        let pipeline = &self.inner.pipeline;
        if !self.is_installed() || pipeline.policy.notice_shown.swap(true, Ordering::Relaxed) {
            return;
        }
        let admission = &pipeline.policy.admission;
        let (app, (stored, decision)) = (admission.app(), admission.decide());
        let known_email = KnownEmail::of(app, admission.env(), &stored, &decision);
        let notebook = Notebook {
            app,
            env: admission.env(),
            environment: admission.run_environment().environment,
            offer: admission.offer(),
            known_email,
            code: pipeline.policy.code_path,
        };
        if kernel::is_ready(admission.env())
            && let Some(answer) = self
                .carry_out(kernel::ask(app, notebook.offer, &notebook.consent_text()), &notebook.way_out())
        {
            let said = answer.unwrap_or_else(|error| error.to_string());
            printable::say(&format!("{}: {said}\n", app.name()));
            return;
        }
        // Errors are ignored, because nobody reads a closed stream.
        match notebook.notice() {
            Notice::Panel(panel) => {
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(panel.as_bytes()).and_then(|()| out.flush());
            }
            Notice::Text(text) => printable::say(&text),
        }
    }

    fn carry_out(&self, choice: Choice, way_out: &str) -> Option<Result<String, ChoiceStoreError>> {
        let done = self.inner.pipeline.policy.admission.offer().done();
        match choice {
            Choice::Once => {
                Some(self.enable_once().map(|_| format!("the next report is {done}, and no other")))
            }
            Choice::Always => Some(
                self.enable().map(|_| format!("crash reports are {done} from now on; `{way_out}` ends that")),
            ),
            Choice::Never => Some(self.disable().map(|_| format!("nothing is {done}"))),
            Choice::NotNow | Choice::Unanswered | Choice::ByHand => None,
        }
    }
}
