//! The errors that the program does not want reported.

use std::error::Error;

use super::Builder;

impl Builder {
    /// Never reports errors for which `ignores` returns true, such as mistakes of the user, which are no bugs.
    ///
    /// `ignores` is called for the error and for each of its causes, outermost first and 64 at most. It is called
    /// whatever captures the error: `#[telemetry]`, contexts, `run`, `.capture()`, `tracing` or a call by hand. It runs
    /// on the thread that captures, so it should be quick; a panic in it counts as false. It is not called for panics,
    /// nor for texts that are captured as errors. When this method is called more than once, an error is ignored if one
    /// of the functions returns true.
    ///
    /// Broken pipes ([`BrokenPipe`](std::io::ErrorKind::BrokenPipe) among the causes, and the panic of `println!` into
    /// a pipe whose reader has gone, or of `expect` on such an error) are never reported, not even by hand. An error that
    /// passes a broken pipe through
    /// (`#[error(transparent)]`) is recognized by its message.
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
