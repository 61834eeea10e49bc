//! Installs the hooks, and handles reports that an earlier run left.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Builder;
use crate::capture::panic;
use crate::consent::Occasion;
use crate::telemetry::{Telemetry, ending};

impl Builder {
    pub(super) fn hooks(&self) -> Hooks {
        Hooks {
            panics: self.panic_hook,
            #[cfg(feature = "native")]
            native: self.native,
        }
    }
}

/// The hooks to install in the process.
pub(super) struct Hooks {
    panics: bool,
    #[cfg(feature = "native")]
    native: Option<crawl4ai_telemetry_native::Handler>,
}

pub(super) fn start(telemetry: &Telemetry, hooks: Hooks) {
    let inner = &telemetry.inner;
    #[cfg(feature = "native")]
    if let Some(handler) = hooks.native {
        super::native::install(&inner.pipeline, handler);
    }
    if hooks.panics {
        let sink: Arc<dyn panic::PanicSink> = inner.panics.clone();
        if !panic::install(Arc::downgrade(&sink)) {
            inner.pipeline.diagnostics.note(
                "panics are not reported, because telemetry was set up while the thread was panicking".into(),
            );
        }
    }
    let Some(spool) = inner.pipeline.store.spool.as_ref().filter(|_| !inner.pipeline.policy.shows_only())
    else {
        return;
    };
    let (found, sends) = (spool.contents(|| inner.pipeline.clock.now()), inner.pipeline.sends());
    // Where reports leave by other terms than those of the stored yes, the first run in which it counts again notes that.
    let is_noted = || inner.pipeline.store.delivery_state.read().terms.is_some();
    // Reports that are too old are deleted even if there is no provider any more.
    if found.overdue || (sends && (found.ready || is_noted())) {
        inner.queue.wake();
    }
    if found.awaiting && sends {
        *inner.left_by_earlier_run.lock() = true;
        // On the terminal the question waits until the program has printed everything.
        if inner.pipeline.policy.asks_on_terminal() {
            ending::register();
        } else if !inner.ask_at_end.load(Ordering::Relaxed) {
            let _ = telemetry.ask(Occasion::EarlierRun);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::environment::Env;
    use crate::{App, Environment, MemoryProvider};

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_run_without_reports_notes_which_yes_holds() {
        let folder = tempfile::tempdir().unwrap();
        let process = || {
            Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
                .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", "1")]))
                .environment(Environment::Cli)
                .config_folder(folder.path())
                .provider(MemoryProvider::default())
                .build()
                .unwrap()
        };
        process().inner.pipeline.store.delivery_state.update(|state| state.terms = Some("elsewhere".into()));
        let telemetry = process();
        let terms = || telemetry.inner.pipeline.store.delivery_state.read().terms;
        assert!(terms().is_some());
        let hooks = Hooks {
            panics: false,
            #[cfg(feature = "native")]
            native: None,
        };
        start(&telemetry, hooks);
        let deadline = Instant::now() + PATIENCE;
        while terms().is_some() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
