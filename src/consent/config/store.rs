//! Reading and changing the file.

use std::fs;
use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::Timestamp;

use super::write::{Lock, Prepared, copy_aside, create_folder, failed};
use super::{ConfigError, ConfigProblem, StoredConfig, StoredSettings, document, file};

/// The configuration file of one program and user. Nothing is read until somebody asks.
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

/// What a change did. The example of [`ConfigStore`] reads one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Was anything written? Not when everything already was as it should be.
    pub changed: bool,
    /// Where the damaged file was copied to before it was replaced.
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

    /// Reads the file. Never fails, never writes, takes no lock, never waits: a panic hook may call it.
    #[must_use]
    pub fn read(&self) -> StoredConfig {
        let Some(path) = self.path() else { return StoredConfig::default() };
        match file::read(&path) {
            Ok(bytes) => parse(bytes.as_deref()).1,
            Err(problem) => problem.into(),
        }
    }

    /// Changes our keys, under a lock. A change to nothing writes nothing, not even a folder. `change` may be
    /// called more than once, each time with what the file says then.
    ///
    /// # Errors
    /// When the file is damaged or not one that may be written, or the system says no. It is then as it was.
    pub(crate) fn update(&self, change: impl FnMut(&mut StoredSettings)) -> Result<Written, ConfigError> {
        self.write(None, change)
    }

    /// As [`update`](Self::update), for a decision of the user, which mends a damaged file: it is first copied
    /// to `config.json.damaged-<now>`.
    ///
    /// # Errors
    /// When the file is not one that may be read or written, or the system says no. It is then as it was.
    pub(crate) fn replace(
        &self,
        now: Timestamp,
        change: impl FnMut(&mut StoredSettings),
    ) -> Result<Written, ConfigError> {
        self.write(Some(now), change)
    }

    /// Could the file be changed now? All of a change but putting the new file in the place of the old one.
    ///
    /// # Errors
    /// When it could not.
    pub(crate) fn check_writable(&self) -> Result<(), ConfigError> {
        let path = self.path().ok_or(ConfigError::NoFolder)?;
        let target = resolve(&path)?;
        let _lock = Lock::acquire(&target)?;
        let content = file::read(&target).map_err(|problem| ConfigError::Refused { path, problem })?;
        Prepared::write(&target, &content.unwrap_or_default()).map(drop)
    }

    fn write(
        &self,
        mend: Option<Timestamp>,
        mut change: impl FnMut(&mut StoredSettings),
    ) -> Result<Written, ConfigError> {
        /// Other programs write this file without our lock. Whoever does so this often in a row is broken.
        const TRIES: usize = 16;

        let (Some(folder), Some(path)) = (self.folder(), self.path()) else {
            return Err(ConfigError::NoFolder);
        };
        let refused = |problem| ConfigError::Refused { path: path.clone(), problem };
        // A look without the lock: where nothing is to be written, not even a lock is left behind.
        let seen = file::read(&path).map_err(refused)?;
        let (_, seen) = parse(seen.as_deref());
        let mut wanted = seen.settings.clone();
        change(&mut wanted);
        if wanted == seen.settings && seen.problem.is_none() {
            return Ok(Written { path, changed: false, copied_aside: None });
        }
        create_folder(folder)?;
        let target = resolve(&path)?;
        let _lock = Lock::acquire(&target)?;
        for _ in 0..TRIES {
            let before = file::read(&target).map_err(refused)?;
            let (text, stored) = parse(before.as_deref());
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
            let prepared = Prepared::write(&target, new.as_bytes())?;
            if file::read(&target).map_err(refused)? != before {
                continue;
            }
            let damaged = mend.filter(|_| stored.hides_consent());
            let copied_aside = damaged.map(|now| copy_aside(&target, &stamp(now))).transpose()?;
            prepared.commit()?;
            return Ok(Written { path, changed: true, copied_aside });
        }
        Err(ConfigError::Contended { path })
    }
}

/// The text, as far as it is one, and what it says. No file is as good as an empty object.
fn parse(bytes: Option<&[u8]>) -> (&str, StoredConfig) {
    match bytes.map(std::str::from_utf8) {
        None => (document::EMPTY, StoredConfig::default()),
        Some(Ok(text)) => (text, document::read(text)),
        Some(Err(_)) => ("", ConfigProblem::Damaged.into()),
    }
}

/// Follows a link, so that it stays one; a link that leads nowhere is refused.
fn resolve(path: &Path) -> Result<PathBuf, ConfigError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => fs::canonicalize(path).map_err(|_| ConfigError::Refused {
            path: path.to_owned(),
            problem: ConfigProblem::DanglingLink,
        }),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed("look at", path)(error)),
        Ok(_) | Err(_) => Ok(path.to_owned()),
    }
}

/// A time as file names take it on every system: `20261120T120000Z`.
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
