//! The code to which `#[telemetry]` expands. It is not part of the public interface, because it changes with the macro.

use crawl4ai_telemetry_core::{Context, Value};

pub use crawl4ai_telemetry_core::Level;

pub use crate::api::operation_reporting::in_operation;
pub use crate::capture::error::Chain;
pub use crate::capture::operations::{AttachedScope, Scope, Suspended};

use crate::api::operation_reporting;
use crate::capture::error::Capturable;
use crate::telemetry::global;

/// The context of a call. No argument is read while no telemetry can be reached.
#[inline]
pub fn attach(fill: impl FnOnce(&mut Context)) -> Option<Context> {
    global::is_reachable().then(|| {
        let mut context = Context::new();
        fill(&mut context);
        context
    })
}

/// Values that `context(…)` can attach.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be attached to a report",
    label = "not a number, a boolean, a text, a path, a duration, or a list or option of those",
    note = "attach a part of it or a text of your own instead: `context(name = expression)`"
)]
pub trait Attachable {
    /// A copy of the value.
    fn attached(&self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Into<Value>> Attachable for T {
    fn attached(&self) -> Value {
        self.clone().into()
    }
}

/// Attaches one value.
pub fn put<T: Attachable>(context: &mut Context, key: &'static str, value: &T) {
    context.insert(key, value.attached());
}

/// Tells the compiler that a body runs once, so that the body may move captured arguments out.
#[inline(always)]
pub const fn once<R, F: FnOnce() -> R>(body: F) -> F {
    body
}

/// The result with which an annotated function ends, by reference or by value.
#[derive(Debug)]
pub struct Leaving<R>(pub R);

impl<T, E> Leaving<&Result<T, E>> {
    /// Is there an error to report?
    #[inline]
    pub fn is_error(&self) -> bool {
        self.0.is_err()
    }

    /// Reports an `Err`.
    #[inline]
    #[track_caller]
    pub fn report<Via>(self, level: Level)
    where
        E: Capturable<Via>,
    {
        if let Err(error) = self.0 {
            operation_reporting::report_leaving(level, operation_reporting::here(), error);
        }
    }
}

impl<T, E> Leaving<Result<T, E>> {
    /// Reports an `Err`, then returns it with the operation that it leaves, so that the caller closes the operation.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub fn reported<Via, O>(self, operation: O) -> (Result<T, E>, O)
    where
        E: Capturable<Via>,
    {
        Leaving(&self.0).report(Level::Error);
        (self.0, operation)
    }
}

/// For functions that do not return a `Result`, and so have nothing to report. Inherent methods take precedence over
/// the methods of this trait.
pub trait LeavingWithoutError: Sized {
    /// The value with which the function ends.
    type Outcome;

    /// Returns false, because the value is no error.
    #[inline]
    fn is_error(&self) -> bool {
        false
    }

    /// Does nothing.
    #[inline]
    fn report(self, _: Level) {}

    /// This is never called.
    fn reported<O>(self, operation: O) -> (Self::Outcome, O);
}

impl<R> LeavingWithoutError for Leaving<R> {
    type Outcome = R;

    #[inline]
    fn reported<O>(self, operation: O) -> (R, O) {
        (self.0, operation)
    }
}

/// The interface that `if` and `level` need.
#[diagnostic::on_unimplemented(
    message = "`if` and `level` are about errors, and `{Self}` is not a `Result`",
    label = "returns no error",
    note = "remove `if` and `level`, or return a `Result`"
)]
pub trait Fallible {
    /// The type of the error.
    type Error;
    /// The error, if the value is one.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fallible for Result<T, E> {
    type Error = E;

    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// Reports an `Err` if the program wants it reported.
#[inline]
#[track_caller]
pub fn report_if<R, Via>(outcome: &R, level: Level, wanted: impl FnOnce(&R::Error) -> bool)
where
    R: Fallible<Error: Capturable<Via>>,
{
    if let Some(error) = outcome.error()
        && global::is_reachable()
        && wanted(error)
    {
        operation_reporting::report_leaving(level, operation_reporting::here(), error);
    }
}
