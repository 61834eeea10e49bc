//! Errors of every kind, as one chain of raw exceptions.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crawl4ai_telemetry_core::sanitize::limits;
use crawl4ai_telemetry_core::{Kind, RawException};

pub(crate) use super::format::{display, guarded};
use super::given::Given;
use super::typename;

/// Maximum number of links of a chain that are followed, so that links that are left out can be counted. It also ends a
/// `source()` that loops.
const COUNTED: usize = 64;

/// The data that was taken from an error.
#[derive(Default)]
pub struct Chain<'a> {
    pub(crate) exceptions: Vec<RawException>,
    pub(crate) cut: u32,
    /// The stack that the error itself carries.
    pub(crate) backtrace: Option<&'a dyn ErrorBacktrace>,
    /// The error itself, unless a text was captured.
    pub(crate) error: Option<&'a (dyn Error + 'static)>,
    /// The texts of a log record, message and fields. They are kept because the error that the record describes may be
    /// reported itself.
    pub(crate) record: Vec<String>,
    /// The place in the source where a log record was made: file and line.
    pub(crate) place: Option<(Cow<'static, str>, u32)>,
    /// True if the program wants no report of the error.
    pub(crate) ignored: bool,
    /// The other data of an error that another language raised. Its exceptions bring their own frames.
    pub(crate) given: Option<Given>,
}

/// A stack that an error carries. It shows where the error was made, which says more than where it was captured.
///
/// The standard library gives no access to the frames. It only prints them, and first looks up all of them, which takes
/// hundreds of microseconds. So the stack is printed last, and only for errors that become a report. Errors that were
/// reported before, and errors that the limits refuse, do not pay for it.
pub(crate) trait ErrorBacktrace {
    fn print(&self) -> Option<String>;
}

#[cfg(feature = "anyhow")]
impl ErrorBacktrace for std::backtrace::Backtrace {
    fn print(&self) -> Option<String> {
        guarded(|| self.to_string())
    }
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("exceptions", &self.exceptions).finish_non_exhaustive()
    }
}

impl<'a> Chain<'a> {
    fn new(first: &'a (dyn Error + 'static), name: Cow<'static, str>) -> Self {
        let mut chain = Self { error: Some(first), ..Self::default() };
        for (at, error) in links(first).enumerate() {
            if at == 0 {
                chain.push(error, name.clone());
            } else if at < limits::EXCEPTIONS {
                chain.push(error, typename::of_dyn(error));
            } else {
                chain.cut += 1;
            }
        }
        chain
    }

    /// The chain of an error whose type is not known.
    pub(crate) fn of_dyn(first: &'a (dyn Error + 'static)) -> Self {
        Self::new(first, typename::of_dyn(first))
    }

    /// Keeps the texts of the chain, which borrow nothing from the error.
    #[cfg(feature = "tracing")]
    pub(crate) fn into_texts(self) -> Chain<'static> {
        Chain { exceptions: self.exceptions, cut: self.cut, ignored: self.ignored, ..Chain::default() }
    }

    fn push(&mut self, error: &(dyn Error + 'static), name: Cow<'static, str>) {
        let mut exception = RawException::new(Kind::Error, name);
        exception.message = Some(display(&error));
        self.exceptions.push(exception);
    }

    /// Makes a chain of a text that is captured as if it were an error.
    pub(crate) fn message(text: &str) -> Self {
        Self::named("message", &text)
    }

    /// Makes a chain of a text and a name that replaces its type.
    pub(crate) fn named(name: impl Into<Cow<'static, str>>, text: &dyn fmt::Display) -> Self {
        let mut exception = RawException::new(Kind::Error, name);
        exception.message = Some(display(text));
        Self { exceptions: vec![exception], ..Self::default() }
    }
}

/// An error and its causes, outermost first.
pub(crate) fn links<'a>(first: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(first), |error| source(*error)).take(COUNTED)
}

fn source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    guarded(|| error.source()).flatten()
}

/// Errors that can be captured: any `std::error::Error`, boxed errors, texts that are returned as errors, and
/// `anyhow::Error` and `eyre::Report` with their features.
///
/// A type of the program's own that holds one of them is made capturable by [`capturable!`](crate::capturable).
///
/// `Via` tells the implementations apart and is always inferred.
///
/// ```
/// use std::error::Error;
/// use crawl4ai_telemetry::{ResultExt, capture_exception, context};
///
/// let io = std::io::Error::other("no space");
/// let boxed: Box<dyn Error + Send + Sync> = "no answer".into();
/// let _ = capture_exception(&io, context! {});
/// let _ = capture_exception(&boxed, context! {});
/// let _ = Err::<(), _>("a text is an error too").capture();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that can be captured",
    label = "neither an error, nor a boxed error, nor a text",
    note = "can be captured: a `std::error::Error` that borrows nothing, a boxed error, a text, `anyhow::Error` or `eyre::Report` (with the feature of that name). If your own type wraps one of these: `crawl4ai_telemetry::capturable!({Self}, |error| &error.0)`"
)]
pub trait Capturable<Via> {
    /// Takes the chain, and formats every message within bounds.
    #[doc(hidden)]
    fn chain(&self) -> Chain<'_>;
}

/// Marks errors that implement `std::error::Error`. [`Capturable`] infers the marker, so that no program names it.
#[derive(Debug)]
pub enum ByError {}

/// Marks `dyn Error`. [`Capturable`] infers the marker, so that no program names it.
#[derive(Debug)]
pub enum ByDyn {}

/// Marks boxed errors. [`Capturable`] infers the marker, so that no program names it.
#[derive(Debug)]
pub enum ByBox {}

impl<E: Error + 'static> Capturable<ByError> for E {
    fn chain(&self) -> Chain<'_> {
        Chain::new(self, typename::of::<E>(self))
    }
}

macro_rules! capture_dyn {
    ($($object:ty),+) => {$(
        impl Capturable<ByDyn> for $object {
            fn chain(&self) -> Chain<'_> {
                Chain::of_dyn(self)
            }
        }

        impl Capturable<ByBox> for Box<$object> {
            fn chain(&self) -> Chain<'_> {
                (**self).chain()
            }
        }
    )+};
}

capture_dyn!(dyn Error, dyn Error + Send, dyn Error + Send + Sync);

/// Marks texts. [`Capturable`] infers the marker, so that no program names it.
#[derive(Debug)]
pub enum ByText {}

macro_rules! capture_text {
    ($($text:ty),+) => {$(
        impl Capturable<ByText> for $text {
            fn chain(&self) -> Chain<'_> {
                Chain::message(self)
            }
        }
    )+};
}

capture_text!(String, &str, Cow<'_, str>);

/// Marks `anyhow::Error`. [`Capturable`] infers the marker, so that no program names it.
#[cfg(feature = "anyhow")]
#[derive(Debug)]
pub enum ByAnyhow {}

#[cfg(feature = "anyhow")]
impl Capturable<ByAnyhow> for anyhow::Error {
    /// Takes the stack from where the error was made, when `anyhow` captured one.
    fn chain(&self) -> Chain<'_> {
        let error: &(dyn Error + 'static) = self.as_ref();
        let mut chain = Chain::of_dyn(error);
        let backtrace = self.backtrace();
        if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
            chain.backtrace = Some(backtrace);
        }
        chain
    }
}

#[cfg(test)]
mod tests;
