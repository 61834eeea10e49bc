//! Reads files of reports line by line. Reports are passed on. Lines without a report are counted and mentioned.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crawl4ai_telemetry::printable::line;

use super::otlp::Request;
use super::progress::Progress;
use super::record::{Line, Record};
use crate::exit::Failure;
use crate::lines::Lines;
use crate::output::Streams;

/// The longest line, in bytes. A collector's batch of 8,192 logs fits.
const LONGEST: usize = 16 * 1024 * 1024;

/// The most ids that are remembered, to recognize reports that were written twice. They take 64 MB.
const IDS: usize = 4_000_000;

/// Counts of what was read, and of what was left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    pub(super) reports: u64,
    /// Reports that had already been read.
    pub(super) doubles: u64,
    /// JSON that is not a report: usage spans, other programs' logs.
    pub(super) others: u64,
    pub(super) torn: u64,
    pub(super) too_long: u64,
    pub(super) ids_forgotten: bool,
}

/// Passes each report of the files on. The path `-` is standard input.
pub(super) fn each(
    paths: &[PathBuf],
    streams: &mut Streams,
    mut hand_over: impl FnMut(&Record<'_>, &mut Streams) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let mut read = Tally::default();
    let mut ids = HashSet::new();
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
            for record in records(&next.text, &mut read) {
                if is_double(&record, &mut ids, &mut read) {
                    read.doubles += 1;
                    continue;
                }
                read.reports += 1;
                hand_over(&record, streams)?;
            }
        }
    }
    progress.end(streams);
    Ok(read)
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(path)?))
}

fn records<'a>(text: &'a str, read: &mut Tally) -> Vec<Record<'a>> {
    match serde_json::from_str::<Line<'_>>(text) {
        Ok(report) => match report.into_record() {
            Some(record) => return vec![record],
            None => read.others += 1,
        },
        Err(error) if error.is_data() => match serde_json::from_str::<Request<'_>>(text) {
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

fn is_double(record: &Record<'_>, ids: &mut HashSet<u64>, read: &mut Tally) -> bool {
    // Half of the id is enough, because it is a random number of 128 bits.
    let Some(id) = record.id.get(..16).and_then(|half| u64::from_str_radix(half, 16).ok()) else {
        return false;
    };
    if ids.len() >= IDS {
        read.ids_forgotten = true;
        return ids.contains(&id);
    }
    !ids.insert(id)
}
