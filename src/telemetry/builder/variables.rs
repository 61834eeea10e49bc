//! What telemetry reads of the process's variables, once.

use super::Builder;
use crate::environment::{Env, UserFolders};

impl Builder {
    /// Reads the process's variables now, on this thread: the home folder, the folder for temporary files, and the variables
    /// of the program where [`env`](Self::env) gave none. Setting up reads them otherwise.
    ///
    /// For hosts in another language that set up telemetry beside threads that may change a variable, such as an interpreter
    /// that releases its lock: a read of a variable while another thread calls C `setenv` can crash the process.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .provider(MemoryProvider::default())
    ///     .config_folder(folder.path())
    ///     .read_variables();
    /// // From here on other threads may change variables.
    /// let telemetry = builder.build()?;
    /// # drop(telemetry);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_variables(mut self) -> Self {
        self.snapshot();
        self.folders = Some(self.user_folders());
        self
    }

    pub(super) fn snapshot(&mut self) -> Env {
        let prefix = self.app.env_prefix_name();
        self.env.get_or_insert_with(|| Env::from_process(prefix)).clone()
    }

    pub(super) fn user_folders(&mut self) -> UserFolders {
        self.folders.get_or_insert_with(UserFolders::look).clone()
    }
}
