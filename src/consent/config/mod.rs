//! The program's configuration file, of which the key `telemetry` is ours and everything else is not.
//!
//! `config.json` belongs to the whole program: a write changes the bytes of our own keys and no others. It
//! is written whole or not at all, under a lock, and what cannot be read for certain is never guessed: it
//! counts as a refusal until the user decides again.

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
