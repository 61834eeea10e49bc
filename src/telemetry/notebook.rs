//! A notebook whose user has not decided: asked once where the kernel passes questions on, else shown the choices.

use std::io::Write;
use std::sync::atomic::Ordering;

use super::{ChoiceStoreError, Telemetry};
use crate::consent::{self, Choice, Notice, kernel};

impl Telemetry {
    /// Tells once how to decide. Never in the panic hook, which prints nothing.
    ///
    /// The report at hand is not sent, whatever the answer: nobody has seen it. The answer is for those to come.
    pub(super) fn tell_notebook(&self) {
        let desk = &self.inner.desk;
        if !self.is_installed() || desk.told.swap(true, Ordering::Relaxed) {
            return;
        }
        if kernel::is_ready(desk.gate.env())
            && let Some(answer) = self.carry_out(kernel::ask(desk.gate.app()))
        {
            let said = answer.map_or_else(|error| error.to_string(), str::to_owned);
            let _ = writeln!(std::io::stderr().lock(), "{}: {said}", desk.gate.app().name());
            return;
        }
        let environment = desk.gate.surroundings().environment;
        // A stream that is closed has nobody behind it.
        match consent::notice(desk.gate.app(), desk.gate.env(), environment, desk.code_path) {
            Notice::Panel(panel) => {
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(panel.as_bytes()).and_then(|()| out.flush());
            }
            Notice::Text(text) => {
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
            }
        }
    }

    fn carry_out(&self, choice: Choice) -> Option<Result<&'static str, ChoiceStoreError>> {
        match choice {
            Choice::Once => Some(self.enable_once().map(|()| "the next report is sent, and no other")),
            Choice::Always => Some(self.enable().map(|()| "crash reports are sent from now on")),
            Choice::Never => Some(self.disable().map(|()| "nothing is sent")),
            Choice::NotNow | Choice::Unanswered => None,
        }
    }
}
