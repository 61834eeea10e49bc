//! `crwl`, as far as telemetry goes.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use crawl4ai_telemetry::{App, Telemetry};
use crwl::TelemetryCommand;

#[derive(Parser)]
#[command(name = "crwl", version, about = "The command line of Crawl4AI", arg_required_else_help = true)]
struct Crwl {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Telemetry(TelemetryCommand),
}

fn main() -> ExitCode {
    match Crwl::try_parse() {
        Ok(Crwl { command: Command::Telemetry(telemetry) }) => {
            telemetry.run(Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION"))))
        }
        Err(error) => {
            // Help goes to standard output, and whoever closed it has seen enough.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}
