//! The program's configuration file, in which only the key `telemetry` is ours.
//!
//! A write changes the bytes of our own keys and no others, because `config.json` belongs to the whole program. The
//! file is replaced whole or not at all, under a lock. A file that cannot be read for certain counts as a refusal until
//! the user decides again.

mod document;
mod error;
mod file;
mod object;
mod paths;
mod settings;
mod store;
mod write;

pub use error::{ConfigError, ConfigProblem};
pub(crate) use paths::folder;
pub use settings::{Consent, StoredConfig, StoredSettings, UsageConsent};
pub use store::{ConfigStore, Written};
