//! Reports that a person carries to an issue tracker.

use std::sync::Arc;

use crawl4ai_telemetry_core::TelemetryProvider;
#[cfg(feature = "issue")]
use crawl4ai_telemetry_issue::IssueLink;

use super::Builder;
use crate::deliver::providers::DestinationError;
#[cfg(feature = "issue")]
use crate::{consent::config, deliver::providers, environment::Host};

impl Builder {
    /// Lets the user carry reports to this project's issues, so that a program without a server hears of its crashes:
    /// `https://github.com/owner/project`, or one at GitLab or Codeberg; for a host of one's own,
    /// [`IssueLink`](crate::IssueLink) says what runs there.
    ///
    /// A person at a terminal is asked about each report, whatever they answered before. A yes opens a page of this
    /// machine in their browser, which leads to the form for a new issue with title and text filled in, and to a search
    /// for the same bug; the program itself sends nothing. Where no browser can be opened, a line says where the same
    /// text lies as a file. In pipes, builds, notebooks and servers nothing happens.
    ///
    /// Beside a provider, or where the user's own variable (`CRAWL4AI_SENTRY_DSN`) names a server, reports go there as
    /// usual, and the question offers the page as one more answer.
    ///
    /// An invalid address is an error of [`build`](Self::build), and for [`init`](Self::init) a note in `status`.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .issue_link("https://github.com/owner/weather")
    ///     .config_folder(folder.path())
    ///     .build()?;
    /// assert_eq!(telemetry.status().destination, "github.com/owner/weather");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "issue")]
    pub fn issue_link(mut self, project: impl Into<IssueLink>) -> Self {
        self.issue_link = Some(project.into());
        self
    }

    /// The provider of the issue link; `None` without a folder to keep a page in, because nobody is asked there.
    #[cfg(feature = "issue")]
    pub(super) fn carried_to(&mut self) -> Result<Option<Arc<dyn TelemetryProvider>>, DestinationError> {
        let Some(link) = self.issue_link.take() else { return Ok(None) };
        let env = self.snapshot();
        let named = self.config_folder.take().or_else(|| config::folder(&self.app, &env, &Host::default()));
        let folders = self.user_folders();
        self.config_folder = named.or_else(|| config::folder(&self.app, &env, &Host::look(&folders)));
        self.config_folder.clone().map(|folder| providers::issue(&link, folder, &env)).transpose()
    }

    #[cfg(not(feature = "issue"))]
    #[expect(clippy::unused_self, reason = "the same call with the feature")]
    #[expect(clippy::unnecessary_wraps, reason = "the same answer with the feature")]
    pub(super) fn carried_to(&mut self) -> Result<Option<Arc<dyn TelemetryProvider>>, DestinationError> {
        Ok(None)
    }
}
