//! Reports that a person submits to an issue tracker.
//!
//! This provider is for programs without a server. If the user agrees to a report, a page opens in their browser. The
//! page links to the form for a new issue at GitHub, GitLab or Forgejo, with title and text filled in, and to a search
//! for the same bug. The program itself sends nothing.
//!
//! Its promises:
//!
//! - **A person decides each time.** The provider declares that it works [by hand](TelemetryProvider::by_hand).
//! - **No part of a report is in a command's arguments.** The browser gets the path of a file that only its user may
//!   read.
//! - **The page is passive.** It has no script and makes no request, and its Content-Security-Policy forbids everything
//!   but its own style.
//! - **Bounds.** The address of the form has at most 8,000 bytes. A longer report is also a file to attach.
//! - **Text stays text.** No part of a report becomes a mention, a reference, markup or the end of its block.
//!
//! If no browser can be opened, the file is still written, and a line tells the user where it is.

mod address;
mod document;
mod encode;
mod page;

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::path::PathBuf;
use std::sync::Arc;

use crawl4ai_telemetry_browser::Browser;
use crawl4ai_telemetry_core::{Payload, ProviderError, Report, SendError, TelemetryProvider, printable};
use crawl4ai_telemetry_files::{KeptFile, OwnedFolder};

pub use address::{IssueLink, IssueLinkError, Project, Tracker};
use document::Document;
use page::Page;

/// The file beside the page that holds the whole report as text.
const TEXT_FILE: &str = "issue.md";

/// Opens a page for each report, from which the user submits it.
///
/// ```
/// use crawl4ai_telemetry_browser::Browser;
/// use crawl4ai_telemetry_core::TelemetryProvider;
/// use crawl4ai_telemetry_issue::{IssueLink, IssueProvider};
///
/// # let folder = tempfile::tempdir()?;
/// let project = IssueLink::new("https://github.com/owner/weather").parse()?;
/// let provider = IssueProvider::new(project, folder.path(), Browser::new([("DISPLAY", ":0")]))
///     .telling(|text| print!("{text}"));
/// assert_eq!(provider.destination(), "github.com/owner/weather");
/// assert!(provider.by_hand(), "nothing opens without a question");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct IssueProvider {
    project: Project,
    page: KeptFile,
    text: KeptFile,
    browser: Browser,
    tell: Option<Teller>,
}

/// Shows text to the user. Each line ends with a line break.
type Teller = Arc<dyn Fn(&str) + Send + Sync>;

impl fmt::Debug for IssueProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssueProvider").field("project", &self.project).finish_non_exhaustive()
    }
}

impl IssueProvider {
    /// The provider's name.
    pub const NAME: &'static str = "issue";

    /// A provider for this project. It stores its page in `telemetry/` below the program's own folder, such as
    /// `~/.weather`. Nothing is written yet.
    #[must_use]
    pub fn new(project: Project, folder: impl Into<PathBuf>, browser: Browser) -> Self {
        let folder = OwnedFolder::at(folder).folder("telemetry");
        let file = |ending| KeptFile::new(folder.clone(), "issue", ending);
        Self { project, page: file("html"), text: file("md"), browser, tell: None }
    }

    /// Sets the function that tells the user what was opened, or where the file is. Without this call, the user is not
    /// told.
    #[must_use]
    pub fn telling(mut self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// Writes the page and opens it. Returns `None` if there is no browser, or if the page cannot be written or opened.
    fn open_page(&self, document: &Document, report: &Report) -> Option<PathBuf> {
        if !self.browser.has_screen() {
            return None;
        }
        let fingerprint = report.fingerprint().to_string();
        let page = Page::of(document, &self.project, report.app_name(), &fingerprint);
        let path = self.page.write(page.html.as_bytes()).and_then(std::path::absolute).ok()?;
        self.browser.open(&path).then_some(path)
    }

    fn tell(&self, text: &str) {
        if let Some(tell) = &self.tell {
            tell(text);
        }
    }
}

/// Nothing is held back: when `send_exception` returns, the page is open or the file is written.
impl TelemetryProvider for IssueProvider {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn destination(&self) -> Cow<'_, str> {
        self.project.place().into()
    }

    fn by_hand(&self) -> bool {
        true
    }

    /// The title and the whole text, as in the file to attach. The form contains the whole text, or as much as fits
    /// into its address.
    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let document = Document::of(report).map_err(|e| failed("write the report as text", e))?;
        Ok(Payload::new("text/markdown", document.file().into_bytes()))
    }

    /// `Ok` means that the page was opened or the file was written. Submitting the report is up to the user.
    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        let document = Document::of(report).map_err(|e| failed("write the report as text", e))?;
        // A failure halts sending, because the user who was asked is not there for a later try.
        let text = self.text.write(document.file().as_bytes()).and_then(std::path::absolute);
        let text =
            text.map_err(|error| SendError::halt(format_args!("cannot write {TEXT_FILE}: {error}")))?;
        let file = printable::line(&text.display().to_string()).into_owned();
        let form = self.project.empty_form();
        match self.open_page(&document, report) {
            Some(page) => self.tell(&format!(
                "A page opens in your browser, and shows what its links hand over:\n  {}\nIf none appears: the report is in\n  {file}\nand belongs into\n  {form}\n",
                printable::line(&page.display().to_string())
            )),
            None => self.tell(&format!(
                "No browser could be opened here.\nThe report is in\n  {file}\nTo post it for all who see that site to read, paste that text into\n  {form}\nOtherwise nothing is sent. Delete that file when you do not need it any more.\n"
            )),
        }
        Ok(())
    }
}

fn failed(operation: &'static str, reason: impl Display) -> ProviderError {
    ProviderError::new(IssueProvider::NAME, operation, reason)
}

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
