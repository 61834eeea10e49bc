//! The self-test: a report that is marked as a test takes every step of a real one, and each step reports its result.

mod answer;
mod disk;
mod hook;
mod road;
#[cfg(test)]
#[cfg(feature = "file")]
mod tests;

use std::fmt;

use crawl4ai_telemetry_core::ReportId;
use serde::Serialize;

use crate::printable::line;

pub(crate) use hook::PanicHook;
pub(crate) use road::selftest;

/// The result of [`Telemetry::selftest`](crate::Telemetry::selftest): a step for each part that a report passes. The
/// keys of its JSON form are stable.
///
/// ```
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .env(Env::from_pairs("WEATHER", [("TERM", "dumb")]))
///     .build()?;
/// let found = telemetry.selftest(|step| println!("{step}"));
/// assert!(found.passed(), "{found:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Selftest {
    /// The id of the test report.
    pub report: ReportId,
    /// The steps that were taken, in order.
    pub steps: Vec<SelftestStep>,
}

impl Selftest {
    /// Did no step fail? A skipped step does not count as failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.steps.iter().any(|step| step.outcome == SelftestOutcome::Failed)
    }
}

/// One step of a [`Selftest`]. Its printed form is one line: the result, what was found, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SelftestStep {
    /// The part that was tried.
    pub part: SelftestPart,
    /// How the step went.
    pub outcome: SelftestOutcome,
    /// What was found, in a sentence.
    pub found: String,
    /// How to fix a failed step, in a sentence.
    pub mend: Option<String>,
}

impl fmt::Display for SelftestStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<8} {}", self.outcome.name(), self.part.name(), line(&self.found))?;
        match &self.mend {
            Some(mend) => write!(f, " {}", line(mend)),
            None => Ok(()),
        }
    }
}

/// A part that a report passes. Each step of a [`Selftest`] names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SelftestPart {
    /// Nothing forbids a report outright, such as a variable, a stored no, or a file that cannot be read.
    Consent,
    /// Panics reach the library.
    Hook,
    /// The error and its stack were taken.
    Capture,
    /// The functions on the stack have names.
    Names,
    /// The program's own words are distinguished from other texts.
    Words,
    /// The address that was put into the text for the test is gone.
    Cleaning,
    /// The report was written to the disk and read again.
    Disk,
    /// There is a place to send to, and it can be set up.
    Provider,
    /// The report was sent, and accepted.
    Server,
    /// The user can look at the report that was sent.
    Log,
}

impl SelftestPart {
    /// The stable name of the part.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Hook => "hook",
            Self::Capture => "capture",
            Self::Names => "names",
            Self::Words => "words",
            Self::Cleaning => "cleaning",
            Self::Disk => "disk",
            Self::Provider => "provider",
            Self::Server => "server",
            Self::Log => "log",
        }
    }
}

/// How a step of a [`Selftest`] went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SelftestOutcome {
    /// The step succeeded.
    Passed,
    /// The step was not tried, or is not possible here. Reports leave nevertheless.
    Skipped,
    /// The step failed, so that reports are lost, wait or do not leave.
    Failed,
}

impl SelftestOutcome {
    /// The stable name of the outcome.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}
