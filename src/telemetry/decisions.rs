//! The user's choice, and what follows from it at once: the one public way to decide.

use super::{ChoiceStoreError, Telemetry};
use crate::consent;
use crate::consent::config::{UsageConsent, Written};
use crate::store::sent_log::SentLog;
use crate::store::spool::Spool;

impl Telemetry {
    /// Stores the user's yes, for what reports of this program hold and where they go now: more text, or another
    /// destination, asks again.
    ///
    /// # Errors
    /// When the configuration file cannot be written.
    pub fn enable(&self) -> Result<Written, ChoiceStoreError> {
        self.enable_with(None, false)
    }

    /// Stores the user's yes to the next report only.
    ///
    /// # Errors
    /// When the configuration file cannot be written.
    pub fn enable_once(&self) -> Result<Written, ChoiceStoreError> {
        self.enable_with(None, true)
    }

    /// As [`enable`](Self::enable), or [`enable_once`](Self::enable_once) where `once`, with an e-mail address to send along
    /// with reports. A stored address stays when none is given.
    ///
    /// # Errors
    /// When the address is none, or the configuration file cannot be written; nothing is stored then.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Consent, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
    /// telemetry.enable_with(Some("ada@example.org"), true)?;
    /// assert_eq!(telemetry.config().read().settings.consent, Consent::Once);
    ///
    /// telemetry.disable()?;
    /// assert_eq!(telemetry.config().read().settings.email, None, "it has no purpose any more");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn enable_with(&self, email: Option<&str>, once: bool) -> Result<Written, ChoiceStoreError> {
        let pipeline = &self.inner.pipeline;
        let admission = &pipeline.policy.admission;
        let written = consent::enable(admission.store(), &*pipeline.clock, email, once, admission.offer())?;
        admission.reopen();
        if !once {
            self.inner.usage.forget();
        }
        Ok(written)
    }

    /// Stores the user's no, and deletes what waits.
    ///
    /// # Errors
    /// When the configuration file cannot be written, or what waits cannot be deleted; when both fail, the no that was not
    /// stored is told. Sending has stopped in this process either way.
    pub fn disable(&self) -> Result<Written, ChoiceStoreError> {
        self.inner.usage.close();
        match self.inner.pipeline.refuse() {
            (Ok(stored), Ok(())) => Ok(stored),
            (Ok(_), Err(deleted)) => Err(ChoiceStoreError::NotDeleted(deleted.to_string())),
            (Err(stored), Ok(())) => Err(stored.into()),
            (Err(stored), Err(deleted)) => {
                Err(ChoiceStoreError::NotStoredNorDeleted(stored, deleted.to_string()))
            }
        }
    }

    /// Stores an e-mail address to send along with reports that the user agreed to. It is no consent.
    ///
    /// # Errors
    /// When it is no address, or the configuration file is damaged or cannot be changed.
    pub fn set_email(&self, email: &str) -> Result<Written, ChoiceStoreError> {
        Ok(consent::set_email(self.config(), email)?)
    }

    /// Stores what the user says about usage figures, a yes or a no of their own beside the one about crash reports, whether
    /// or not this program records any.
    ///
    /// # Errors
    /// When the configuration file cannot be changed.
    pub fn decide_usage(&self, consent: UsageConsent) -> Result<Written, ChoiceStoreError> {
        let usage = &self.inner.usage;
        if consent == UsageConsent::Denied {
            usage.close();
        }
        let written = consent::set_usage(self.config(), &*self.inner.pipeline.clock, consent)?;
        usage.forget();
        Ok(written)
    }

    /// Forgets the stored e-mail address.
    ///
    /// # Errors
    /// When the configuration file is damaged or cannot be changed.
    pub fn remove_email(&self) -> Result<Written, ChoiceStoreError> {
        Ok(consent::remove_email(self.config())?)
    }

    /// Deletes what waits, what is remembered of what was sent, and the page that shows both. The decision stays as it is.
    ///
    /// Returns how many reports waited.
    ///
    /// # Errors
    /// When something could not be deleted.
    pub fn purge(&self) -> Result<usize, ChoiceStoreError> {
        let pipeline = &self.inner.pipeline;
        let not_deleted = |error: &dyn std::error::Error| ChoiceStoreError::NotDeleted(error.to_string());
        let sent_log =
            pipeline.store.sent_log.as_ref().map_or(Ok(0), SentLog::purge).map_err(|e| not_deleted(&e));
        let waited = pipeline.store.spool.as_ref().map_or(Ok(0), Spool::purge).map_err(|e| not_deleted(&e));
        let page = pipeline.store.delete_page().map_err(|e| not_deleted(&e));
        sent_log.and(page).and(waited)
    }
}
