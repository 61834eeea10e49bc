//! Reading and changing the file.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::Timestamp;

use super::file::Content;
use super::write::Target;
use super::{ConfigError, ConfigProblem, StoredConfig, StoredSettings, document, file};

/// The configuration file of one program and user. Nothing is read before a method is called.
///
/// ```
/// use crawl4ai_telemetry::{App, Consent, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("config.json"), r#"{"theme": "dark"}"#)?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
/// assert_eq!(telemetry.config().read().settings.consent, Consent::NotSet);
///
/// let written = telemetry.enable()?;
/// let text = std::fs::read_to_string(&written.path)?;
/// assert!(text.contains("always") && text.contains("dark"), "other people's keys stay");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfigStore {
    folder: Option<PathBuf>,
}

/// The result of a change. The example of [`ConfigStore`] reads one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Was the file written? Not when it already held the new settings.
    pub changed: bool,
    /// The copy of a damaged file, made before that was replaced.
    pub copied_aside: Option<PathBuf>,
}

impl ConfigStore {
    /// The file `config.json` in a folder, which need not exist. Without a folder nothing is stored, and every
    /// change fails.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("config.json"))
    }

    /// Reads the file. Never fails, never writes, takes no lock and never waits, so that a panic hook may call it.
    #[must_use]
    pub fn read(&self) -> StoredConfig {
        let Some(path) = self.path() else { return StoredConfig::default() };
        match file::read(&path) {
            Ok(content) => parse(content.as_ref()).1,
            Err(problem) => problem.into(),
        }
    }

    /// Changes our keys, under a lock. When `change` changes nothing, nothing is written, not even a folder. `change`
    /// may be called more than once, each time with the settings that the file holds then.
    ///
    /// # Errors
    /// When the file is damaged or may not be written, or the system refuses. The file is then as it was.
    pub(crate) fn update(&self, change: impl FnMut(&mut StoredSettings)) -> Result<Written, ConfigError> {
        self.write(None, change)
    }

    /// As [`update`](Self::update), for a decision of the user, which also replaces a damaged file. That is first
    /// copied to `config.json.damaged-<now>`.
    ///
    /// # Errors
    /// When the file may not be read or written, or the system refuses. The file is then as it was.
    pub(crate) fn replace(
        &self,
        now: Timestamp,
        change: impl FnMut(&mut StoredSettings),
    ) -> Result<Written, ConfigError> {
        self.write(Some(now), change)
    }

    /// Could the file be changed now? Does every step of a change but the last, which replaces the file.
    ///
    /// # Errors
    /// When it could not.
    pub(crate) fn check_writable(&self) -> Result<(), ConfigError> {
        let path = self.path().ok_or(ConfigError::NoFolder)?;
        let target = Target::open(&path)?;
        let _lock = target.lock()?;
        let content = file::read(&target.path).map_err(|problem| ConfigError::Refused { path, problem })?;
        let bytes = content.as_ref().map_or(&[][..], |content| &content.bytes);
        target.prepare(bytes, content.as_ref()).map(drop)
    }

    fn write(
        &self,
        mend: Option<Timestamp>,
        mut change: impl FnMut(&mut StoredSettings),
    ) -> Result<Written, ConfigError> {
        /// Attempts, because other programs write this file without our lock. One that spoils all of them is broken.
        const TRIES: usize = 16;

        let path = self.path().ok_or(ConfigError::NoFolder)?;
        let refused = |problem| ConfigError::Refused { path: path.clone(), problem };
        // Read without the lock first, so that no lock file is left where nothing is to be written.
        let seen = file::read(&path).map_err(refused)?;
        let (_, seen) = parse(seen.as_ref());
        let mut wanted = seen.settings.clone();
        change(&mut wanted);
        if wanted == seen.settings && seen.problem.is_none() {
            return Ok(Written { path, changed: false, copied_aside: None });
        }
        let target = Target::open(&path)?;
        let _lock = target.lock()?;
        for _ in 0..TRIES {
            let before = file::read(&target.path).map_err(refused)?;
            let (text, stored) = parse(before.as_ref());
            if let Some(problem) = stored.problem.filter(|p| p.hides_consent())
                && mend.is_none()
            {
                return Err(refused(problem));
            }
            let mut settings = stored.settings.clone();
            change(&mut settings);
            if settings == stored.settings && (stored.problem.is_none() || mend.is_none()) {
                return Ok(Written { path, changed: false, copied_aside: None });
            }
            let old = stored.problem.is_none().then_some(&stored.settings);
            let new = document::write(text, old, &settings)
                .or_else(|| document::write(document::EMPTY, None, &settings))
                .ok_or_else(|| refused(ConfigProblem::Damaged))?;
            if new.len() as u64 > file::LARGEST {
                return Err(refused(ConfigProblem::TooLarge));
            }
            let prepared = target.prepare(new.as_bytes(), before.as_ref())?;
            let bytes = |content: &Option<Content>| content.as_ref().map(|content| content.bytes.clone());
            if bytes(&file::read(&target.path).map_err(refused)?) != bytes(&before) {
                continue;
            }
            let is_damaged = |problem: ConfigProblem| {
                problem.hides_consent() && problem != ConfigProblem::WritableByOthers
            };
            let damaged = mend.filter(|_| stored.problem.is_some_and(is_damaged));
            let copied_aside = damaged.map(|now| target.copy_aside(&stamp(now))).transpose()?;
            target.commit(prepared)?;
            return Ok(Written { path, changed: true, copied_aside });
        }
        Err(ConfigError::Contended { path })
    }
}

/// The text of the file, empty when it is not UTF-8, and its settings. A missing file counts as an empty object.
fn parse(content: Option<&Content>) -> (&str, StoredConfig) {
    let Some(content) = content else { return (document::EMPTY, StoredConfig::default()) };
    let (text, stored) = match std::str::from_utf8(&content.bytes) {
        Ok(text) => (text, document::read(text)),
        Err(_) => ("", ConfigProblem::Damaged.into()),
    };
    (text, if content.others_may_write { stored.without_yes() } else { stored })
}

/// A time in characters that file names allow on every system: `20261120T120000Z`.
fn stamp(now: Timestamp) -> String {
    let text = now.to_string();
    text.split(['.', 'Z'])
        .take(1)
        .flat_map(str::chars)
        .filter(|c| !matches!(c, '-' | ':'))
        .chain(['Z'])
        .collect()
}

#[cfg(test)]
mod tests;
