//! `symbolicate`: names for the addresses in reports of stripped programs.

mod debug_file;
mod debug_files;
mod handover;
mod input;
mod report;
mod split;
mod stack;
mod symbols;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use crawl4ai_telemetry::App;
use crawl4ai_telemetry::printable::line;
use serde_json::Value;

use crate::exit::Failure;
use crate::output::Streams;
use crate::view::words::counted;
use debug_files::DebugFiles;
use input::Piece;
use report::{Form, Report};

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

/// Counts of what the input held.
#[derive(Default)]
struct Tally {
    reports: u64,
    /// Objects that are no reports: usage spans, headers of an envelope.
    others: u64,
    /// Lines that are no JSON objects.
    refused: u64,
    /// Reports that need a debug file that was not given, by module and build.
    missing: BTreeMap<(String, Option<String>), u64>,
}

impl Tally {
    /// How many complaints are printed. Further ones are only counted.
    const COMPLAINTS: u64 = 5;

    fn complain(&mut self, number: u64, what: &str, streams: &mut Streams) {
        self.refused += 1;
        if self.refused <= Self::COMPLAINTS {
            streams.say(&format!("line {number} {what}; left out"));
        }
    }

    fn count(&mut self, report: &Report, found: bool, files: &DebugFiles) {
        self.reports += 1;
        let frames = report.exceptions.iter().flat_map(|exception| &exception.stack.frames);
        let open = frames.filter(|frame| frame.function.is_none() && frame.address.is_some());
        let images = open.filter_map(|frame| report.image(frame)).filter(|image| {
            // Libraries are left out if names were found, because nobody has the debug files of every machine's
            // libraries.
            let is_library = image.name.contains(".so") || image.name.starts_with('[');
            !(is_library && found) && image.build.as_ref().is_none_or(|build| !files.has(build))
        });
        let mut missing: Vec<_> = images.map(|image| (image.name.clone(), image.build.clone())).collect();
        missing.sort();
        missing.dedup();
        // If both the program and libraries are missing, only the program is mentioned.
        if missing.iter().any(|(name, _)| !name.contains(".so")) {
            missing.retain(|(name, _)| !name.contains(".so"));
        }
        for module in missing {
            *self.missing.entry(module).or_default() += 1;
        }
    }

    fn end(self, files: &DebugFiles, streams: &mut Streams) -> Result<(), Failure> {
        streams.finish()?;
        if self.others > 0 {
            streams.say(&format!("no reports: {}", counted(self.others, "line")));
        }
        if self.refused > 0 {
            streams.say(&format!("left out: {}", counted(self.refused, "line")));
        }
        if self.reports == 0 {
            return Err(Failure::Refused("no report was found".to_owned()));
        }
        if self.missing.is_empty() {
            return Ok(());
        }
        let missing = self.missing.iter().map(|((name, build), reports)| {
            let build =
                build.as_deref().map_or("a build without an id".into(), |id| format!("build {}", line(id)));
            format!("{} of {build} (in {})", line(name), counted(*reports, "report"))
        });
        let missing: Vec<String> = missing.collect();
        Err(Failure::Refused(format!(
            "no debug file was given for {}; {}",
            missing.join(", "),
            line(&files.builds())
        )))
    }
}
