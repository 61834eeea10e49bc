//! Reports as JSON lines in a local file.
//!
//! This provider is for users who pass reports on by hand, for air-gapped machines, and to see what a server would get.
//! It sends nothing, does not rotate into numbered files and keeps no index. Each line is one [`Report`] or
//! [`UsageSpan`] in its own JSON form, readable with `tail -F`, `jq` and an editor.
//!
//! Its promises:
//!
//! - **Whole lines.** `Ok` means that the line is on the disk, synced, and was written under a lock that every process
//!   honours. A line that is written only in part is removed. A line torn by a power cut is removed before the next
//!   line is written.
//! - **Bounds.** The file does not exceed [`max_bytes`](FileProvider::max_bytes), unless its newest line alone does,
//!   because the newest line is always kept. Whole lines are removed, the oldest first. Lines older than
//!   [`max_age`](FileProvider::max_age) are removed at the next write.
//! - **No surprises.** Symbolic links, pipes, devices, other users' files and files that hold something other than
//!   reports are refused. A file is created with mode 0600 and its folder with 0700; existing modes stay as they are.
//!
//! The lock is an empty file beside the reports, `reports.jsonl.lock`. A report that was written but could not be
//! acknowledged may be written again; readers drop duplicates by `id`.

mod append;
mod erase;
mod lines;
mod open;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crawl4ai_telemetry_core::{
    Payload, ProviderError, Report, ReportId, SendError, TelemetryProvider, Timestamp, UsageSpan,
};

use append::Bounds;
pub use erase::Erased;
use open::Trouble;

/// Appends each report and usage span to a file, one line of JSON each.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::TelemetryProvider;
/// use crawl4ai_telemetry_file::FileProvider;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("reports.jsonl");
/// let provider = FileProvider::new(path).max_bytes(1024 * 1024).max_age(Duration::from_secs(7 * 24 * 3600));
/// provider.initialize()?;
/// assert_eq!(provider.name(), "file");
/// assert!(!provider.path().exists(), "nothing is written before there is something to write");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileProvider {
    path: PathBuf,
    bounds: Bounds,
}

impl FileProvider {
    /// The provider's name.
    pub const NAME: &'static str = "file";

    /// The largest size of the file unless [`max_bytes`](Self::max_bytes) is called: 5 MiB, which holds some hundreds
    /// of reports with long stacks and can still be attached to a mail.
    pub const DEFAULT_MAX_BYTES: u64 = 5 * 1024 * 1024;

    /// The longest time a line stays unless [`max_age`](Self::max_age) is called: 30 days, as in the spool.
    pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// A provider that appends to `path`. Nothing is opened, read or created yet.
    ///
    /// The first write creates the file and its folder. A relative path is resolved at each write, from the program's
    /// current folder.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let bounds =
            Bounds { max_bytes: Self::DEFAULT_MAX_BYTES, max_age: Self::DEFAULT_MAX_AGE, now: system_time };
        Self { path: path.into(), bounds }
    }

    /// Sets the largest size of the file, in bytes. If a new line does not fit, the oldest lines are removed, a quarter
    /// of the file at a time, so that not every write rewrites the file. A bound smaller than one report (at most 256
    /// KiB, mostly under 16 KiB) leaves the newest line only.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.bounds.max_bytes = bytes;
        self
    }

    /// Sets the longest time a line stays, to the millisecond. A line's age is the difference of its own time and this
    /// machine's clock, and is checked when a line is written. [`Duration::MAX`] keeps lines for ever.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.bounds.max_age = age;
        self
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the reports with these ids from the file, and returns how many were removed. Every other line stays as
    /// it is. Usage spans are never removed, because they have no such ids. A missing file holds no reports. Lines that
    /// cannot be read, such as one that a power cut tore, stay too. The result has their numbers, because a part of a
    /// report may be in them.
    ///
    /// # Errors
    /// When the file holds something other than reports, belongs to another user or cannot be replaced. The file then
    /// stays unchanged.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::ReportId;
    /// use crawl4ai_telemetry_file::FileProvider;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let provider = FileProvider::new(folder.path().join("reports.jsonl"));
    /// let erased = provider.erase(&[ReportId::from_bytes([7; 16])])?;
    /// assert_eq!((erased.reports, erased.unreadable_lines.len()), (0, 0), "nothing was written yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn erase(&self, ids: &[ReportId]) -> Result<Erased, ProviderError> {
        let wanted: HashSet<String> = ids.iter().map(ToString::to_string).collect();
        erase::erase(&self.path, |id| wanted.contains(id)).map_err(|trouble| match trouble {
            Trouble::Refused(reason) | Trouble::Passing(reason) => failed("erase reports", reason),
        })
    }

    fn append(&self, is_report: bool, line: &[u8]) -> Result<(), SendError> {
        append::append(&self.path, is_report, line, &self.bounds).map_err(|trouble| match trouble {
            Trouble::Refused(reason) => SendError::halt(reason),
            Trouble::Passing(reason) => SendError::retry(reason),
        })
    }
}

/// Flush and shutdown do nothing, because every line is on the disk before it is acknowledged, and no file stays open
/// between two lines.
impl TelemetryProvider for FileProvider {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn destination(&self) -> Cow<'_, str> {
        format!("the file {}", self.path.display()).into()
    }

    /// Checks the path and creates nothing. A temporary trouble, such as a full disk or a folder that cannot be written
    /// now, is no error here. It shows when a report is sent, and that report is kept.
    fn initialize(&self) -> Result<(), ProviderError> {
        match open::inspect(&self.path) {
            Ok(()) | Err(Trouble::Passing(_)) => Ok(()),
            Err(Trouble::Refused(reason)) => Err(failed("use the file", reason)),
        }
    }

    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let bytes = lines::line(report).map_err(|e| failed("write the report as JSON", e))?;
        Ok(Payload::new("application/x-ndjson", bytes))
    }

    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        self.append(true, &self.render(report)?.bytes)
    }

    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        self.append(false, &lines::line(span).map_err(|e| failed("write the usage span as JSON", e))?)
    }
}

fn failed(operation: &'static str, reason: impl Display) -> ProviderError {
    ProviderError::new(FileProvider::NAME, operation, reason)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a provider stands alone, the library's clock is out of reach; tests put another function here"
)]
fn system_time() -> Timestamp {
    std::time::SystemTime::now().into()
}

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
