//! The settings in the file.

use crawl4ai_telemetry_core::{Privacy, Timestamp};

use super::ConfigProblem;

/// The user's answer about crash reports.
///
/// ```
/// use crawl4ai_telemetry::Consent;
///
/// assert_eq!(Consent::default(), Consent::NotSet);
/// assert_eq!(Consent::NotSet.name(), "not_set");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Consent {
    /// No answer yet.
    #[default]
    NotSet,
    /// No.
    Denied,
    /// Yes, for one report.
    Once,
    /// Yes.
    Always,
}

impl Consent {
    /// Its word in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSet => "not_set",
            Self::Denied => "denied",
            Self::Once => "once",
            Self::Always => "always",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::NotSet, Self::Denied, Self::Once, Self::Always].into_iter().find(|c| c.name() == name)
    }
}

impl serde::Serialize for Consent {
    /// By its name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The user's answer about usage figures.
///
/// ```
/// use crawl4ai_telemetry::consent::UsageConsent;
///
/// assert_eq!(UsageConsent::default(), UsageConsent::NotSet);
/// assert_eq!(UsageConsent::Denied.name(), "denied");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UsageConsent {
    /// No answer yet.
    #[default]
    NotSet,
    /// No.
    Denied,
    /// Yes.
    Always,
}

impl UsageConsent {
    /// Its word in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSet => "not_set",
            Self::Denied => "denied",
            Self::Always => "always",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::NotSet, Self::Denied, Self::Always].into_iter().find(|c| c.name() == name)
    }
}

impl serde::Serialize for UsageConsent {
    /// By its name.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Our keys in the file. The example of [`ConfigStore`](super::ConfigStore) reads one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSettings {
    /// `consent`: about crash reports.
    pub consent: Consent,
    /// `email`: the address that the user agreed to send along.
    pub email: Option<String>,
    /// `usage`: about usage figures.
    pub usage: UsageConsent,
    /// `decided_at`: when the user decided.
    pub decided_at: Option<Timestamp>,
    /// `policy`: the version of the consent text that the user decided under.
    pub policy: Option<u32>,
    /// `level`: how much text a report could hold when the user said yes. A yes of an older version has no level, and
    /// counts for [`Privacy::Standard`].
    pub level: Option<Privacy>,
    /// `destination`: where reports went when the user said yes. A yes of an older version has no destination, and
    /// counts for the program's own.
    pub destination: Option<String>,
}

/// The settings that were read, and the problem of the file.
///
/// With a problem that [hides a decision](ConfigProblem::hides_consent) the settings hold no yes, and no default may
/// send anything, because the file may have said no. Of a file that others may write they still hold each no.
///
/// ```
/// use crawl4ai_telemetry::config::ConfigStore;
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("config.json"), "{")?;
/// let stored = ConfigStore::new(Some(folder.path().to_owned())).read();
/// assert!(stored.hides_consent(), "a damaged file may have said no");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredConfig {
    /// The settings in the file.
    pub settings: StoredSettings,
    /// The problem of the file, if it has one.
    pub problem: Option<ConfigProblem>,
}

impl StoredConfig {
    /// Might the file hold a decision that could not be read?
    #[must_use]
    pub fn hides_consent(&self) -> bool {
        self.settings.consent != Consent::Denied && self.problem.is_some_and(ConfigProblem::hides_consent)
    }

    /// Keeps each no, and drops everything else, because others may write the file.
    pub(super) fn without_yes(self) -> Self {
        if self.hides_consent() {
            return self;
        }
        let said = self.settings;
        let mut settings = StoredSettings::default();
        if said.consent == Consent::Denied {
            settings = StoredSettings {
                consent: said.consent,
                decided_at: said.decided_at,
                policy: said.policy,
                ..settings
            };
        }
        if said.usage == UsageConsent::Denied {
            settings.usage = said.usage;
        }
        Self { settings, problem: Some(ConfigProblem::WritableByOthers) }
    }
}

impl From<StoredSettings> for StoredConfig {
    fn from(settings: StoredSettings) -> Self {
        Self { settings, problem: None }
    }
}

impl From<ConfigProblem> for StoredConfig {
    fn from(problem: ConfigProblem) -> Self {
        Self { settings: StoredSettings::default(), problem: Some(problem) }
    }
}
