//! Crashes by signal, where the program asks for them.

use crawl4ai_telemetry_native::Handler;

use super::Builder;
use crate::admission::native::NativeCrashes;
use crate::deliver::Pipeline;

impl Builder {
    /// Records crashes by signal too: `SIGSEGV`, `SIGBUS`, `SIGILL`, `SIGFPE`, `SIGABRT` and `SIGTRAP`, by addresses of code
    /// and nothing else. The process ends as it would have; its next start finds the report, names its functions and treats
    /// it like any other. Linux on x86-64 and aarch64; elsewhere `status` says that it is not.
    ///
    /// Only [`install`](Self::install) and [`init`](Self::init) take the signals, and only where the user said yes or may be
    /// asked: with this, and only then, the configuration and the administrator's file are read once when telemetry is set up. What is decided later in the
    /// process holds for the next crash; a yes after a no takes effect at the next start.
    ///
    /// ```no_run
    /// use crawl4ai_telemetry::{App, Telemetry, native};
    ///
    /// let app = App::new("weather", "1.4.0");
    /// let _telemetry = Telemetry::builder(app).file("reports.jsonl").native_crashes(native::handler()).init();
    /// ```
    pub fn native_crashes(mut self, handler: Handler) -> Self {
        self.native = Some(handler);
        self
    }
}

/// Takes the signals. Why not, where that cannot be, is what `status` shows as the last failure.
pub(super) fn install(pipeline: &Pipeline, handler: Handler) {
    let admission = &pipeline.policy.admission;
    let Some(spool) = pipeline.store.spool.as_ref().filter(|_| pipeline.sends()) else { return };
    let installed = admission.follow_with(|environment| {
        let configuration = admission.store().path();
        NativeCrashes::install(
            handler,
            &spool.folder(),
            [configuration.as_deref(), admission.machine().path()],
            admission.app(),
            environment,
        )
    });
    if let Err(error) = installed {
        pipeline.diagnostics.note(error.to_string());
    }
}
