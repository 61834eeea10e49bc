//! Errors that are none to the compiler: types of the program's own around one.

/// Marks types that [`capturable!`](crate::capturable) lets be captured. Never named: [`Capturable`](crate::Capturable)
/// infers it.
#[derive(Debug)]
pub enum ByContent {}

/// Lets a type be captured that holds an error and is none itself, as the usual error type of a server does: it turns
/// into an answer, is made of any error by `?`, and for that reason cannot implement `Error`.
///
/// The error that it holds may be anything that is [`Capturable`](crate::Capturable): its chain and its stack are taken.
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
