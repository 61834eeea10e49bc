//! The program that reports.

use std::borrow::Cow;
use std::time::Duration;

/// The program that reports: its name and version, and where its users find their choices.
///
/// The defaults are Crawl4AI's; each can be set, so that any program can report under its own name.
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
    has_command: bool,
    privacy_notice: Option<&'static str>,
    controller: Option<&'static str>,
    retention: Option<Duration>,
    in_app: Vec<Cow<'static, str>>,
    server: bool,
}

impl App {
    /// A program by its name and version.
    ///
    /// The configuration folder becomes `.name`, the prefix of environment variables `NAME` (upper case, with an
    /// underscore for anything but letters and digits). Hints name the variable `NAME_TELEMETRY`; they name a command
    /// only if [`command`](Self::command) is called.
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
            has_command: false,
            privacy_notice: None,
            controller: None,
            retention: None,
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

    /// The command with which users change their answer, as hints, help texts and the question name it: with
    /// `my-tool telemetry`, users turn telemetry off by `my-tool telemetry disable`. The command must exist.
    #[must_use]
    pub fn command(mut self, command: impl Into<Cow<'static, str>>) -> Self {
        self.command = command.into();
        self.has_command = true;
        self
    }

    /// The page that tells users who gets their reports, what for, for how long, and what their rights are. The
    /// question and `status` name the page. The address begins with `https://` or `http://` and has at most
    /// [`NOTICE`](Self::NOTICE) characters, so that it fits a line of a terminal. With another address, telemetry is
    /// not set up, and `init` goes on without it.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::App;
    ///
    /// let app = App::new("my-tool", "1.4.0").privacy_notice("https://my-tool.example.com/privacy");
    /// assert_eq!(app.privacy_notice_url(), Some("https://my-tool.example.com/privacy"));
    ///
    /// let broken = App::new("my-tool", "1.4.0").privacy_notice("see our site");
    /// assert!(broken.privacy_notice_url().is_none() && broken.has_broken_privacy_notice());
    /// ```
    #[must_use]
    pub fn privacy_notice(mut self, url: &'static str) -> Self {
        self.privacy_notice = Some(url);
        self
    }

    /// The person or body that answers for the reports, the "controller" of Article 4(7) GDPR: a name and a postal
    /// address, on one line. `status` shows it, and the letter that `erase` prints is addressed to it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use crawl4ai_telemetry_core::App;
    ///
    /// let app = App::new("my-tool", "1.4.0")
    ///     .controller("My Tool Ltd, 1 High Street, Dublin, privacy@my-tool.example.com")
    ///     .retention(Duration::from_secs(90 * 24 * 60 * 60));
    /// assert_eq!(app.retention_time().map(|time| time.as_secs() / 86_400), Some(90));
    /// ```
    #[must_use]
    pub fn controller(mut self, name_and_address: &'static str) -> Self {
        self.controller = Some(name_and_address);
        self
    }

    /// The longest time that the receiver keeps reports. `status` shows it in days, and the user's machine remembers
    /// the ids of the reports that it sent for that long. If the time is not set, the machine remembers them for a
    /// year.
    #[must_use]
    pub fn retention(mut self, time: Duration) -> Self {
        self.retention = Some(time);
        self
    }

    /// The longest address of a [privacy notice](Self::privacy_notice), in characters.
    pub const NOTICE: usize = 78;

    /// Counts one more crate (by its Rust name, `my_core`) as the program's own in stack traces.
    ///
    /// Without any call, a frame counts as the program's own if its source lies outside the registry, the git checkouts
    /// and the standard library.
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

    /// The command that hints show.
    #[must_use]
    pub fn command_name(&self) -> &str {
        &self.command
    }

    /// Did the program declare this command?
    #[must_use]
    pub fn has_command(&self) -> bool {
        self.has_command
    }

    /// The address of the privacy notice, if one is given and valid.
    #[must_use]
    pub fn privacy_notice_url(&self) -> Option<&'static str> {
        self.privacy_notice.filter(|url| is_address(url))
    }

    /// The person or body that answers for the reports, if the program names one.
    #[must_use]
    pub fn controller_address(&self) -> Option<&'static str> {
        self.controller
    }

    /// The longest time that the receiver keeps reports, if the program declares it.
    #[must_use]
    pub fn retention_time(&self) -> Option<Duration> {
        self.retention
    }

    /// Was a [privacy notice](Self::privacy_notice) given whose address is invalid?
    #[must_use]
    pub fn has_broken_privacy_notice(&self) -> bool {
        self.privacy_notice.is_some_and(|url| !is_address(url))
    }

    /// Is this program declared a server?
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.server
    }

    /// The crates that [`in_app`](Self::in_app) added. Their frames count as the program's own wherever the source
    /// lies.
    pub fn in_app_crates(&self) -> impl Iterator<Item = &str> {
        self.in_app.iter().map(AsRef::as_ref)
    }
}

/// Is this a single web address for both a terminal and a browser, without characters that change the screen?
fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let named = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && !host.contains('@');
    named && url.len() <= App::NOTICE && url.bytes().all(|b| b.is_ascii_graphic() && b != b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_privacy_notice_is_an_address_of_the_web_that_fits_a_line() {
        let of_length = |n: usize| -> &'static str {
            Box::leak(format!("https://example.com/{}", "a".repeat(n - 20)).into_boxed_str())
        };
        let cases = [
            ("https://example.com/privacy?lang=en#reports", true),
            ("http://intranet/privacy", true),
            ("http://[::1]:8080/", true),
            (of_length(App::NOTICE), true),
            (of_length(App::NOTICE + 1), false),
            ("", false),
            ("https://", false),
            ("https:///privacy", false),
            ("https://ada:key@example.com/", false),
            ("ftp://example.com/privacy", false),
            ("javascript:alert(1)", false),
            ("example.com/privacy", false),
            ("https://example.com/pri vacy", false),
            ("https://example.com/\u{1b}[2J", false),
            ("https://exämple.com/", false),
        ];
        for (url, valid) in cases {
            let app = App::new("my-tool", "1.0").privacy_notice(url);
            assert_eq!(app.privacy_notice_url(), valid.then_some(url), "{url}");
            assert_eq!(app.has_broken_privacy_notice(), !valid, "{url}");
        }
        assert!(!App::new("my-tool", "1.0").has_broken_privacy_notice());
    }

    #[test]
    fn a_command_is_there_when_the_program_says_so() {
        assert!(!App::new("my-tool", "1.0").has_command());
        assert!(App::new("my-tool", "1.0").command("my-tool telemetry").has_command());
        assert!(App::crawl4ai("1.0").has_command());
    }
}
