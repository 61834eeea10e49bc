//! Types of the program's own that hold an error but do not implement `Error`.

/// Marks types that [`capturable!`](crate::capturable) makes capturable. [`Capturable`](crate::Capturable) infers the
/// marker, so that no program names it.
#[derive(Debug)]
pub enum ByContent {}

/// Lets a type be captured that holds an error but does not implement `Error`. The usual error type of a server is one:
/// it becomes a response, and `?` converts any error into it, so that it cannot implement `Error`.
///
/// The held error may be anything that is [`Capturable`](crate::Capturable): its chain and its stack are taken.
///
/// ```
/// use crawl4ai_telemetry::{capturable, telemetry};
///
/// # type Inner = Box<dyn std::error::Error + Send + Sync>;
/// struct AppError(Inner); // or `anyhow::Error`, with the feature `anyhow`
///
/// capturable!(AppError, |error| &error.0);
///
/// impl<E: Into<Inner>> From<E> for AppError {
///     fn from(error: E) -> Self {
///         Self(error.into())
///     }
/// }
///
/// #[telemetry]
/// fn handler() -> Result<String, AppError> {
///     Ok(std::fs::read_to_string("page.html")?)
/// }
/// # drop(handler());
/// ```
#[macro_export]
macro_rules! capturable {
    ($type:ty, |$error:ident| $content:expr $(,)?) => {
        impl $crate::Capturable<$crate::via::ByContent> for $type {
            fn chain(&self) -> $crate::__private::Chain<'_> {
                let $error = self;
                $crate::Capturable::chain($content)
            }
        }
    };
}
