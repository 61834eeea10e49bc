//! Stores the user's decisions, and carries them out at once.

use super::{ChoiceStoreError, Telemetry};
use crate::consent;
use crate::consent::config::{UsageConsent, Written};
use crate::store::sent_log::SentLog;
use crate::store::spool::Spool;

impl Telemetry {
    /// Stores the user's yes to the present content and the present destination of this program's reports. For more
    /// text, or another destination, the user is asked again. A report that waits and may not leave before this yes is
    /// not covered by it, and stays here for a week at most.
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

    /// Does what [`enable`](Self::enable) does, or [`enable_once`](Self::enable_once) if `once` is true, and stores an
    /// e-mail address to send along with reports. If `email` is `None`, a stored address stays.
    ///
    /// # Errors
    /// When `email` is no address, or the configuration file cannot be written. Nothing is stored then.
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
        // This comes before the yes, because another process delivers as soon as the yes is stored.
        if !admission.decide().1.allowed {
            pipeline.store.ask_about_unasked();
        } else if let Some(spool) = &pipeline.store.spool {
            // If another process has the lock, a report that it is sending now may be held back too.
            let _lock = pipeline.store.lock_sender(spool);
            pipeline.ask_about_earlier_runs(spool);
        }
        let written = consent::enable(admission.store(), &*pipeline.clock, email, once, admission.offer())?;
        admission.reopen();
        if !once {
            self.inner.usage.forget();
        }
        Ok(written)
    }

    /// Stores the user's no, and deletes reports that wait.
    ///
    /// # Errors
    /// When the configuration file cannot be written, or reports that wait cannot be deleted. When both fail, the error
    /// says both. Sending has stopped in this process even then.
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

    /// Stores an e-mail address to send along with reports that the user agreed to. This does not give consent.
    ///
    /// # Errors
    /// When `email` is no address, or the configuration file is damaged or cannot be changed.
    pub fn set_email(&self, email: &str) -> Result<Written, ChoiceStoreError> {
        Ok(consent::set_email(self.config(), email)?)
    }

    /// Stores the user's answer about usage figures, apart from the answer about crash reports. This works even if the
    /// program records no usage figures.
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

    /// Deletes reports that wait, the log of those that were sent, and the page that shows both. The decision stays.
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
