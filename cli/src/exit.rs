//! Exit codes of a command: 0 for success, 1 for failure. Wrong arguments (2) are refused by clap before this code
//! runs.

use std::io;

use crawl4ai_telemetry::consent::ActionError;
use crawl4ai_telemetry::{ChoiceStoreError, Telemetry, config::ConfigError, printable};

use crate::output::Streams;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody reads the results any more, as in `crwl … | head`. The command counts as successful.
    #[error("standard output is closed")]
    Closed,
    /// The results cannot be written, for example to a full disk.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    /// The input cannot be read.
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
    /// The command, or part of its input, was refused for this reason.
    #[error("{0}")]
    Refused(String),
    /// The decision was not stored.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The decision was not stored, or not everything that it deletes was deleted.
    #[error(transparent)]
    Choice(#[from] ChoiceStoreError),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Action(error.into())
    }
}

/// Fails if something could not be read, because the user was then not told everything.
pub(crate) fn all_was_seen(telemetry: &Telemetry) -> Result<(), Failure> {
    match telemetry.status().unreadable.as_slice() {
        [] => Ok(()),
        problems => Err(Failure::Refused(problems.join("; "))),
    }
}

/// Adds to a failure what could not be read. That message says how to fix it.
pub(crate) fn explained(failure: impl Into<Failure>, telemetry: &Telemetry) -> Failure {
    let failure = failure.into();
    match all_was_seen(telemetry) {
        Ok(()) => failure,
        Err(why) => Failure::Refused(format!("{failure}: {why}")),
    }
}

/// The exit code of a successful command.
const DONE: u8 = 0;

/// The exit code of a failed command.
const FAILED: u8 = 1;

/// Prints the failure on standard error, and returns the exit code.
pub(crate) fn code(result: Result<(), Failure>, streams: &mut Streams) -> u8 {
    match result.and_then(|()| streams.finish()) {
        Ok(()) | Err(Failure::Closed) => DONE,
        Err(failure) => {
            streams.say(&format!("error: {}", printable::line(&failure.to_string())));
            FAILED
        }
    }
}
