//! Reading the administrator's file.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crawl4ai_telemetry_files::{self as files, Keeper, Refusal};

use super::document::{self, Destinations};
use super::{MachinePolicy, MachinePolicyProblem, MachinePolicyStatus};

/// The largest such file, in bytes. A larger file is something else, and must not fill the memory.
const LARGEST: u64 = 64 * 1024;

/// Whose address or proxy a process uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heeded {
    /// The user's own, which stands above the administrator's; or no connection is made.
    Users,
    /// The administrator's, as the file said when telemetry was set up. `None` where it said nothing, or the program
    /// does not follow it.
    Administrators(Option<String>),
}

impl Heeded {
    fn follows(&self, said: Option<&str>) -> bool {
        match (self, said) {
            (Self::Users, _) => true,
            (Self::Administrators(taken), said) => taken.as_deref() == said,
        }
    }
}

impl Default for Heeded {
    fn default() -> Self {
        Self::Administrators(None)
    }
}

/// The address and the proxies that were chosen when telemetry was set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The address for reports.
    pub(crate) address: Heeded,
    /// The proxy for reports.
    pub(crate) proxy: Heeded,
    /// The proxy for usage figures.
    pub(crate) usage_proxy: Heeded,
}

impl Taken {
    fn is_nothing(&self) -> bool {
        let is_none = |heeded: &Heeded| heeded.follows(None);
        is_none(&self.address) && is_none(&self.proxy) && is_none(&self.usage_proxy)
    }
}

/// The administrator's file. Nothing is read before a method is called.
#[derive(Clone, Debug)]
pub(crate) struct MachinePolicyFile {
    path: Option<PathBuf>,
    keeper: Keeper,
    taken: Taken,
}

impl MachinePolicyFile {
    /// The file of this machine, which must be root's. Without a path there is no file.
    pub(crate) fn of_machine(path: Option<PathBuf>) -> Self {
        Self { path, keeper: Keeper::Root, taken: Taken::default() }
    }

    /// A file that the program names, which may also be the user's.
    pub(crate) fn named(path: PathBuf) -> Self {
        Self { path: Some(path), keeper: Keeper::RootOrUser, taken: Taken::default() }
    }

    /// The file, with the address and the proxies that this process uses.
    pub(crate) fn followed_by(self, taken: Taken) -> Self {
        Self { taken, ..self }
    }

    /// The path, for the signal handler, which notices changes of the file without reading it.
    #[cfg(feature = "native")]
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads what the file forbids. Never fails and never waits, so that a panic hook may call it.
    pub(crate) fn policy(&self) -> MachinePolicy {
        self.read().map(|said| said.policy()).unwrap_or_default()
    }

    /// Reads the file, for people. `None` when there is no file, and this process follows nothing of one.
    pub(crate) fn read(&self) -> Option<MachinePolicyStatus> {
        let path = self.path.as_deref()?;
        let read = match contents(path, self.keeper) {
            Some(read) => read.and_then(|bytes| document::read(&bytes)),
            None if self.taken.is_nothing() => return None,
            // The file is gone, so what was taken from it is not followed any more.
            None => Ok(Default::default()),
        };
        let (mut policy, destinations, mut problem) = match read {
            Ok((policy, destinations)) => (policy, destinations, None),
            Err(problem) => (MachinePolicy::FORBIDS, Destinations::default(), Some(problem)),
        };
        let Destinations { address, proxy } = &destinations;
        // Sending elsewhere than the administrator says is forbidden.
        let ignored = |heeded: &Heeded, said: &Option<String>| !heeded.follows(said.as_deref());
        let (address_ignored, proxy_ignored) =
            (ignored(&self.taken.address, address), ignored(&self.taken.proxy, proxy));
        let usage_proxy_ignored = ignored(&self.taken.usage_proxy, proxy);
        policy.forbids_reports |= address_ignored || proxy_ignored;
        policy.forbids_usage |= usage_proxy_ignored;
        if address_ignored {
            problem = problem.or(Some(MachinePolicyProblem::NotFollowed("address")));
        } else if proxy_ignored || usage_proxy_ignored {
            problem = problem.or(Some(MachinePolicyProblem::NotFollowed("proxy")));
        }
        Some(MachinePolicyStatus {
            path: path.to_owned(),
            forbids_reports: policy.forbids_reports,
            forbids_usage: policy.forbids_usage,
            level: policy.level,
            hides_question: policy.hides_question,
            sets_address: address.is_some(),
            sets_proxy: proxy.is_some(),
            problem,
        })
    }

    /// The address and the proxy that the file names, to be followed from now on. Neither where it cannot be read for
    /// certain, and on systems that do not tell its owner, because another user must not lead reports elsewhere.
    pub(crate) fn destinations(&self) -> Destinations {
        if !cfg!(unix) {
            return Destinations::default();
        }
        let Some(path) = self.path.as_deref() else { return Destinations::default() };
        let Some(Ok(bytes)) = contents(path, self.keeper) else { return Destinations::default() };
        document::read(&bytes).map(|(_, destinations)| destinations).unwrap_or_default()
    }
}

/// The whole file; `None` when there is no file.
fn contents(path: &Path, keeper: Keeper) -> Option<Result<Vec<u8>, MachinePolicyProblem>> {
    let read = files::open_kept_by(path, keeper).and_then(|file| files::read_at_most(&file, LARGEST));
    match read {
        Ok(Some(bytes)) => Some(Ok(bytes)),
        Ok(None) => Some(Err(MachinePolicyProblem::TooLarge)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(Err(problem(&error))),
    }
}

fn problem(error: &io::Error) -> MachinePolicyProblem {
    match Refusal::of(error) {
        Some(Refusal::Link | Refusal::NotAFolder) => MachinePolicyProblem::Link,
        Some(Refusal::NotAFile) => MachinePolicyProblem::NotAFile,
        Some(Refusal::ForeignOwner | Refusal::BelowForeign) => MachinePolicyProblem::ForeignOwner,
        Some(Refusal::Shared) => MachinePolicyProblem::WritableByOthers,
        Some(_) | None => MachinePolicyProblem::Unreadable(error.kind()),
    }
}
