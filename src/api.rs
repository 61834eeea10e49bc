//! The free functions, for the telemetry that is installed in the process.

use std::borrow::Cow;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crawl4ai_telemetry_core::{App, Context, Level};

use crate::capture::error::Capturable;
use crate::capture::{operations, polled};
use crate::global;
use crate::guard::Guard;
use crate::status::Status;
use crate::telemetry::{ChoiceStoreError, Outcome, Reason, Telemetry};

/// Sets telemetry up with Crawl4AI's names: `~/.crawl4ai/config.json`, `CRAWL4AI_*`, `crwl telemetry`.
///
/// Never fails and never asks: without consent nothing is stored or sent, without a provider nothing is done at
/// all, and what cannot be set up is shown by `status`. A program with a name of its own uses
/// [`Telemetry::builder`].
///
/// ```
/// let _telemetry = crawl4ai_telemetry::init();
/// ```
pub fn init() -> Guard {
    Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION"))).init()
}

/// Reports an error: any `std::error::Error`, a boxed one, or an `anyhow::Error` (feature `anyhow`).
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
pub fn capture_exception<Via, E>(error: &E, context: Context) -> Outcome
where
    E: Capturable<Via> + ?Sized,
{
    if !global::is_reachable() {
        return Outcome::Suppressed(Reason::NotInstalled);
    }
    with(|telemetry| telemetry.capture_exception(error, context))
}

/// Reports a text.
#[inline]
pub fn capture_message(level: Level, text: &str, context: Context) -> Outcome {
    if !global::is_reachable() {
        return Outcome::Suppressed(Reason::NotInstalled);
    }
    with(|telemetry| telemetry.capture_message(level, text, context))
}

#[inline(never)]
fn with(capture: impl FnOnce(&Telemetry) -> Outcome) -> Outcome {
    global::current().map_or(Outcome::Suppressed(Reason::NotInstalled), |telemetry| capture(&telemetry))
}

/// Runs an operation: an `Err` that leaves it is reported, and goes on to the caller unchanged.
///
/// `name` is a constant of the program or passes the sanitizer like any text. Panics in it carry its name too.
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
pub fn telemetry_context<T, E, Via>(
    name: impl Into<Cow<'static, str>>,
    body: impl FnOnce() -> Result<T, E>,
) -> Result<T, E>
where
    E: Capturable<Via>,
{
    let _operation = operations::enter(name);
    body().inspect_err(|error| {
        // The outcome concerns nobody here: the error itself goes on to the caller.
        let _ = capture_exception(error, Context::new());
    })
}

/// As [`telemetry_context`], for a future: the operation is open whenever the future runs, on whatever thread.
///
/// # Errors
/// What `body` resolves to.
pub async fn async_telemetry_context<T, E, Via>(
    name: impl Into<Cow<'static, str>>,
    body: impl Future<Output = Result<T, E>>,
) -> Result<T, E>
where
    E: Capturable<Via>,
{
    let name = name.into();
    let mut body = pin!(body);
    std::future::poll_fn(move |cx| {
        let _operation = operations::enter(name.clone());
        let _polled = polled::enter();
        body.as_mut().poll(cx).map(|result| {
            result.inspect_err(|error| {
                // The outcome concerns nobody here: the error itself goes on to the caller.
                let _ = capture_exception(error, Context::new());
            })
        })
    })
    .await
}

/// Waits until everything captured so far is stored and one delivery was tried, at most `timeout`.
///
/// True when nothing waits any more, or no telemetry is installed.
pub fn flush(timeout: Duration) -> bool {
    global::current().is_none_or(|telemetry| telemetry.flush(timeout))
}

/// Registers a value that must never leave, wherever it stands.
pub fn protect(value: &str) {
    if let Some(telemetry) = global::current() {
        telemetry.protect(value);
    }
}

/// Stores the user's yes.
///
/// # Errors
/// When no telemetry is installed or the configuration file cannot be written.
pub fn enable() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.enable()
}

/// Stores the user's yes to the next report only.
///
/// # Errors
/// As for [`enable`].
pub fn enable_once() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.enable_once()
}

/// Stores the user's no, and deletes what waits.
///
/// # Errors
/// As for [`enable`]; also when what waits cannot be deleted.
pub fn disable() -> Result<(), ChoiceStoreError> {
    global::current().ok_or(ChoiceStoreError::NotInstalled)?.disable()
}

/// What `crwl telemetry status` shows; `None` when no telemetry is installed.
#[must_use]
pub fn status() -> Option<Status> {
    global::current().map(|telemetry| telemetry.status())
}
