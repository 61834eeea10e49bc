//! The administrator's file. It may forbid reports, lower how much they hold and name where they go. It never says yes.
//!
//! It is read each time that the user's stored answer is read. It is read at set-up only for programs that take its
//! destination or record native crashes. A file that cannot be read for certain forbids.

mod document;
mod file;
mod paths;
mod problem;

use std::fmt;
use std::path::PathBuf;

use crawl4ai_telemetry_core::Privacy;
use serde::{Serialize, Serializer};

pub(crate) use document::Destinations;
pub(crate) use file::{Heeded, MachinePolicyFile, Taken};
pub(crate) use paths::machine_policy_path;
pub use problem::MachinePolicyProblem;

/// What the administrator forbids. The default forbids nothing, and no field allows anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MachinePolicy {
    /// No report leaves.
    pub(crate) forbids_reports: bool,
    /// No usage figure leaves.
    pub(crate) forbids_usage: bool,
    /// The most text that a report may hold, whatever users agreed to.
    pub(crate) level: Option<Privacy>,
    /// Nobody is asked, and nothing of users who have not decided is sent.
    pub(crate) hides_question: bool,
}

impl MachinePolicy {
    /// The policy where the file cannot be read for certain.
    pub(super) const FORBIDS: Self = Self {
        forbids_reports: true,
        forbids_usage: true,
        level: Some(Privacy::Strict),
        hides_question: true,
    };
}

/// The administrator's file, as [`Status`](crate::Status) shows it: `/etc/weather/telemetry.json` for a program whose
/// folder is `~/.weather`. `docs/administrators.md` describes each field.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Rule, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let file = folder.path().join("telemetry.json");
/// std::fs::write(&file, r#"{"reports": "forbidden"}"#)?;
/// # #[cfg(unix)]
/// # {
/// # use std::os::unix::fs::PermissionsExt;
/// # std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644))?;
/// # }
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .machine_policy(&file)              // else /etc/weather/telemetry.json
///     .build()?;
/// let status = telemetry.status();
/// assert_eq!((status.enabled, status.decided_by), (false, Rule::AdministratorDenial));
/// let said = status.machine_policy.expect("there is a file");
/// assert!(said.forbids_reports && !said.forbids_usage && said.problem.is_none());
/// assert_eq!(said.to_string(), format!("no reports ({})", file.display()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MachinePolicyStatus {
    /// The file.
    pub path: PathBuf,
    /// No report leaves.
    pub forbids_reports: bool,
    /// No usage figure leaves.
    pub forbids_usage: bool,
    /// The most text that a report may hold.
    pub level: Option<Privacy>,
    /// Nobody is asked, and nothing of users who have not decided is sent.
    pub hides_question: bool,
    /// The file names an address for reports.
    pub sets_address: bool,
    /// The file names a proxy.
    pub sets_proxy: bool,
    /// Why the file cannot be read for certain, or cannot be followed. It then forbids.
    pub problem: Option<MachinePolicyProblem>,
}

impl MachinePolicyStatus {
    /// The problem of the file and its remedy; `None` when there is no problem.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let problem = self.problem?;
        Some(format!("the administrator's file {problem}; {}", problem.remedy()))
    }

    pub(crate) fn policy(&self) -> MachinePolicy {
        MachinePolicy {
            forbids_reports: self.forbids_reports,
            forbids_usage: self.forbids_usage,
            level: self.level,
            hides_question: self.hides_question,
        }
    }
}

impl fmt::Display for MachinePolicyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Some(Privacy::Strict) => "no free text",
            Some(Privacy::OwnWords) => "no text but the program's own words",
            Some(Privacy::Standard) | None => "",
        };
        let parts = [
            (self.forbids_reports, "no reports"),
            (self.forbids_usage, "no usage figures"),
            (!self.forbids_reports && !level.is_empty(), level),
            (!self.forbids_reports && self.hides_question, "nobody is asked"),
            (self.sets_address, "an address"),
            (self.sets_proxy, "a proxy"),
        ];
        let said: Vec<&str> = parts.into_iter().filter_map(|(holds, what)| holds.then_some(what)).collect();
        let said = if said.is_empty() { "forbids nothing".to_owned() } else { said.join(", ") };
        write!(f, "{said} ({})", self.path.display())
    }
}

/// The administrator's file that a rule comes from, for the sentence of that rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByFile {
    path: PathBuf,
    is_certain: bool,
}

impl ByFile {
    pub(crate) fn of(said: Option<&MachinePolicyStatus>) -> Option<Self> {
        said.map(|said| Self { path: said.path.clone(), is_certain: said.problem.is_none() })
    }

    /// The sentence of a rule, with the path of the file that the rule comes from.
    pub(crate) fn explain(&self, sentence: &str) -> String {
        let (said, stop) = sentence.strip_suffix('.').map_or((sentence, ""), |said| (said, "."));
        let said = match (self.is_certain, stop) {
            (true, _) => said,
            (false, "") => "the file of this machine's administrator cannot be followed",
            (false, _) => {
                "The file of this machine's administrator cannot be followed, so no crash report is sent"
            }
        };
        format!("{said}: {}{stop}", self.path.display())
    }
}

impl Serialize for MachinePolicyProblem {
    /// As its sentence.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
