//! One telemetry, as a Python object.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError};

use crawl4ai_telemetry::{Guard, Outcome, Reason, Telemetry};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::environment;
use crate::given::{Exception, Fields, Lossy};
use crate::settings::Settings;
use crate::waiting::{interruptible, time};
use crate::words::Modules;

/// The telemetry of this process, as a Python object.
#[pyclass(frozen, module = "crawl4ai_telemetry._native")]
pub(crate) struct Native {
    telemetry: Telemetry,
    // Taken by `shutdown` only, which does not wait for the lock.
    guard: Mutex<Option<Guard>>,
    modules: Arc<Modules>,
    runtime: Option<String>,
}

/// The outcome of a capture: its name, and an id or a reason.
type Told = (&'static str, String);

#[pymethods]
impl Native {
    /// Installs a telemetry. If the process already has one, that one is used.
    #[new]
    fn new(py: Python<'_>, settings: Settings) -> Self {
        let (modules, runtime, may_ask) = (settings.modules(), settings.runtime(), settings.may_ask());
        let builder = settings.builder(&modules);
        // Read before the lock is released, because Python's threads may set variables.
        let builder = builder.read_variables();
        // If the user may be asked about reports of an earlier run, the lock is released, because the answer may take
        // long.
        let guard = if may_ask { py.detach(move || builder.init()) } else { builder.init() };
        Self { telemetry: guard.telemetry().clone(), guard: Mutex::new(Some(guard)), modules, runtime }
    }

    /// A telemetry that is not installed. It is used to inspect reports and to store decisions.
    #[staticmethod]
    fn aside(settings: Settings) -> Self {
        let (modules, runtime) = (settings.modules(), settings.runtime());
        let telemetry = settings.builder(&modules).build_anyway();
        Self { telemetry, guard: Mutex::new(None), modules, runtime }
    }

    /// Whether a capture would be examined.
    fn wants_reports(&self) -> bool {
        self.telemetry.wants_reports()
    }

    /// Captures an exception.
    fn capture(&self, py: Python<'_>, exception: Exception) -> Told {
        let (raised, context) = exception.into_raised(self.runtime.as_deref());
        told(py.detach(|| self.telemetry.capture_exception(&raised, context)))
    }

    /// The report of an exception, as JSON.
    fn preview(&self, py: Python<'_>, exception: Exception) -> PyResult<String> {
        let (raised, context) = exception.into_raised(self.runtime.as_deref());
        py.detach(|| {
            let preview = self.telemetry.preview_of(&raised, context).map_err(failed)?;
            serde_json::to_string_pretty(&preview.report).map_err(failed)
        })
    }

    /// Adds packages and modules whose texts count as own words. Each has a path, whether it is a folder, and whether
    /// it is the program's own.
    fn add_modules(&self, roots: Vec<(PathBuf, bool, bool)>) {
        for (path, is_package, is_own) in roots {
            self.modules.add(path, is_package, is_own);
        }
    }

    /// Updates the environment's variables.
    fn refresh_environment(&self, environ: Vec<(Lossy, Lossy)>) {
        let pairs = environ.into_iter().map(|(name, value)| (name.0, value.0)).collect();
        environment::refresh(&self.telemetry, pairs);
    }

    /// Waits until captured errors are stored and one delivery was tried. Returns true if no report waits any more.
    fn flush(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        let most = time(seconds);
        let telemetry = self.telemetry.clone();
        Ok(interruptible(py, most, move || telemetry.flush(most))?.unwrap_or(false))
    }

    /// Ends the telemetry: stores captured errors, and delivers as many reports as the time allows.
    fn shutdown(&self, py: Python<'_>) {
        let guard = match self.guard.try_lock() {
            Ok(mut guard) => guard.take(),
            Err(TryLockError::Poisoned(guard)) => guard.into_inner().take(),
            Err(TryLockError::WouldBlock) => None,
        };
        py.detach(|| drop(guard));
    }

    /// Stores the user's yes.
    fn enable(&self, py: Python<'_>, email: Option<String>, once: bool) -> PyResult<()> {
        py.detach(|| self.telemetry.enable_with(email.as_deref(), once)).map(drop).map_err(failed)
    }

    /// Stores the user's no, and deletes waiting reports.
    fn disable(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.telemetry.disable()).map(drop).map_err(failed)
    }

    /// The status, as JSON and as readable text.
    fn status(&self, py: Python<'_>) -> PyResult<(String, String)> {
        py.detach(|| {
            let status = self.telemetry.status();
            Ok((serde_json::to_string(&status).map_err(failed)?, status.to_string()))
        })
    }

    /// The reports that were sent from this machine, as JSON, oldest first.
    fn log(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| serde_json::to_string(&self.telemetry.sent()).map_err(failed))
    }

    /// A context after cleaning, as JSON.
    fn clean(&self, py: Python<'_>, context: Fields) -> PyResult<String> {
        py.detach(|| {
            let privacy = self.telemetry.status().privacy;
            serde_json::to_string(&self.telemetry.sanitizer().context(context.0, privacy)).map_err(failed)
        })
    }

    /// Protects a value that must never leave.
    fn protect(&self, value: Lossy) {
        self.telemetry.protect(&value.0);
    }
}

/// Runs the command as a program called `name`, and returns its exit code.
#[pyfunction]
pub(crate) fn run_command(
    py: Python<'_>,
    name: String,
    args: Vec<std::ffi::OsString>,
    settings: Settings,
) -> u8 {
    // Leaked once, because the process ends after the command.
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let (name, version) = (leak(name), leak(settings.version()));
    let modules = settings.modules();
    let builder = settings.builder(&modules);
    py.detach(|| crwl::run(name, version, args, builder))
}

fn told(outcome: Outcome) -> Told {
    match outcome {
        Outcome::Queued(id) => ("queued", id.to_string()),
        Outcome::AwaitingConsent(id) => ("awaiting_consent", id.to_string()),
        Outcome::Suppressed(reason) => ("suppressed", word(reason).to_owned()),
        _ => ("suppressed", String::new()),
    }
}

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInstalled => "not_installed",
        Reason::NoConsent(_) => "no_consent",
        Reason::NoProvider => "no_provider",
        Reason::RateLimited => "rate_limited",
        Reason::QueueFull => "queue_full",
        Reason::Reentrant => "reentrant",
        Reason::AlreadyReported => "already_reported",
        Reason::Ignored => "ignored",
        _ => "other",
    }
}

fn failed(error: impl std::fmt::Display) -> PyErr {
    PyOSError::new_err(error.to_string())
}
