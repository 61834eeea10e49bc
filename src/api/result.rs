//! `.capture()` and `.capture_with(context)` on results.

use crawl4ai_telemetry_core::Context;

use crate::api::operation_reporting;
use crate::capture::error::Capturable;

mod sealed {
    /// Keeps other crates from implementing the trait, so that methods can be added to it.
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
}

/// Reports the error of a result in passing.
///
/// The result goes on unchanged. An error that was already reported inside the innermost open operation is not reported
/// again, and the operations that it leaves later do not report it either. `Via` is always inferred.
///
/// ```
/// use crawl4ai_telemetry::{ResultExt, context};
///
/// let depth = "3".parse::<u32>().capture().unwrap_or(1);
/// let retries = "x".parse::<u32>().capture_with(|| context! { "setting" => "retries" }).unwrap_or(0);
/// assert_eq!((depth, retries), (3, 0));
/// ```
pub trait ResultExt<Via>: sealed::Sealed + Sized {
    /// Reports the error of an `Err`.
    #[must_use = "the error is reported, not handled"]
    fn capture(self) -> Self;

    /// Reports the error of an `Err`, with a context that is made only in that case.
    #[must_use = "the error is reported, not handled"]
    fn capture_with(self, context: impl FnOnce() -> Context) -> Self;
}

impl<T, E, Via> ResultExt<Via> for Result<T, E>
where
    E: Capturable<Via>,
{
    #[inline]
    #[track_caller]
    fn capture(self) -> Self {
        self.capture_with(Context::new)
    }

    #[inline]
    #[track_caller]
    fn capture_with(self, context: impl FnOnce() -> Context) -> Self {
        if let Err(error) = &self {
            operation_reporting::report_passing(operation_reporting::here(), error, context);
        }
        self
    }
}
