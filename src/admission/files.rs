//! The files from which a decision is read: the user's file and the administrator's.

use std::sync::atomic::{AtomicU8, Ordering};

use crawl4ai_telemetry_core::Privacy;

use super::answer::{code_of, privacy_of};
use crate::consent::config::{ConfigStore, StoredConfig};
use crate::consent::{MachinePolicy, MachinePolicyFile};

pub(super) struct DecidingFiles {
    pub(super) config: ConfigStore,
    /// The file of the machine's administrator, which overrides the user's.
    pub(super) machine: MachinePolicyFile,
    /// How much a report may hold at most, as last decided.
    limit: AtomicU8,
}

impl DecidingFiles {
    pub(super) fn new(config: ConfigStore, limit: Privacy) -> Self {
        Self { config, machine: MachinePolicyFile::of_machine(None), limit: AtomicU8::new(code_of(limit)) }
    }

    pub(super) fn under(self, machine: MachinePolicyFile) -> Self {
        Self { machine, ..self }
    }

    pub(super) fn read(&self) -> (StoredConfig, MachinePolicy) {
        (self.config.read(), self.machine.policy())
    }

    pub(super) fn note_limit(&self, limit: Privacy) {
        self.limit.store(code_of(limit), Ordering::Relaxed);
    }

    pub(super) fn limit(&self) -> Privacy {
        privacy_of(self.limit.load(Ordering::Relaxed)).unwrap_or(Privacy::Strict)
    }
}
