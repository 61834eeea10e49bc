//! Lines of JSON: making them, telling their age, mending the last one.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use crawl4ai_telemetry_core::Timestamp;
use serde::Serialize;

/// How a line of this provider begins: the first field of a report and of a usage span.
const BEGINNINGS: [&[u8]; 2] = [b"{\"schema\":", b"{\"span\":"];

/// How much is read at once while looking for the end of the last whole line, in bytes.
const CHUNK: u64 = 64 * 1024;

/// The longest line that is read into memory, in bytes; this provider writes none that is longer. A report has at most
/// 256 KiB, a usage span with everything shared less than 512 KiB.
const MAX_LINE: u64 = 1024 * 1024;

/// A value as one line; JSON escapes every line break inside it.
pub(crate) fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Does the file begin as this provider's files do? Another file is not touched, because trimming it would delete what is in
/// it.
pub(crate) fn is_report_file(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let longest = BEGINNINGS.iter().map(|b| b.len()).max().unwrap_or_default();
    let mut head = Vec::with_capacity(longest);
    file.seek(SeekFrom::Start(0))?;
    file.take(u64::try_from(longest).unwrap_or(u64::MAX)).read_to_end(&mut head)?;
    // A power cut during the very first write may leave a part of the beginning, or zeros.
    let torn = |whole: &[u8]| whole.starts_with(&head);
    Ok(BEGINNINGS.iter().any(|b| head.starts_with(b) || torn(b)) || head.iter().all(|b| *b == 0))
}

/// How a file ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With a line break, or it is empty.
    Whole,
    /// With a whole line that lacks its line break, as editors leave it.
    Unbroken,
    /// With a part of a line, which begins at this byte.
    Torn(u64),
    /// With more than [`MAX_LINE`] bytes without a line break.
    Foreign,
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

/// Where the bytes after the last line break begin, unless there are more than [`MAX_LINE`].
fn last_line(file: &mut (impl Read + Seek), len: u64) -> io::Result<Option<u64>> {
    let first = len.saturating_sub(MAX_LINE);
    let mut upto = len;
    let mut chunk = Vec::new();
    while upto > first {
        let from = upto.saturating_sub(CHUNK).max(first);
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

/// How much of the file stays when a line is appended.
#[derive(Debug)]
pub(crate) struct KeepLimits {
    /// The file is shortened when it is longer than this, in bytes.
    pub(crate) max_bytes: u64,
    /// To how many bytes it is then shortened.
    pub(crate) shrink_to: u64,
    /// Older lines are removed.
    pub(crate) oldest: Timestamp,
}

/// The offset of the first line that stays in a file of `len` bytes.
///
/// A line without a time counts as old as the line before it; the first line, as older than any limit.
pub(crate) fn first_kept(file: &mut (impl Read + Seek), len: u64, keep: &KeepLimits) -> io::Result<u64> {
    let mut at = if len > keep.max_bytes { len.saturating_sub(keep.shrink_to) } else { 0 };
    // From one byte earlier: a line that begins exactly at `at` may stay.
    file.seek(SeekFrom::Start(at.saturating_sub(1)))?;
    let mut file = BufReader::new(file);
    if at > 0 {
        at = at - 1 + file.skip_until(b'\n')? as u64;
    }
    let mut line = Vec::new();
    loop {
        let n = next_line(&mut file, &mut line)?;
        if n == 0 || written_at(&line).is_some_and(|time| time >= keep.oldest) {
            return Ok(at);
        }
        at += n;
    }
}

/// Reads a line and returns its length. Of a line that is longer than [`MAX_LINE`] only the beginning is kept.
fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let kept = file.take(MAX_LINE).read_until(b'\n', line)? as u64;
    let skipped =
        if kept == MAX_LINE && line.last() != Some(&b'\n') { file.skip_until(b'\n')? as u64 } else { 0 };
    Ok(kept + skipped)
}

/// When the line was written, if it is a report or a usage span.
fn written_at(line: &[u8]) -> Option<Timestamp> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    line.get("time").or_else(|| line.get("end"))?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests;
