//! Where the program runs, and on which system.

use crawl4ai_telemetry_core::{App, Environment};
use once_cell::race::OnceBox;

use crate::environment::{self, Env, Host, UserFolders};

/// The results of a check that is made once, at the first event or command.
pub(crate) struct RunEnvironment {
    pub(crate) host: Host,
    pub(crate) environment: Environment,
}

/// The inputs of the check, and its result.
pub(super) struct LazyRunEnvironment {
    /// The user's folders as they were at the set-up.
    pub(super) folders: UserFolders,
    pub(super) given_environment: Option<Environment>,
    pub(super) looked_at: OnceBox<RunEnvironment>,
}

impl LazyRunEnvironment {
    pub(super) fn look(&self, env: &Env, app: &App) -> &RunEnvironment {
        self.looked_at.get_or_init(|| {
            let host = Host::look(&self.folders);
            let environment =
                self.given_environment.unwrap_or_else(|| environment::detect(env, &host, app.is_server()));
            Box::new(RunEnvironment { host, environment })
        })
    }
}
