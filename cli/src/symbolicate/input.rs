//! Reads one report, or a file of reports, one per line. The JSON is of unknown origin, and the memory is bounded.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crawl4ai_telemetry::printable::line;
use serde_json::Value;

use crate::exit::Failure;
use crate::lines::Lines;

/// The longest text that is tried as one report. A server's event has a megabyte at most.
const WHOLE: u64 = 4 * 1024 * 1024;

/// A piece of the input.
pub(super) enum Piece {
    Json(Value),
    /// A line that is not a JSON object: its number, and what it is instead.
    Other(u64, &'static str),
}

/// Opens the file. The path `-` is standard input.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let refused =
        |error: io::Error| Failure::Refused(format!("{}: {error}", line(&path.display().to_string())));
    Ok(Box::new(File::open(path).map_err(refused)?))
}

/// Passes each piece of the input on.
pub(super) fn each(
    mut input: impl Read,
    mut hand_over: impl FnMut(Piece) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut start = Vec::new();
    input.by_ref().take(WHOLE).read_to_end(&mut start).map_err(Failure::Input)?;
    let is_whole = (start.len() as u64) < WHOLE;
    if is_whole && let Ok(whole @ Value::Object(_)) = serde_json::from_slice(&start) {
        return hand_over(Piece::Json(whole));
    }
    let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, start.chain(input)));
    let mut number = 0;
    while let Some(next) = lines.next().map_err(Failure::Input)? {
        number += 1;
        if next.text.trim().is_empty() {
            continue;
        }
        hand_over(match serde_json::from_str(&next.text) {
            _ if next.cut => Piece::Other(number, "is longer than 1 MiB"),
            Ok(value @ Value::Object(_)) => Piece::Json(value),
            Ok(_) => Piece::Other(number, "is no JSON object"),
            Err(_) => Piece::Other(number, "is no JSON, or torn"),
        })?;
    }
    Ok(())
}
