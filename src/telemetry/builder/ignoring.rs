//! What the program does not want reported.

use std::error::Error;

use super::Builder;

impl Builder {
    /// Never reports errors of which `ignores` says so: mistakes of the user's, which are no bugs.
    ///
    /// It is asked about the error and about each of its causes, outermost first and 64 at most, and holds for all that is
    /// captured: by `#[telemetry]`, contexts, `run`, `.capture()`, `tracing` and by hand. It runs on the thread that
    /// captures, so it should be quick; one that panics has said nothing. Texts that are captured as errors, and panics,
    /// are not asked about. Called more than once, any yes counts.
    ///
    /// Broken pipes ([`BrokenPipe`](std::io::ErrorKind::BrokenPipe) among the causes, and the panic of `println!` into a
    /// pipe whose reader has gone) are never reported, by hand neither. An error that shows one as itself
    /// (`#[error(transparent)]`) is known by what it says.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// #[derive(Debug)]
    /// struct WrongArguments;
    /// # impl std::fmt::Display for WrongArguments {
    /// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("no such city") }
    /// # }
    /// # impl std::error::Error for WrongArguments {}
    ///
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .ignore(|error| error.is::<WrongArguments>())
    ///     .ignore(|error| {
    ///         error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound)
    ///     });
    /// # drop(builder);
    /// ```
    pub fn ignore(
        mut self,
        ignores: impl Fn(&(dyn Error + 'static)) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.ignoring.add(ignores);
        self
    }
}
