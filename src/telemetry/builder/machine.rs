//! The administrator's file: which one is read, and which of its address and proxy this process uses.

use std::path::PathBuf;

use super::Builder;
use crate::consent::{Destinations, Heeded, MachinePolicyFile, Taken, machine_policy_path};
use crate::deliver::providers::{self, SendsTo};
use crate::diagnostics::Diagnostics;
use crate::environment::Env;

/// The program's settings about the administrator's file, and what was read in it.
#[derive(Default)]
pub(super) struct Settings {
    named: Option<PathBuf>,
    follows: bool,
    /// The file's address and proxy, read once, when the first provider is chosen.
    said: Option<Destinations>,
    pub(super) taken: Taken,
    /// Why the file is not followed.
    problem: Option<String>,
}

impl Builder {
    /// Takes this file as the [administrator's](crate::consent::MachinePolicyStatus) instead of
    /// `/etc/NAME/telemetry.json`: for programs whose administrators keep it elsewhere, and for tests. Only the program
    /// can name it, and no variable, because users whom the file binds must not be able to name another one.
    ///
    /// The file and its folder must belong to root or to the user, and nobody else may write them; the default ones
    /// must be root's. The file is read when a report may be made, not now.
    pub fn machine_policy(mut self, file: impl Into<PathBuf>) -> Self {
        self.machine.named = Some(file.into());
        self
    }

    /// Sends to the address and through the proxy that the administrator's file names. The user's own variables
    /// (`CRAWL4AI_SENTRY_DSN`, `CRAWL4AI_TELEMETRY_PROXY`) stand above the file, and the file above the program's
    /// choice. With this, the file is read once when telemetry is set up. A yes that was given for another place does
    /// not count there, so the user is asked again.
    ///
    /// Without this, or with a [provider](Self::provider) of the program's own, no report leaves while the file names
    /// an address or a proxy, because it would go elsewhere. What the file forbids holds always. On Windows, where
    /// nobody can tell whose file it is, no address is taken from it.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .file("reports.jsonl")
    ///     .machine_destination();     // or where `address` of /etc/weather/telemetry.json says
    /// # drop(builder);
    /// ```
    pub fn machine_destination(mut self) -> Self {
        self.machine.follows = true;
        self
    }

    /// The file, and whether reports go to its address.
    pub(super) fn machine_file(&mut self, diagnostics: &Diagnostics) -> (MachinePolicyFile, bool) {
        if let Some(problem) = self.machine.problem.take() {
            diagnostics.note(problem);
        }
        let taken = std::mem::take(&mut self.machine.taken);
        let is_followed = matches!(taken.address, Heeded::Administrators(Some(_)));
        (self.unfollowed_file().followed_by(taken), is_followed)
    }

    fn unfollowed_file(&self) -> MachinePolicyFile {
        match &self.machine.named {
            Some(path) => MachinePolicyFile::named(path.clone()),
            None => MachinePolicyFile::of_machine(machine_policy_path(&self.app)),
        }
    }

    /// The file's address and proxy. One that cannot be used is left out and not followed, so that the file forbids.
    fn machine_says(&mut self) -> Destinations {
        if !self.machine.follows {
            return Destinations::default();
        }
        if self.machine.said.is_none() {
            let mut said = self.unfollowed_file().destinations();
            for (value, check) in [
                (&mut said.address, providers::check_address as fn(&str) -> Result<(), _>),
                (&mut said.proxy, providers::check_proxy),
            ] {
                if let Some(Err(error)) = value.as_deref().map(check) {
                    self.machine.problem = Some(format!("the administrator's file: {error}"));
                    *value = None;
                }
            }
            self.machine.said = Some(said);
        }
        self.machine.said.clone().unwrap_or_default()
    }

    /// The address for reports: the user's, else the administrator's. Remembers whose it is.
    pub(super) fn address_for_reports(&mut self, env: &Env, to: SendsTo) -> Option<String> {
        let given = |value: Option<&str>| value.filter(|value| !value.trim().is_empty()).map(str::to_owned);
        let users = given(env.own("SENTRY_DSN"));
        if to == SendsTo::OwnProvider {
            return users;
        }
        if users.is_some() {
            self.machine.taken.address = Heeded::Users;
            return users;
        }
        let said = self.machine_says().address;
        self.machine.taken.address = Heeded::Administrators(said.clone());
        said
    }

    /// The proxy that the administrator names, unless the user names one; and whose proxy the connections then use.
    pub(super) fn proxy_of_machine(&mut self, env: &Env, to: SendsTo) -> (Option<String>, Heeded) {
        let users = env.own("TELEMETRY_PROXY").is_some_and(|value| !value.trim().is_empty());
        match to {
            SendsTo::OwnProvider => (None, Heeded::Administrators(None)),
            SendsTo::Nowhere => (None, Heeded::Users),
            SendsTo::Server if users => (None, Heeded::Users),
            SendsTo::Server => {
                let said = self.machine_says().proxy;
                (said.clone(), Heeded::Administrators(said))
            }
        }
    }
}
