//! The guard that `init` returns: it keeps telemetry installed while it lives, and ends it quickly and completely.

use std::ops::Deref;
use std::sync::atomic::Ordering;

use crate::telemetry::asking::Cause;
use crate::telemetry::{Telemetry, ending};

/// Keeps telemetry installed. Dropping the guard delivers reports, within 250 ms unless set otherwise. Reports that
/// have not left by then go out at the next start. A process that ends by [`exit`](std::process::exit) drops no guard,
/// but does the same. On Windows nothing calls the library at `exit`, so call `flush` before it. At either end, the
/// user is asked when the process has printed everything.
///
/// Keep it in a variable of `main`: `let _telemetry = crawl4ai_telemetry::init();` It has the methods of its
/// [`Telemetry`]. Other cells of a notebook need them, because the free functions of a cell know only the telemetry of
/// that cell.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::{App, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).install()?;
/// assert!(telemetry.flush(Duration::from_secs(1)), "nothing waits");
/// drop(telemetry); // at the end of `main`, by itself
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping the guard ends telemetry: keep it in a variable, `let _telemetry = init();`"]
#[derive(Debug)]
pub struct Guard {
    telemetry: Telemetry,
    /// False for the guard of a second `init`, because the guard of the first ends the telemetry.
    ends_it: bool,
}

impl Guard {
    pub(crate) fn new(telemetry: Telemetry) -> Self {
        Self { telemetry, ends_it: true }
    }

    /// The guard of a second `init` in one process. It reaches the telemetry that the first installed, and ends
    /// nothing.
    pub(crate) fn second(telemetry: Telemetry) -> Self {
        Self { telemetry, ends_it: false }
    }

    /// The telemetry that this guard keeps. The guard of a second `init` keeps the telemetry of the first.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.telemetry
    }

    /// From this call on, nobody is asked before the guard is dropped.
    pub(crate) fn ask_when_dropped(&self) {
        if self.ends_it {
            self.telemetry.inner.ask_at_end.store(true, Ordering::Relaxed);
        }
    }
}

impl Deref for Guard {
    type Target = Telemetry;

    fn deref(&self) -> &Telemetry {
        &self.telemetry
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.ends_it {
            ending::end(&self.telemetry, Cause::GuardDropped);
        }
    }
}
