//! Stores the user's decisions: a yes, a no, an e-mail address, and the end of a yes for one report.

use super::{EmailError, Offer, POLICY, check_email};
use crate::clock::Clock;
use crate::consent::config::{ConfigError, ConfigStore, Consent, UsageConsent, Written};

/// Why a decision was not stored. The earlier decision still holds.
///
/// ```
/// use crawl4ai_telemetry::consent::ActionError;
/// use crawl4ai_telemetry::{App, ChoiceStoreError, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
/// let refused = telemetry.set_email("no address");
/// assert!(matches!(refused, Err(ChoiceStoreError::Store(ActionError::Email(_)))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The text is no e-mail address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// The file could not be changed.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Stores a yes to crash reports, or to the next one only if `once`. The yes covers the offer and no more. `email` is
/// stored to be sent along; without it a stored address stays. A damaged file is copied aside first.
///
/// # Errors
/// When `email` is no address, or the file cannot be changed; nothing is stored then.
pub(crate) fn enable(
    store: &ConfigStore,
    clock: &dyn Clock,
    email: Option<&str>,
    once: bool,
    offer: &Offer,
) -> Result<Written, ActionError> {
    email.map(check_email).transpose()?;
    let now = clock.now();
    Ok(store.replace(now, |settings| {
        let consent = if once { Consent::Once } else { Consent::Always };
        // A no that was written by hand covers usage figures too, and this yes does not.
        if settings.consent == Consent::Denied && settings.usage == UsageConsent::NotSet {
            settings.usage = UsageConsent::Denied;
        }
        let destination = Some(offer.destination.clone());
        let same = settings.consent == consent
            && settings.policy == Some(POLICY)
            && settings.level == Some(offer.privacy)
            && settings.destination == destination;
        settings.consent = consent;
        settings.policy = Some(POLICY);
        settings.level = Some(offer.privacy);
        settings.destination = destination;
        if !same || settings.decided_at.is_none() {
            settings.decided_at = Some(now);
        }
        if let Some(email) = email {
            settings.email = Some(email.to_owned());
        }
    })?)
}

/// Stores a no, to crash reports and to usage figures, and forgets the e-mail address, which has no purpose any more. A
/// damaged file is copied aside first. A later [`enable`] is a yes to crash reports only; for usage figures there is
/// [`set_usage`](super::set_usage).
///
/// Reports that wait to be sent are not deleted here, because they lie in the spool.
///
/// # Errors
/// When the file cannot be changed.
pub(crate) fn disable(store: &ConfigStore, clock: &dyn Clock) -> Result<Written, ActionError> {
    let now = clock.now();
    Ok(store.replace(now, |settings| {
        if settings.consent != Consent::Denied || settings.decided_at.is_none() {
            settings.decided_at = Some(now);
        }
        settings.consent = Consent::Denied;
        settings.policy = Some(POLICY);
        settings.level = None;
        settings.destination = None;
        settings.email = None;
        // A refusal of crash reports covers usage figures too, until the user says yes to those.
        settings.usage = UsageConsent::Denied;
    })?)
}

/// Removes a yes for one report; called when a provider has taken that report. True when there was such a yes; of
/// several processes that call it for the same yes, one gets true.
///
/// # Errors
/// When the file cannot be changed.
pub(crate) fn spend_once(store: &ConfigStore) -> Result<bool, ConfigError> {
    let written = store.update(|settings| {
        if settings.consent == Consent::Once {
            settings.consent = Consent::NotSet;
            settings.decided_at = None;
            settings.policy = None;
            settings.level = None;
            settings.destination = None;
        }
    })?;
    Ok(written.changed)
}

/// Stores an e-mail address to send along with reports that the user agreed to. This is no consent.
///
/// # Errors
/// When `email` is no address, or the file is damaged or cannot be changed.
pub(crate) fn set_email(store: &ConfigStore, email: &str) -> Result<Written, ActionError> {
    check_email(email)?;
    Ok(store.update(|settings| settings.email = Some(email.to_owned()))?)
}

/// Forgets the stored e-mail address.
///
/// # Errors
/// When the file is damaged or cannot be changed.
pub(crate) fn remove_email(store: &ConfigStore) -> Result<Written, ActionError> {
    Ok(store.update(|settings| settings.email = None)?)
}

#[cfg(test)]
mod tests;
