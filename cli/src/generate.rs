//! Shell completions and manual pages of a whole program, made of its clap command.

use std::io;

use clap::{Args, Command};

use crate::exit::Failure;
use crate::output::Streams;

/// Print the completions for a shell
///
/// For bash: `crwl completions bash > ~/.local/share/bash-completion/completions/crwl`.
/// Undo by deleting that file.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page
///
/// `crwl man | man -l -` shows it; with a command, that of the command:
/// `crwl man telemetry status`. Prints only, so there is nothing to undo.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct Man {
    /// The command whose page it is
    command: Vec<String>,
}

impl Completions {
    /// Prints the completions for `program`.
    pub fn run(self, mut program: Command) -> std::process::ExitCode {
        let name = program.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, name, &mut script);
        printed(Ok(script))
    }
}

impl Man {
    /// Prints the page of `program`, or of one of its commands.
    pub fn run(self, mut program: Command) -> std::process::ExitCode {
        program.build();
        let mut page = &program;
        for name in &self.command {
            match page.find_subcommand(name) {
                Some(found) => page = found,
                None => return printed(Err(Failure::Refused(format!("there is no command {name:?}")))),
            }
        }
        let mut roff = Vec::new();
        let rendered = clap_mangen::Man::new(page.clone()).render(&mut roff);
        printed(rendered.map(|()| roff).map_err(|error: io::Error| Failure::Output(error)))
    }
}

fn printed(bytes: Result<Vec<u8>, Failure>) -> std::process::ExitCode {
    let mut streams = Streams::of_the_process();
    let result = bytes.and_then(|bytes| streams.write_bytes(&bytes));
    crate::exit::code(result, &mut streams).into()
}
