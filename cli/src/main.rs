//! The telemetry part of the program `crwl`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use crawl4ai_telemetry::{App, Telemetry};
use crwl::{Completions, Man, TelemetryCommand};

#[derive(Parser)]
#[command(name = "crwl", version, about = "The command line of Crawl4AI", arg_required_else_help = true)]
struct Crwl {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Telemetry(TelemetryCommand),
    Completions(Completions),
    Man(Man),
}

fn main() -> ExitCode {
    match Crwl::try_parse().map(|crwl| crwl.command) {
        Ok(Command::Telemetry(telemetry)) => {
            telemetry.run(Telemetry::builder(App::crawl4ai(env!("CARGO_PKG_VERSION"))))
        }
        Ok(Command::Completions(completions)) => completions.run(Crwl::command()),
        Ok(Command::Man(man)) => man.run(Crwl::command()),
        Err(error) => {
            let args: Vec<OsString> = std::env::args_os().collect();
            crwl::explain(&error, &args).into()
        }
    }
}
