//! `analyze`: evaluates many reports together.

mod changes;
mod dates;
mod elastic;
mod exact;
mod findings;
mod json;
mod lists;
mod names;
mod otlp;
mod program;
mod progress;
mod prometheus;
mod read;
mod record;
mod rises;
mod shares;
mod text;
mod versions;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crawl4ai_telemetry::clock::{Clock, SystemClock};
use crawl4ai_telemetry::printable::line;
use serde_json::to_string_pretty;

use crate::exit::Failure;
use crate::output::Streams;
use crate::view::words::grouped;
use findings::Findings;
use names::start;
use program::{Bounds, Day, Program};
use read::Tally;

/// Tell what many reports say together
///
/// Reads files of reports as the file provider writes them, and logs as a file
/// exporter of an OpenTelemetry collector writes them. Bugs by fingerprint, what
/// is new in a version, what rose, what a bug's reports have in common, and what
/// was lost. Nothing is stored or sent, so there is nothing to undo.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Analyze {
    /// Files of reports; - reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Of this program; otherwise of the one with the most reports
    #[arg(long, value_name = "NAME")]
    program: Option<String>,

    /// Count days until this one, not until today: 2026-11-27
    #[arg(long, value_name = "DATE", value_parser = dates::parse)]
    until: Option<Day>,

    /// What to write
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Words for people
    Text,
    /// One JSON object, whose keys are stable
    Json,
    /// Counts in Prometheus' text format
    Prometheus,
    /// Reports for Elasticsearch's bulk interface, by ECS names
    Elastic,
}

/// The most programs that are counted separately.
const PROGRAMS: usize = 16;

/// The most bugs of each program that are counted separately.
const BUGS: usize = 20_000;

/// The most versions of each program that are counted separately. The same limit applies to operations, systems and
/// environments.
const NAMES: usize = 256;

impl Analyze {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        let today = self.until.unwrap_or_else(|| dates::day(SystemClock::new().now()));
        let bounds = Bounds { today, bugs: BUGS, names: NAMES };
        let mut programs: BTreeMap<String, Program> = BTreeMap::new();
        let (mut of_further_programs, mut exported) = (0_u64, 0_u64);
        let format = if self.json { Format::Json } else { self.format };
        let tally = read::each(&self.files, streams, |record, streams| {
            let name = start(&record.program, 200);
            if self.program.as_deref().is_some_and(|wanted| wanted != name) {
                of_further_programs += 1;
            } else if format == Format::Elastic {
                exported += 1;
                return streams.write(&elastic::lines(record));
            } else if let Some(program) = programs.get_mut(name) {
                program.add(record, bounds);
            } else if programs.len() < PROGRAMS {
                let mut program = Program::new(bounds);
                program.add(record, bounds);
                programs.insert(name.to_owned(), program);
            } else {
                of_further_programs += 1;
            }
            Ok(())
        })?;
        for said in text::left_out(&tally) {
            streams.say(&said);
        }
        if exported > 0 {
            return Ok(());
        }
        let found = programs.iter().max_by_key(|(_, program)| program.reports);
        let Some((name, program)) = found else {
            return Err(Failure::Refused(self.nothing_found(&tally)));
        };
        say_others(name, &programs, of_further_programs, streams);
        for said in text::undated(program) {
            streams.say(&said);
        }
        let findings = Findings::of(program);
        match format {
            Format::Text => text::print(name, program, &findings, today, streams),
            Format::Json => {
                streams.print_json(to_string_pretty(&json::value(name, program, &findings, &tally)))
            }
            Format::Prometheus => streams.write(&prometheus::metrics(name, program)),
            // The lines were written while the reports were read.
            Format::Elastic => Ok(()),
        }
    }

    fn nothing_found(&self, tally: &Tally) -> String {
        match &self.program {
            Some(name) if tally.reports > 0 => format!("no report is of {}", line(name)),
            Some(_) | None => "no report was found".to_owned(),
        }
    }
}

/// Says how many reports are of programs that are not shown.
fn say_others(shown: &str, programs: &BTreeMap<String, Program>, further: u64, streams: &mut Streams) {
    let others = programs.iter().filter(|(name, _)| *name != shown);
    let others = others.map(|(name, program)| format!("{} of {}", grouped(program.reports), line(name)));
    let further = (further > 0).then(|| format!("{} of others", grouped(further)));
    let said: Vec<String> = others.chain(further).collect();
    if !said.is_empty() {
        streams.say(&format!(
            "Reports of other programs are left out; `--program NAME` shows them: {}",
            said.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests;
