//! `symbolicate`: names for the addresses in reports of stripped programs.

mod debug_file;
mod debug_files;
mod handover;
mod input;
mod report;
mod split;
mod stack;
mod symbols;
mod tally;
mod words;

use std::path::PathBuf;

use clap::Args;
use crawl4ai_telemetry::App;
use serde_json::Value;

use crate::exit::Failure;
use crate::output::Streams;
use debug_files::DebugFiles;
use input::Piece;
use report::Form;
use tally::Tally;

/// Name the functions in reports of a stripped program
///
/// Reads a report, a file of reports as the file provider writes it, or an event
/// as a server of Sentry's protocol shows it, and looks its addresses up in debug
/// files of the same build: ELF, Mach-O, and what was split off as .dwp or .dwo.
/// Nothing is stored or sent, so there is nothing to undo.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Symbolicate {
    /// Reports as JSON; - reads standard input
    #[arg(value_name = "REPORT")]
    report: PathBuf,

    /// The program as it was built, or what was kept; for several, repeat it
    #[arg(long, value_name = "FILE", required = true)]
    debug_file: Vec<PathBuf>,

    /// The reports as JSON with the names, one a line
    #[arg(long)]
    json: bool,
}

impl Symbolicate {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        let files = DebugFiles::open(&self.debug_file)?;
        let input = input::open(&self.report)?;
        let mut tally = Tally::default();
        input::each(input, |piece| match piece {
            Piece::Json(value) => match Form::of(&value) {
                Some(form) => self.name(form, value, &files, &mut tally, streams),
                None => {
                    tally.others += 1;
                    Ok(())
                }
            },
            Piece::Other(number, what) => {
                tally.complain(number, what, streams);
                Ok(())
            }
        })?;
        tally.end(&files, streams)
    }

    fn name(
        &self,
        form: Form,
        mut value: Value,
        files: &DebugFiles,
        tally: &mut Tally,
        streams: &mut Streams,
    ) -> Result<(), Failure> {
        let report = form.read(&value);
        let app = App::new(report.program.clone(), report.version.clone());
        let mut named = report.clone();
        let mut found = false;
        for exception in &mut named.exceptions {
            if let Some(stack) = exception.stack.named(files, &app) {
                exception.stack = stack;
                exception.is_named = true;
                found = true;
            }
        }
        tally.count(&report, found, files);
        if self.json {
            if found {
                form.write(&mut value, &named);
                form.fingerprint(&mut value);
            }
            streams.print_json(serde_json::to_string(&value))
        } else {
            words::print(&named, streams)
        }
    }
}
