//! Exceptions of another language: the chain with its own frames, its thread and its operations.

use crawl4ai_telemetry_core::{Level, RawException};

use super::error::{Capturable, Chain};
use super::given::{Given, Operation};

/// An exception that a program in another language raised, for libraries that embed this one in that language.
///
/// The exception brings its own frames, so that no stack is walked and no name is looked up. If the words of that
/// language are known ([`Builder::own_words`](crate::Builder::own_words)), messages keep those words and nothing else.
///
/// A report keeps 16 exceptions, and of each exception 128 frames, 64 from either end. A caller that leaves some out
/// says how many.
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
    /// The level; [`Level::Error`] if `None`.
    pub level: Option<Level>,
    /// The operations that the exception crossed, outermost first. They lie inside the operations that are open here.
    pub operations: Vec<Operation>,
    /// The name of the thread; the name of the current thread if `None`.
    pub thread: Option<String>,
    /// The runtime of the language; see [`runtime`](crawl4ai_telemetry_core::runtime()).
    pub runtime: Option<String>,
}

impl Raised {
    /// Makes an exception of a chain, outermost first.
    #[must_use]
    pub fn new(exceptions: Vec<RawException>) -> Self {
        Self { exceptions, ..Self::default() }
    }
}

/// The marker of [`Raised`] in [`Capturable`]. The compiler infers it; no program has to name it.
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
