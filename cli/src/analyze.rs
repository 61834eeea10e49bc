//! `analyze`: evaluates many reports and usage spans together.

mod changes;
mod dates;
mod elastic;
mod exact;
mod findings;
mod json;
mod lists;
mod names;
mod otlp;
mod page;
mod program;
mod programs;
mod progress;
mod prometheus;
mod range;
mod read;
mod record;
mod rises;
mod runs;
mod shares;
mod slots;
mod spans;
mod text;
mod versions;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crawl4ai_telemetry::clock::{Clock, SystemClock};
use crawl4ai_telemetry::printable::line;
use serde_json::to_string_pretty;

use crate::exit::Failure;
use crate::output::Streams;
use crate::view::words::counted;
use crate::view::write_new;
use findings::Findings;
use program::{Bounds, Day};
use programs::Programs;
use read::{Entry, Tally};

/// Tell what many reports say together
///
/// Reads files of reports as the file provider writes them, and logs and spans as
/// a file exporter of an OpenTelemetry collector writes them. Bugs by fingerprint,
/// what is new in a version, what rose, what a bug's reports have in common, and
/// what was lost; of usage spans how many, how many failed, and how long they
/// took. Nothing is stored or sent, so there is nothing to undo.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Analyze {
    /// Files of reports and of spans; - reads standard input
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

    /// Write a page for your browser to a new file, and print nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "json"])]
    page: Option<PathBuf>,
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

/// The most bugs of each program that are counted separately.
const BUGS: usize = 20_000;

/// The most versions of each program that are counted separately. The same limit applies to operations, systems and
/// environments.
const NAMES: usize = 256;

impl Analyze {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        let today = self.until.unwrap_or_else(|| dates::day(SystemClock::new().now()));
        let bounds = Bounds { today, bugs: BUGS, names: NAMES };
        let mut programs = Programs::new(self.program.clone());
        let (mut exported, mut undated) = (0_u64, 0_u64);
        let format = if self.json { Format::Json } else { self.format };
        let tally = read::each(&self.files, streams, |entry, streams| {
            let record = match entry {
                Entry::Report(record) => record,
                Entry::Span(span) => {
                    programs.add_span(span, bounds);
                    return Ok(());
                }
            };
            if !programs.is_wanted(record) {
                return Ok(());
            }
            if format == Format::Elastic {
                exported += 1;
                undated += u64::from(record.time.is_none());
                return streams.write(&elastic::lines(record));
            }
            programs.add(record, bounds);
            Ok(())
        })?;
        let mut notes = text::left_out(&tally);
        for said in &notes {
            streams.say(said);
        }
        if format == Format::Elastic {
            let undated = (undated > 0).then(|| {
                format!("{} without a date, written without @timestamp", counted(undated, "report"))
            });
            let spans = (tally.spans > 0)
                .then(|| format!("{}: this format has crash reports only", counted(tally.spans, "span")));
            for said in undated.into_iter().chain(spans).chain(programs.reports_left_out()) {
                streams.say(&said);
            }
            return if exported > 0 { Ok(()) } else { Err(Failure::Refused(self.nothing_found(&tally))) };
        }
        let Some(chosen) = programs.take_largest(bounds)? else {
            return Err(Failure::Refused(self.nothing_found(&tally)));
        };
        let findings = Findings::of(&chosen.program, &chosen.spans);
        let of_others = programs.left_out().into_iter().chain(programs.spans_not_counted(&chosen.name));
        let of_reports = text::undated(&chosen.program).into_iter().chain(text::beyond(&chosen.program));
        let apart = text::apart(&findings);
        let beside: Vec<String> =
            of_others.chain(of_reports).chain(spans::text::left_out(&chosen.spans)).chain(apart).collect();
        for said in &beside {
            streams.say(said);
        }
        if let Some(file) = &self.page {
            notes.extend(beside);
            let page = page::of(&chosen, &findings, &notes, SystemClock::new().now())?;
            let shown = write_new(file, page.as_bytes())?;
            streams.say(&format!("The page is in {shown}. Only you can read it, and delete it."));
            return Ok(());
        }
        match format {
            Format::Text => text::print(&chosen, &findings, today, streams),
            Format::Json => {
                streams.print_json(to_string_pretty(&json::value(&chosen, &findings, &tally, &programs)))
            }
            Format::Prometheus => streams.write(&prometheus::metrics(&chosen, &findings)),
            // The lines were written while the reports were read.
            Format::Elastic => Ok(()),
        }
    }

    fn nothing_found(&self, tally: &Tally) -> String {
        match &self.program {
            Some(name) if tally.reports + tally.spans > 0 => {
                format!("no report is of {}", line(name))
            }
            Some(_) | None => "no report was found".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
