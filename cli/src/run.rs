//! Runs the command as a program of its own, for libraries that embed it in another language.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};
use crawl4ai_telemetry::{Builder, printable};

use crate::{TelemetryCommand, output};

/// A program that is nothing but the command.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Alone {
    #[command(flatten)]
    telemetry: TelemetryCommand,
}

/// Runs the command as a program of its own. `name` and `version` are the program's, and `args` are the arguments after
/// its name. The builder must be the one that the program itself uses.
///
/// Returns the exit code: 0 for success, 1 for failure, 2 for wrong arguments. The output goes to the process's
/// standard output and standard error directly. A caller in another language must flush its own buffers first.
///
/// ```
/// use crawl4ai_telemetry::{App, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let run = |args: &[&str]| {
///     let builder = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path());
///     crwl::run("weather-telemetry", "1.4.0", args, builder)
/// };
/// assert_eq!(run(&["disable"]), 0);
/// assert_eq!(run(&["disable", "--never"]), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn run<A: Into<OsString>>(
    name: &'static str,
    version: &'static str,
    args: impl IntoIterator<Item = A>,
    builder: Builder,
) -> u8 {
    let command = Alone::command().name(name).bin_name(name).version(version);
    let args: Vec<OsString> = std::iter::once(name.into()).chain(args.into_iter().map(Into::into)).collect();
    let parsed = command.try_get_matches_from(&args).and_then(|found| Alone::from_arg_matches(&found));
    match parsed {
        Ok(alone) => alone.telemetry.run_for_code(builder),
        Err(error) => explain(&error, &args),
    }
}

/// Prints clap's message about wrong arguments, which repeats them in colours. If an argument contains terminal control
/// sequences, there are no colours. Returns the exit code.
#[doc(hidden)]
pub fn explain(error: &clap::Error, args: &[OsString]) -> u8 {
    let is_plain = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        printable::line(&argument) == argument
    };
    // A failure is ignored, because a user who closed standard output has seen enough of the help.
    let _ = if args.iter().all(is_plain) { error.print() } else { output::print_plainly(error) };
    u8::try_from(error.exit_code()).unwrap_or(1)
}
