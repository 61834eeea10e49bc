//! `crwl`, as far as telemetry goes.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use crawl4ai_telemetry::{App, Telemetry, printable};
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
            // Help goes to standard output, and whoever closed it has seen enough.
            let _ = print(&error);
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

/// What clap says of wrong arguments repeats them, and colours its words. Arguments that a terminal would obey are shown
/// without colours.
fn print(error: &clap::Error) -> io::Result<()> {
    let is_plain = |argument: OsString| {
        let argument = argument.to_string_lossy();
        printable::line(&argument) == argument
    };
    if std::env::args_os().all(is_plain) {
        return error.print();
    }
    let message = error.render().to_string();
    let message = printable::text(&message);
    if error.use_stderr() {
        io::stderr().write_all(message.as_bytes())
    } else {
        io::stdout().write_all(message.as_bytes())
    }
}
