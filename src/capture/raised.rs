//! Exceptions of another language: the chain with its own frames, its thread and its operations.

use std::borrow::Cow;

use crawl4ai_telemetry_core::{Event, Level, RawException};

use super::error::{Capturable, Chain};
use super::interned;

/// An exception that a program in another language raised, for libraries that embed this one in that language.
///
/// It brings its own frames, so that no stack is walked and no name is looked up. Where that language's words are known
/// ([`Builder::own_words`](crate::Builder::own_words)), messages keep those and nothing else.
///
/// A report keeps 16 exceptions, and of each 128 frames, 64 from either end; a caller that leaves some out says how
/// many.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::{
///     App, Env, Kind, MemoryProvider, Operation, Raised, RawException, RawFrame, Telemetry, context, runtime,
/// };
///
/// # let folder = tempfile::tempdir()?;
/// let memory = MemoryProvider::default();
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(memory.clone())
///     .config_folder(folder.path())
///     .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")]))
///     .build()?;
///
/// let mut exception = RawException::new(Kind::Error, "weather.errors.NoAnswer");
/// exception.frames.push(RawFrame {
///     function: Some("Station.read".to_owned()),
///     module: Some("weather.station".to_owned()),
///     file: Some("weather/station.py".to_owned()),
///     line: Some(12),
///     in_app: Some(true),
///     ..RawFrame::default()
/// });
/// let mut raised = Raised::new(vec![exception]);
/// raised.runtime = runtime("CPython", "3.11.7");
/// raised.operations.push(Operation::constant("read stations"));
///
/// let outcome = telemetry.capture_exception(&raised, context! { "attempt" => 3 });
/// # drop(outcome);
/// telemetry.flush(Duration::from_secs(20));
/// let report = &memory.reports()[0];
/// assert_eq!(report.culprit().and_then(|frame| frame.module()), Some("weather.station"));
/// assert_eq!(report.operations().collect::<Vec<_>>(), ["read stations"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Raised {
    /// The chain, outermost first, each link with its own frames, innermost first.
    pub exceptions: Vec<RawException>,
    /// Links that were left out.
    pub cut: u32,
    /// How bad it was: [`Level::Error`] unless set.
    pub level: Option<Level>,
    /// The operations that it crossed, outermost first, inside of those that are open here.
    pub operations: Vec<Operation>,
    /// The name of the thread; that of this thread unless set.
    pub thread: Option<String>,
    /// The runtime of the language; see [`runtime`](crawl4ai_telemetry_core::runtime()).
    pub runtime: Option<String>,
}

impl Raised {
    /// A chain, outermost first.
    #[must_use]
    pub fn new(exceptions: Vec<RawException>) -> Self {
        Self { exceptions, ..Self::default() }
    }
}

/// The name of an operation of another language; part of [`Raised`].
///
/// ```
/// use crawl4ai_telemetry::Operation;
///
/// let operations = [Operation::constant("crawl"), Operation::computed(format!("page {}", 7))];
/// assert_eq!(format!("{operations:?}"), "[Operation(constant), Operation(computed)]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    name: String,
    is_constant: bool,
}

impl Operation {
    /// A name that stands in the program as it is, so that it leaves at every level. In one process up to 1024
    /// different names of at most 128 bytes are taken; others count as computed.
    pub fn constant(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_constant: true }
    }

    /// A name that was made when the program ran: it leaves only at [`Privacy::Standard`](crate::Privacy::Standard).
    pub fn computed(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_constant: false }
    }

    fn into_name(self) -> Cow<'static, str> {
        let constant = self.is_constant.then(|| interned::intern(&self.name)).flatten();
        constant.map_or(Cow::Owned(self.name), Cow::Borrowed)
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_constant { "Operation(constant)" } else { "Operation(computed)" })
    }
}

/// Marks [`Raised`]. Never named: [`Capturable`] infers it.
#[derive(Debug)]
pub enum ByRaised {}

impl Capturable<ByRaised> for Raised {
    fn chain(&self) -> Chain<'_> {
        let given = Given {
            level: self.level,
            operations: self.operations.clone(),
            thread: self.thread.clone(),
            runtime: self.runtime.clone(),
        };
        Chain { exceptions: self.exceptions.clone(), cut: self.cut, given: Some(given), ..Chain::default() }
    }
}

/// The data of a [`Raised`] besides its chain.
pub(crate) struct Given {
    level: Option<Level>,
    operations: Vec<Operation>,
    thread: Option<String>,
    runtime: Option<String>,
}

impl Given {
    /// Writes these values into the event.
    pub(crate) fn tell(self, event: &mut Event) {
        event.level = self.level.unwrap_or(event.level);
        event.operations.extend(self.operations.into_iter().map(Operation::into_name));
        if self.thread.is_some() {
            event.thread = self.thread;
        }
        event.runtime = self.runtime;
    }
}
