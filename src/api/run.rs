//! `run(real_main)` runs a program's main function and also reports the `Err` that it returns, because most Rust
//! programs fail in this way.

use std::process::{ExitCode, Termination};

use crawl4ai_telemetry_core::Level;

use crate::api;
use crate::api::operation_reporting;
use crate::capture::error::Capturable;
use crate::capture::operations::Scope;
use crate::telemetry::guard::Guard;

/// Runs a program's real main function with the telemetry of [`init`](crate::init()). An `Err` that it returns is
/// reported, then printed exactly as Rust prints it, and the exit code is the one that Rust would return.
///
/// A program under another name builds its telemetry and calls [`Guard::run`] instead. `std::process::exit` inside
/// `real_main` stores and delivers as the end of `main` does (on Unix).
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn real_main() -> Result<(), Box<dyn std::error::Error>> {
///     std::fs::read_to_string("settings.toml")?;
///     Ok(())
/// }
///
/// fn main() -> ExitCode {
///     crawl4ai_telemetry::run(real_main)
/// }
/// ```
///
/// With `tokio`, its attribute belongs on the real main function, which it turns into an ordinary function:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// #[tokio::main]
/// async fn real_main() -> anyhow::Result<()> {
///     Ok(())
/// }
///
/// fn main() -> ExitCode {
///     crawl4ai_telemetry::run(real_main)
/// }
/// ```
#[track_caller]
pub fn run<T, E, Via>(real_main: impl FnOnce() -> Result<T, E>) -> ExitCode
where
    Result<T, E>: Termination,
    E: Capturable<Via>,
{
    api::init().run(real_main)
}

impl Guard {
    /// Does what [`run`](crate::run) does, with the telemetry that this guard keeps.
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// # fn real_main() -> Result<(), std::io::Error> { Ok(()) }
    /// fn main() -> ExitCode {
    ///     Telemetry::builder(App::new("tool", env!("CARGO_PKG_VERSION"))).init().run(real_main)
    /// }
    /// ```
    #[track_caller]
    pub fn run<T, E, Via>(self, real_main: impl FnOnce() -> Result<T, E>) -> ExitCode
    where
        Result<T, E>: Termination,
        E: Capturable<Via>,
    {
        let result = {
            let _operation = Scope::enter("main");
            let result = real_main();
            if let Err(error) = &result {
                // The user is asked only after the error is printed, so that they have read what the question is about.
                self.ask_when_dropped();
                // The level is fatal, because the error ends the program and no code is left that could handle it.
                operation_reporting::report_leaving(Level::Fatal, operation_reporting::here(), error);
            }
            result
        };
        // The error is printed before anything waits, so that the user's message does not wait for a server.
        let code = result.report();
        drop(self);
        code
    }
}
