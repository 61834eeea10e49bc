//! Reads files of reports and spans line by line, and passes them on. Other lines are counted and mentioned.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crawl4ai_telemetry::printable::line;

use super::otlp::{LogsRequest, TraceRequest};
use super::progress::Progress;
use super::record::{Line, Record, SpanRecord};
use crate::exit::Failure;
use crate::lines::Lines;
use crate::output::Streams;

/// The longest line, in bytes. A collector's batch of 8,192 logs fits.
const LONGEST: usize = 16 * 1024 * 1024;

/// The most ids of reports that are remembered, and of spans, to recognize those that were written twice. They take 64 MB.
const IDS: usize = 4_000_000;

/// Counts of what was read, and of what was left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    pub(super) reports: u64,
    /// Reports that had already been read.
    pub(super) doubles: u64,
    pub(super) spans: u64,
    /// Spans that had already been read.
    pub(super) span_doubles: u64,
    /// JSON that is neither a report nor a span: other programs' logs.
    pub(super) others: u64,
    pub(super) torn: u64,
    pub(super) too_long: u64,
    pub(super) ids_forgotten: bool,
}

/// A report or a span.
pub(super) enum Entry<'a> {
    Report(&'a Record<'a>),
    Span(&'a SpanRecord<'a>),
}

/// Passes each report and each span of the files on. The path `-` is standard input.
pub(super) fn each(
    paths: &[PathBuf],
    streams: &mut Streams,
    mut hand_over: impl FnMut(Entry<'_>, &mut Streams) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let mut read = Tally::default();
    let (mut ids, mut span_ids) = (Ids::default(), Ids::default());
    let mut progress = Progress::new(paths);
    for path in paths {
        let refused =
            |error: io::Error| Failure::Refused(format!("{}: {error}", line(&path.display().to_string())));
        let mut lines = Lines::new(BufReader::with_capacity(256 * 1024, open(path).map_err(refused)?));
        lines = lines.with_longest(LONGEST);
        while let Some(next) = lines.next().map_err(refused)? {
            progress.read(next.text.len(), streams);
            if next.text.trim_ascii().is_empty() {
                continue;
            }
            read.lines += 1;
            if next.cut {
                read.too_long += 1;
                continue;
            }
            if let Some((spans, others)) = trace(&next.text) {
                read.others += others;
                for span in spans {
                    if span_ids.has(span.id) {
                        read.span_doubles += 1;
                        continue;
                    }
                    read.spans += 1;
                    hand_over(Entry::Span(&span), streams)?;
                }
                continue;
            }
            for record in records(&next.text, &mut read) {
                if id(&record).is_some_and(|id| ids.has(id)) {
                    read.doubles += 1;
                    continue;
                }
                read.reports += 1;
                hand_over(Entry::Report(&record), streams)?;
            }
        }
    }
    read.ids_forgotten = ids.forgotten || span_ids.forgotten;
    progress.end(streams);
    Ok(read)
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(path)?))
}

/// The spans of a line, and the number of those that cannot be read. `None` if the line is not one of spans.
fn trace(text: &str) -> Option<(impl Iterator<Item = SpanRecord<'_>>, u64)> {
    // Most lines hold no spans, and are parsed once only.
    memchr::memmem::find(text.as_bytes(), b"\"resourceSpans\"")?;
    Some(serde_json::from_str::<TraceRequest<'_>>(text).ok()?.records())
}

fn records<'a>(text: &'a str, read: &mut Tally) -> Vec<Record<'a>> {
    match serde_json::from_str::<Line<'_>>(text) {
        Ok(report) => match report.into_record() {
            Some(record) => return vec![record],
            None => read.others += 1,
        },
        Err(error) if error.is_data() => match serde_json::from_str::<LogsRequest<'_>>(text) {
            Ok(request) => {
                let (records, others) = request.records();
                read.others += others;
                return records;
            }
            Err(error) if error.is_data() => read.others += 1,
            Err(_) => read.torn += 1,
        },
        Err(_) => read.torn += 1,
    }
    Vec::new()
}

/// Half of the id of a report is enough, because it is a random number of 128 bits.
fn id(record: &Record<'_>) -> Option<u64> {
    record.id.get(..16).and_then(|half| u64::from_str_radix(half, 16).ok())
}

/// The ids that were read.
#[derive(Default)]
struct Ids {
    known: HashSet<u64>,
    /// Whether ids beyond the bound were not remembered.
    forgotten: bool,
}

impl Ids {
    /// Whether the id was read before.
    fn has(&mut self, id: u64) -> bool {
        if self.known.len() >= IDS {
            self.forgotten = true;
            return self.known.contains(&id);
        }
        !self.known.insert(id)
    }
}
