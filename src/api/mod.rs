//! The free functions, which use the telemetry installed in the process, and the capturing of errors as they pass.

mod future;
pub(crate) mod operation_reporting;
mod own_name;
mod result;
mod run;

pub use future::FutureExt;
pub use result::ResultExt;
pub use run::run;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crawl4ai_telemetry_core::{App, Context, Level};

use crate::capture::duplicates::CaptureMode;
use crate::capture::error::{Capturable, Chain};
use crate::capture::operations::{OperationGuard, Scope, Suspended};
use crate::inspect::Status;
use crate::telemetry::global;
use crate::telemetry::guard::Guard;
use crate::telemetry::{ChoiceStoreError, Outcome, Telemetry};
use crate::usage::Usage;

/// Sets telemetry up for Crawl4AI, with its names: `~/.crawl4ai/config.json`, `CRAWL4AI_*`, `crwl telemetry`, and the
/// version that this library shares with it. Every other program has [`init!`](macro@crate::init), which takes the
/// program's own name and version.
///
/// Never fails; `status` shows what could not be set up. Without consent nothing is sent, except from servers and
/// containers, without free text. Without a provider nothing is done at all. When the user has not decided and an
/// earlier run left a report, they are asked on the terminal when the program ends; see
/// [`ConsentPrompt`](crate::consent::ConsentPrompt). A program with a name of its own uses [`Telemetry::builder`].
///
/// ```
/// let _telemetry = crawl4ai_telemetry::init();
/// ```
pub fn init() -> Guard {
    Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION"))).init()
}

/// Reports an error: any `std::error::Error`, a boxed one, or an `anyhow::Error` (feature `anyhow`).
///
/// Each call asks for a report, so one is made even when the error was reported before. Operations that the error
/// leaves afterwards do not report it again.
///
/// Costs one relaxed load while no telemetry is installed. Otherwise the message is formatted and the stack is
/// walked on this thread; everything else happens on a thread of the library.
///
/// ```
/// use crawl4ai_telemetry::{capture_exception, context};
///
/// if let Err(error) = "twelve".parse::<u32>() {
///     let outcome = capture_exception(&error, context! { "setting" => "max_depth" });
/// #   drop(outcome);
/// }
/// ```
#[inline]
#[track_caller]
pub fn capture_exception<Via, E>(error: &E, context: Context) -> Outcome
where
    E: Capturable<Via> + ?Sized,
{
    operation_reporting::capture(CaptureMode::Explicit, Level::Error, operation_reporting::here(), || {
        (error.chain(), context)
    })
}

/// Reports a text.
///
/// ```
/// use crawl4ai_telemetry::{Level, capture_message, context};
///
/// let outcome = capture_message(Level::Warning, "the cache was rebuilt", context! { "entries" => 3 });
/// # drop(outcome);
/// ```
#[inline]
#[track_caller]
pub fn capture_message(level: Level, text: &str, context: Context) -> Outcome {
    operation_reporting::capture(CaptureMode::Explicit, level, operation_reporting::here(), || {
        (Chain::message(text), context)
    })
}

