//! The methods of [`Telemetry`] that show what leaves, what waits and what was sent.

use std::io;
use std::path::PathBuf;

use crawl4ai_telemetry_core::{Context, Payload, ProviderError, Report, ReportId};

use super::ChoiceStoreError;
use super::Telemetry;
use crate::capture::error::Capturable;
use crate::consent::{self, KnownEmail};
use crate::inspect::{
    self, Erasure, PanicHook, Preview, PreviewError, Selftest, SelftestStep, Status, Waiting,
};
use crate::printable;
use crate::store::sent_log::{SentEntry, SentId, SentLog, SentLogError};

impl Telemetry {
    /// Makes a report of an error that did not happen. Nothing is stored, and nothing is sent.
    ///
    /// # Errors
    /// When the provider cannot render it.
    pub fn preview(&self) -> Result<Preview, PreviewError> {
        inspect::preview(&self.inner.pipeline)
    }

    /// Does what [`preview`](Self::preview) does, for an error that the program passes, such as one of the language
    /// that embeds the library.
    ///
    /// # Errors
    /// When the provider cannot render it.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry, context};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
    /// let preview = telemetry.preview_of(&std::io::Error::other("no answer"), context! {})?;
    /// assert_eq!(preview.report.exceptions()[0].type_name(), "std::io::Error(Other)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preview_of<Via, E>(&self, error: &E, context: Context) -> Result<Preview, PreviewError>
    where
        E: Capturable<Via> + ?Sized,
    {
        inspect::preview_of(&self.inner.pipeline, error.chain(), context)
    }

    /// The text that users read before they decide, in lines of 78 columns: what a report holds, what becomes of its
    /// text, the e-mail address that goes along if one is known, where it goes and who gets it, what can be taken back, how
    /// later reports are stopped, and the [privacy
    /// notice](crawl4ai_telemetry_core::App::privacy_notice).
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .provider(MemoryProvider::default())
    ///     .config_folder(folder.path())
    ///     .build()?;
    /// let text = telemetry.consent_text();
    /// assert!(text.contains("Goes to the memory of this process. "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn consent_text(&self) -> String {
        let (app, mut lines) = (self.app(), String::new());
        let admission = &self.inner.pipeline.policy.admission;
        let (offer, (stored, decision)) = (admission.offer(), admission.decide());
        let known_email = KnownEmail::of(app, admission.env(), &stored, &decision);
        let texts = consent::consent_texts(offer, known_email.as_ref());
        for paragraph in consent::consent_paragraphs(app, offer, texts, &consent::stop(app, offer)) {
            printable::wrap(&paragraph, &mut lines);
        }
        lines
    }

    /// The log of reports that were sent from this machine, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<SentEntry> {
        self.inner.pipeline.store.sent_log.as_ref().map(SentLog::list).unwrap_or_default()
    }

    /// The ids of delivered reports that their destination may still keep, oldest first. [`purge`](Self::purge) leaves
    /// them. They are kept for as long as the program [declares](crawl4ai_telemetry_core::App::retention) that reports
    /// are kept, or for a year if it declares nothing.
    #[must_use]
    pub fn sent_ids(&self) -> Vec<SentId> {
        inspect::sent_ids(&self.inner.pipeline)
    }

    /// Forgets the ids of delivered reports. Their erasure can then no longer be asked for by id.
    ///
    /// # Errors
    /// When their file cannot be deleted.
    pub fn forget_sent_ids(&self) -> Result<(), ChoiceStoreError> {
        let forgotten = self.inner.pipeline.store.sent_log.as_ref().map_or(Ok(()), SentLog::forget_ids);
        forgotten.map_err(|error| ChoiceStoreError::NotDeleted(error.to_string()))
    }

    /// Removes all reports of this machine from the file that a [file provider](crate::FileProvider) wrote. Other
    /// people's lines stay there. For the reports that went to servers, it writes a letter that asks for their erasure.
    /// Stores nothing and sends nothing. The example of [`Erasure`] calls this method.
    ///
    /// # Errors
    /// When the file cannot be changed; it is then as it was.
    pub fn erase(&self) -> Result<Erasure, ProviderError> {
        inspect::erase(&self.inner.pipeline)
    }

    /// A sent report, and exactly the bytes that left; `None` when no report of this id is in the log.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn sent_bytes(&self, id: ReportId) -> Result<Option<(SentEntry, Vec<u8>)>, SentLogError> {
        self.inner.pipeline.store.sent_log.as_ref().map_or(Ok(None), |sent_log| sent_log.show(id))
    }

    /// Sends one report that is marked as a test through every step, from a capture to the server's answer, and passes
    /// each step to `tell` when it is done.
    ///
    /// Call it only when the user has said yes to this one test, because the report is sent even if nobody has decided.
    /// A stored no, a variable that says no and a file that cannot be read still forbid the test. It stores no consent,
    /// and counts against no limit. It takes some milliseconds, plus the time until the server answers, which is 15 s
    /// at most. The example of [`Selftest`] runs one.
    pub fn selftest(&self, mut tell: impl FnMut(&SelftestStep)) -> Selftest {
        let hook = if !self.is_installed() {
            PanicHook::NotInstalled
        } else if std::sync::Arc::weak_count(&self.inner.panics) > 0 {
            // Only the panic hook holds a weak reference.
            PanicHook::InPlace
        } else {
            PanicHook::LeftAlone
        };
        inspect::selftest(&self.inner.pipeline, hook, &mut tell)
    }

    /// What `crwl telemetry status` shows.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.inner.pipeline, self.inner.usage.status())
    }

    /// The reports that wait in the spool, oldest first.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        inspect::waiting(&self.inner.pipeline.store)
    }

    /// Notes the user's yes to a report that waits for their answer and that they looked at. The report is delivered
    /// like any other, unless they say no before. Stores no consent. False when no report of this id waits for an
    /// answer.
    pub fn agree_to(&self, id: ReportId) -> bool {
        self.inner.pipeline.agree_to(id)
    }

    /// Exactly the bytes of a waiting report that would leave; `None` when no report of this id waits, or it is
    /// damaged.
    #[must_use]
    pub fn waiting_bytes(&self, id: ReportId) -> Option<Payload> {
        self.waiting_report(id).map(|(_, payload)| payload)
    }

    /// A waiting report as it would leave, and exactly its bytes; `None` as for [`waiting_bytes`](Self::waiting_bytes).
    #[must_use]
    pub fn waiting_report(&self, id: ReportId) -> Option<(Report, Payload)> {
        let pipeline = &self.inner.pipeline;
        let name = pipeline.store.spool.as_ref()?.list().into_iter().find(|name| name.id == id)?;
        pipeline.render_waiting(&name)
    }

    /// Keeps a page for the user to look at, such as the page of `crwl telemetry view`. It is kept beside the reports
    /// that wait, for the user alone, and replaces the previous page. [`purge`](Self::purge) and
    /// [`disable`](Self::disable) delete the page, because it shows what was sent. Returns the path of the page.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
    /// let page = telemetry.keep_page(b"<!doctype html><title>weather</title>")?;
    /// assert!(page.is_file());
    /// telemetry.purge()?;
    /// assert!(!page.exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is no home folder to keep it in, or it cannot be written there.
    pub fn keep_page(&self, html: &[u8]) -> io::Result<PathBuf> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no home folder");
        self.inner.pipeline.store.page.as_ref().ok_or_else(missing)?.write(html)
    }
}
