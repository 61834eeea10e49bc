//! Records crashes by signal, if the program asks for that.

use crawl4ai_telemetry_native::Handler;

use super::Builder;
use crate::admission::native::NativeCrashes;
use crate::deliver::Pipeline;

impl Builder {
    /// Records crashes by signal too: `SIGSEGV`, `SIGBUS`, `SIGILL`, `SIGFPE`, `SIGABRT` and `SIGTRAP`. A record has
    /// addresses of code and nothing else. The process ends as it would have without this. Its next start finds the
    /// report, names its functions and treats it like any other. This works on Linux on x86-64 and aarch64. On other
    /// systems `status` says that crashes are not recorded.
    ///
    /// Only [`install`](Self::install) and [`init`](Self::init) take the signals, and only if the user said yes or may
    /// be asked. To know that, they read the configuration and the administrator's file once when telemetry is set up.
    /// A later decision applies to the next crash, but a yes after a no takes effect at the next start.
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

/// Takes the signals. If that fails, `status` shows the reason as the last failure.
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