/// Runs an operation: an `Err` that leaves it is reported, and goes on to the caller unchanged.
///
/// `name` is a constant of the program, so that it can stand in a report of any privacy level. Panics in the operation
/// carry its name too. An error that an inner operation reported is not reported again.
///
/// # Errors
/// What `body` returns.
///
/// ```
/// use crawl4ai_telemetry::telemetry_context;
///
/// let depth = telemetry_context("read depth", || "3".parse::<u32>())?;
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
// Inlined in every build, because as the last call of a function it could take that function's place on the stack.
#[inline(always)]
#[track_caller]
pub fn telemetry_context<T, E, Via>(name: &'static str, body: impl FnOnce() -> Result<T, E>) -> Result<T, E>
where
    E: Capturable<Via>,
{
    let _operation = Scope::enter(name);
    let result = body();
    // No closure here, because it would count as the caller.
    if let Err(error) = &result {
        operation_reporting::report_leaving(Level::Error, operation_reporting::here(), error);
    }
    result
}

/// [`telemetry_context`] for a future: the operation is open whenever the future runs, on whatever thread.
///
/// # Errors
/// What `body` resolves to.
///
/// ```
/// use crawl4ai_telemetry::async_telemetry_context;
///
/// # async fn fetch(_: &str) -> std::io::Result<String> { Ok(String::new()) }
/// async fn crawl(url: &str) -> std::io::Result<String> {
///     async_telemetry_context("crawl", fetch(url)).await
/// }
/// ```
pub async fn async_telemetry_context<T, E, Via>(
    name: &'static str,
    body: impl Future<Output = Result<T, E>>,
) -> Result<T, E>
where
    E: Capturable<Via>,
{
    let operation = Suspended::new(None);
    let body = pin!(body);
    operation_reporting::in_operation(
        || name,
        operation,
        body,
        |result: &Result<T, E>| {
            if let Err(error) = result {
                operation_reporting::report_leaving(Level::Error, None, error);
            }
        },
    )
    .await
}

/// Opens an operation that lasts as long as the guard: reports and panics in it carry its name.
///
/// Reports nothing by itself; [`telemetry_context`] also reports the error that leaves it.
///
/// ```
/// use crawl4ai_telemetry::{ResultExt, operation};
///
/// let _operation = operation("read settings");
/// let depth = "3".parse::<u32>().capture().unwrap_or(1);
/// ```
pub fn operation(name: &'static str) -> OperationGuard {
    OperationGuard::enter(name)
}

/// Waits until everything captured so far is stored and one delivery was tried, at most `timeout`.
///
/// True when nothing waits any more, or no telemetry is installed.
///
/// ```
/// use std::time::Duration;
///
/// if !crawl4ai_telemetry::flush(Duration::from_secs(2)) {
///     // Something waits; it goes out at the next start.
/// }
/// ```
pub fn flush(timeout: Duration) -> bool {
    global::current().is_none_or(|telemetry| telemetry.flush(timeout))
}

/// Registers a value that must never leave in a report, wherever it stands.
///
/// ```
/// crawl4ai_telemetry::protect("customer-4711");
/// ```
pub fn protect(value: &str) {
    if let Some(telemetry) = global::current() {
        telemetry.protect(value);
    }
}

/// The usage recorder of the installed telemetry, or one that records nothing while none is installed.
///
/// ```
/// assert!(!crawl4ai_telemetry::usage().wants_spans(), "no telemetry is installed here");
/// ```
#[must_use]
pub fn usage() -> Usage {
    global::current().map(|telemetry| telemetry.usage().clone()).unwrap_or_default()
}

/// Reads the environment variables again, on the calling thread; see [`Telemetry::refresh_environment`]. Does nothing
/// while no telemetry is installed.
///
/// ```
/// crawl4ai_telemetry::refresh_environment();
/// ```
pub fn refresh_environment() {
    if let Some(telemetry) = global::current() {
        telemetry.refresh_environment();
    }
}

/// Stores the user's yes.
///
/// # Errors
/// When no telemetry is installed or the configuration file cannot be written.
///
/// ```
/// use crawl4ai_telemetry::{App, Consent, Telemetry, enable, status};
///
/// # let folder = tempfile::tempdir()?;
/// let _telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).install()?;
/// enable()?;
/// assert_eq!(status().map(|status| status.consent), Some(Consent::Always));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn enable() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.enable().map(drop)
}

/// Stores the user's yes to the next report only.
///
/// # Errors
/// As for [`enable`].
///
/// ```
/// assert!(crawl4ai_telemetry::enable_once().is_err(), "no telemetry is installed here");
/// ```
pub fn enable_once() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.enable_once().map(drop)
}

/// Stores the user's no, and deletes everything that waits to be sent.
///
/// # Errors
/// As for [`enable`]; also when what waits cannot be deleted.
///
/// ```
/// use crawl4ai_telemetry::{App, Telemetry, disable, status};
///
/// # let folder = tempfile::tempdir()?;
/// let _telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).install()?;
/// disable()?;
/// assert!(status().is_some_and(|status| !status.enabled));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn disable() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.disable().map(drop)
}

/// What `crwl telemetry status` shows; `None` when no telemetry is installed.
///
/// ```
/// if let Some(status) = crawl4ai_telemetry::status() {
///     println!("{status}");
/// }
/// ```
#[must_use]
pub fn status() -> Option<Status> {
    global::current().map(|telemetry| telemetry.status())
}
