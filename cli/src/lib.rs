//! The telemetry command: see, decide and take it back.
//!
//! `crwl telemetry …` is Crawl4AI's. Every program that parses its arguments with clap can mount the same
//! command, so that its users find the same words everywhere:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use clap::Parser;
//! use crawl4ai_telemetry::{App, Telemetry};
//! use crwl::TelemetryCommand;
//!
//! #[derive(Parser)]
//! enum MyTool {
//!     /// See what is sent, decide, and take it back.
//!     Telemetry(TelemetryCommand),
//! }
//!
//! fn main() -> ExitCode {
//!     let MyTool::Telemetry(command) = MyTool::parse();
//!     command.run(Telemetry::builder(App::new("my-tool", "1.4.0")))
//! }
//! ```
//!
//! Results go to standard output, messages to standard error. The exit code is 0 when it is done, 1 when it
//! failed, and 2, from clap, when the arguments are wrong.

mod disable;
mod email;
mod enable;
mod exit;
mod output;
mod sanitize;
mod status;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use crawl4ai_telemetry::{Builder, Telemetry};

use output::Streams;

/// See what is sent, decide, and take it back.
#[derive(Args, Clone, Debug)]
pub struct TelemetryCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    Enable(enable::Enable),
    Disable(disable::Disable),
    Status(status::Show),
    Email(email::Email),
    Sanitize(sanitize::Sanitize),
}

impl TelemetryCommand {
    /// Carries it out. The builder is the one that the program sets its telemetry up with, so that what is shown
    /// here is what holds there; nothing is installed, and nothing is sent.
    pub fn run(self, builder: Builder) -> ExitCode {
        let telemetry = builder.build_anyway();
        let mut streams = Streams::of_the_process();
        let result = self.action.run(&telemetry, &mut streams);
        exit::code(result, &mut streams)
    }
}

impl Action {
    fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), exit::Failure> {
        match self {
            Self::Enable(enable) => enable.run(telemetry, streams),
            Self::Disable(disable) => disable.run(telemetry, streams),
            Self::Status(show) => show.run(telemetry, streams),
            Self::Email(email) => email.run(telemetry, streams),
            Self::Sanitize(sanitize) => sanitize.run(telemetry.sanitizer(), streams),
        }
    }
}
