#![doc = include_str!("../README.md")]
//!
//! With the feature `generate`, [`Completions`] and [`Man`] print the shell completions and manual pages of a whole
//! program, including the mounted command. With the feature `authors`, the command also has subcommands for authors,
//! who evaluate the reports that they received. A program for other people mounts the command without this feature.
//!
//! Results go to standard output, messages to standard error. The exit code is 0 for success and 1 for failure. For
//! wrong arguments clap returns 2.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "authors")]
mod analyze;
mod audit;
mod disable;
mod email;
mod enable;
mod erase;
mod exit;
#[cfg(feature = "generate")]
mod generate;
mod lines;
mod log;
mod output;
mod preview;
mod purge;
mod run;
mod sanitize;
mod schema;
mod selftest;
mod send;
mod show;
mod status;
#[cfg(feature = "authors")]
mod symbolicate;
mod usage;
mod view;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use crawl4ai_telemetry::{Builder, Telemetry};

#[cfg(feature = "generate")]
pub use generate::{Completions, Man};
use output::Streams;
pub use run::{explain, run};

/// See what is sent, decide, and change your mind.
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
    View(view::View),
    Preview(preview::Preview),
    Log(log::Log),
    Show(show::Show),
    Send(send::Send),
    Purge(purge::Purge),
    Erase(erase::Erase),
    Email(email::Email),
    Usage(usage::Usage),
    Schema(schema::Schema),
    Selftest(selftest::Run),
    Sanitize(sanitize::Sanitize),
    Audit(audit::Audit),
    #[cfg(feature = "authors")]
    Symbolicate(symbolicate::Symbolicate),
    #[cfg(feature = "authors")]
    Analyze(analyze::Analyze),
}

impl TelemetryCommand {
    /// Runs the command. The builder must be the one that the program itself uses, so that the command shows what
    /// applies in the program. Nothing is installed, and only `send` and `selftest` send.
    pub fn run(self, builder: Builder) -> ExitCode {
        self.run_for_code(builder).into()
    }

    fn run_for_code(self, builder: Builder) -> u8 {
        let telemetry = builder.mounts_command().build_anyway();
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
            Self::View(view) => view.run(telemetry, streams),
            Self::Preview(preview) => preview.run(telemetry, streams),
            Self::Log(log) => log.run(telemetry, streams),
            Self::Show(show) => show.run(telemetry, streams),
            Self::Send(send) => send.run(telemetry, streams),
            Self::Purge(purge) => purge.run(telemetry, streams),
            Self::Erase(erase) => erase.run(telemetry, streams),
            Self::Schema(schema) => schema.run(telemetry, streams),
            Self::Selftest(selftest) => selftest.run(telemetry, streams),
            Self::Email(email) => email.run(telemetry, streams),
            Self::Usage(usage) => usage.run(telemetry, streams),
            Self::Audit(audit) => audit.run(streams),
            #[cfg(feature = "authors")]
            Self::Symbolicate(symbolicate) => symbolicate.run(streams),
            #[cfg(feature = "authors")]
            Self::Analyze(analyze) => analyze.run(streams),
            Self::Sanitize(sanitize) => sanitize.run(telemetry.sanitizer(), streams),
        }
    }
}
