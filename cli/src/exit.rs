//! Exit codes of a command: 0 done, 1 failed. Wrong arguments (2) never come this far, because clap refuses them.

use std::io;

use crawl4ai_telemetry::consent::ActionError;
use crawl4ai_telemetry::{ChoiceStoreError, Telemetry, config::ConfigError, printable};

use crate::output::Streams;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody reads the results any more, as in `crwl … | head`. The command counts as done.
    #[error("standard output is closed")]
    Closed,
    /// The results cannot be written: a full disk.
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
    /// The decision was not carried out.
    #[error(transparent)]
    Choice(#[from] ChoiceStoreError),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Action(error.into())
    }
}

/// What could not be looked at is a failure, because whoever asked was not told all.
pub(crate) fn all_was_seen(telemetry: &Telemetry) -> Result<(), Failure> {
    match telemetry.status().unreadable.as_slice() {
        [] => Ok(()),
        problems => Err(Failure::Refused(problems.join("; "))),
    }
}

/// With what could not be looked at, which says how to mend it.
pub(crate) fn explained(failure: impl Into<Failure>, telemetry: &Telemetry) -> Failure {
    let failure = failure.into();
    match all_was_seen(telemetry) {
        Ok(()) => failure,
        Err(why) => Failure::Refused(format!("{failure}: {why}")),
    }
}

/// Exit code of a command that was done.
const DONE: u8 = 0;

/// Exit code of a command that failed.
const FAILED: u8 = 1;

/// Says what went wrong, on standard error, and turns it into the exit code.
pub(crate) fn code(result: Result<(), Failure>, streams: &mut Streams) -> u8 {
    match result.and_then(|()| streams.finish()) {
        Ok(()) | Err(Failure::Closed) => DONE,
        Err(failure) => {
            streams.say(&format!("error: {}", printable::line(&failure.to_string())));
            FAILED
        }
    }
}
