//! Who reports.

use std::borrow::Cow;

/// The program that reports: its name and version, and where its users find their choices.
///
/// Every default is Crawl4AI's; every one can be set, so that any program can report under its own name.
///
/// ```
/// use crawl4ai_telemetry_core::App;
///
/// let app = App::new("my-tool", "1.4.0").command("my-tool telemetry");
/// assert_eq!(app.config_folder_name(), ".my-tool");
/// assert_eq!(app.env_prefix_name(), "MY_TOOL");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    name: Cow<'static, str>,
    version: Cow<'static, str>,
    config_folder: Cow<'static, str>,
    env_prefix: Cow<'static, str>,
    command: Cow<'static, str>,
    in_app: Vec<Cow<'static, str>>,
    server: bool,
}

impl App {
    /// A program by its name and version.
    ///
    /// The configuration folder becomes `.name`, the prefix of environment variables `NAME` (upper case,
    /// anything but letters and digits an underscore), the command that hints name `name telemetry`.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, version: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let plain = |c: char, other: char| if c.is_ascii_alphanumeric() { c } else { other };
        let folder: String = name.chars().map(|c| plain(c, '-').to_ascii_lowercase()).collect();
        let prefix: String = name.chars().map(|c| plain(c, '_').to_ascii_uppercase()).collect();
        let command = format!("{name} telemetry");
        Self {
            name,
            version: version.into(),
            config_folder: format!(".{folder}").into(),
            env_prefix: prefix.into(),
            command: command.into(),
            in_app: Vec::new(),
            server: false,
        }
    }

    /// Crawl4AI itself: `~/.crawl4ai`, `CRAWL4AI_*`, `crwl telemetry`.
    #[must_use]
    pub fn crawl4ai(version: impl Into<Cow<'static, str>>) -> Self {
        Self::new("crawl4ai", version).command("crwl telemetry")
    }

    /// The folder below the user's home folder that holds `config.json`, for example `.my-tool`.
    #[must_use]
    pub fn config_folder(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.config_folder = name.into();
        self
    }

    /// The prefix of the environment variables, without the underscore, for example `MY_TOOL`.
    #[must_use]
    pub fn env_prefix(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.env_prefix = prefix.into();
        self
    }

    /// The command with which users change their mind, as hints and help texts name it.
    #[must_use]
    pub fn command(mut self, command: impl Into<Cow<'static, str>>) -> Self {
        self.command = command.into();
        self
    }

    /// Counts one more crate (by its Rust name, `my_core`) as the program's own in stack traces.
    ///
    /// Without any, every frame counts whose source lies outside the registry, the git checkouts and the
    /// standard library.
    #[must_use]
    pub fn in_app(mut self, krate: impl Into<Cow<'static, str>>) -> Self {
        self.in_app.push(krate.into());
        self
    }

    /// Declares that this program is a server: its environment is `api_server` wherever it runs.
    #[must_use]
    pub fn server(mut self) -> Self {
        self.server = true;
        self
    }

    /// The program's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The program's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The folder below the home folder that holds the configuration.
    #[must_use]
    pub fn config_folder_name(&self) -> &str {
        &self.config_folder
    }

    /// The prefix of the environment variables.
    #[must_use]
    pub fn env_prefix_name(&self) -> &str {
        &self.env_prefix
    }

    /// The command that hints name.
    #[must_use]
    pub fn command_name(&self) -> &str {
        &self.command
    }

    /// Is this program declared a server?
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.server
    }

    /// The crates that count as the program's own besides the ones found by their source's place.
    pub fn in_app_crates(&self) -> impl Iterator<Item = &str> {
        self.in_app.iter().map(AsRef::as_ref)
    }
}
