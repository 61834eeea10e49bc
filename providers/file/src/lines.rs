//! Lines of JSON: writes lines, reads their time, and finds how a file ends.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use crawl4ai_telemetry_core::Timestamp;
use crawl4ai_telemetry_core::sanitize::limits::STORED_REPORT;
use serde::Serialize;

/// The start of each line: the first field of a report and of a usage span.
const BEGINNINGS: [&[u8]; 2] = [b"{\"schema\":", b"{\"span\":"];

/// Longest line that the provider writes, in bytes: four times the longest report; usage spans are far shorter. Longer
/// text without a line break is not the provider's, and must not fill the memory.
pub(crate) const LONGEST: u64 = 4 * STORED_REPORT as u64;

/// Length of a report's id, in hexadecimal digits.
const ID: usize = 32;

/// Size of a read that searches for the end of the last whole line, in bytes.
const STEP: u64 = 64 * 1024;

/// Writes a value as one line. JSON escapes every line break inside the value.
pub(crate) fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Does the file start like a file of this provider? If not, it is left alone, because the path may be mistyped.
pub(crate) fn are_ours(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let longest = BEGINNINGS.iter().map(|b| b.len()).max().unwrap_or_default();
    let mut head = Vec::with_capacity(longest);
    file.seek(SeekFrom::Start(0))?;
    file.take(u64::try_from(longest).unwrap_or(u64::MAX)).read_to_end(&mut head)?;
    // A power cut during the first write may leave a part of a line's start, or zeros.
    let torn = |whole: &[u8]| whole.starts_with(&head);
    Ok(BEGINNINGS.iter().any(|b| head.starts_with(b) || torn(b)) || head.iter().all(|b| *b == 0))
}

/// How a file ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The file ends with a line break, or is empty.
    Whole,
    /// The last line is whole but lacks its line break, as some editors leave it.
    Unbroken,
    /// The last line is incomplete. It begins at this byte.
    Torn(u64),
    /// The bytes after the last line break are more than any line of the provider has.
    Foreign,
}

/// Is this line, with its line break, among the last lines of a file of `len` bytes?
pub(crate) fn end_with(file: &mut (impl Read + Seek), len: u64, line: &[u8]) -> io::Result<bool> {
    let most = (line.len() as u64).saturating_mul(2).saturating_add(STEP);
    let start = len.saturating_sub(most);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(len - start).read_to_end(&mut tail)?;
    Ok(tail.split_inclusive(|byte| *byte == b'\n').any(|found| found == line))
}

/// How a file of `len` bytes ends.
pub(crate) fn end(file: &mut (impl Read + Seek), len: u64) -> io::Result<End> {
    let Some(start) = last_line(file, len)? else { return Ok(End::Foreign) };
    if start == len {
        return Ok(End::Whole);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(len - start).read_to_end(&mut tail)?;
    Ok(if written_at(&tail).is_some() { End::Unbroken } else { End::Torn(start) })
}

/// The start of the bytes after the last line break. It is `None` if these bytes are more than [`LONGEST`].
fn last_line(file: &mut (impl Read + Seek), len: u64) -> io::Result<Option<u64>> {
    let first = len.saturating_sub(LONGEST);
    let mut upto = len;
    let mut chunk = Vec::new();
    while upto > first {
        let from = upto.saturating_sub(STEP).max(first);
        file.seek(SeekFrom::Start(from))?;
        chunk.clear();
        file.take(upto - from).read_to_end(&mut chunk)?;
        if let Some(at) = chunk.iter().rposition(|b| *b == b'\n') {
            return Ok(Some(from + at as u64 + 1));
        }
        upto = from;
    }
    Ok((first == 0).then_some(0))
}

/// The part of a file that may stay when a line is added.
#[derive(Debug)]
pub(crate) struct Room {
    /// Most bytes that may stay without removing a line.
    pub(crate) at_most: u64,
    /// Most bytes that stay if the file has more than `at_most`.
    pub(crate) then: u64,
    /// Lines with an earlier time are removed.
    pub(crate) oldest: Timestamp,
}

/// The start of the first line that may stay in a file of `len` bytes.
///
/// A line without a time counts as old as the line before it. If no line precedes it, it counts as older than any.
pub(crate) fn first_kept(file: &mut (impl Read + Seek), len: u64, room: &Room) -> io::Result<u64> {
    let mut at = if len > room.at_most { len.saturating_sub(room.then) } else { 0 };
    // The read starts one byte earlier, because a line that begins exactly at `at` may stay.
    file.seek(SeekFrom::Start(at.saturating_sub(1)))?;
    let mut file = BufReader::new(file);
    if at > 0 {
        at = at - 1 + file.skip_until(b'\n')? as u64;
    }
    let mut line = Vec::new();
    loop {
        let n = next_line(&mut file, &mut line)?;
        if n == 0 || written_at(&line).is_some_and(|time| time >= room.oldest) {
            return Ok(at);
        }
        at += n;
    }
}

/// Reads a line and returns its length. If it is longer than [`LONGEST`], only its start is kept.
pub(crate) fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let kept = file.take(LONGEST).read_until(b'\n', line)? as u64;
    let skipped =
        if kept == LONGEST && line.last() != Some(&b'\n') { file.skip_until(b'\n')? as u64 } else { 0 };
    Ok(kept + skipped)
}

/// What erasing finds in a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A report, with its id.
    Report(String),
    /// The line is whole, but no report: a usage span, other JSON, or nothing at all.
    Other,
    /// The line is not whole JSON, so a part of a report may be in it.
    Unreadable,
}

impl Line {
    pub(crate) fn read(line: &[u8]) -> Self {
        // A power cut may leave zeros, in which there is no report.
        if line.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
            return Self::Other;
        }
        let Ok(read) = serde_json::from_slice::<serde_json::Value>(line) else { return Self::Unreadable };
        let id = read.get("schema").and(read.get("id")).and_then(serde_json::Value::as_str);
        id.map_or(Self::Other, |id| Self::Report(id.to_owned()))
    }
}

/// Does a line contain the id of a wanted report anywhere?
pub(crate) fn names_any(line: &[u8], is_wanted: impl Fn(&str) -> bool) -> bool {
    let words = line.split(|byte| !byte.is_ascii_hexdigit()).filter(|word| word.len() == ID);
    words.filter_map(|word| std::str::from_utf8(word).ok()).any(is_wanted)
}

/// The time in a line that this provider wrote: a report's time, or a span's end.
fn written_at(line: &[u8]) -> Option<Timestamp> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    line.get("time").or_else(|| line.get("end"))?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests;
