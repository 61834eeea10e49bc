//! Names for reports that were stored by their addresses: at the next start, or later in the same run.

use crawl4ai_telemetry_core::sanitize::FrameNames;
use crawl4ai_telemetry_core::{RawFrame, Report};

use super::Pipeline;
use crate::capture::symbols::LoadedModules;
use crate::store::spool::{Clearance, ReportState, Spool, StoredName};

impl FrameNames for LoadedModules {
    fn functions(&self, build_id: &str, address: u64, is_exact: bool) -> Vec<RawFrame> {
        self.look_up(build_id, address, is_exact)
    }
}

impl Pipeline {
    /// Stores a report once more with names, before anything of it is shown or leaves; the name of the file that counts then.
    ///
    /// Only what was stored without a fingerprint has none: a signal, the first phase of a panic, what was stored in haste.
    /// What the user has seen and agreed to is never altered.
    pub(super) fn name_stored(&self, spool: &Spool, name: StoredName) -> StoredName {
        let is_named = name.fingerprint.is_some() || name.state == ReportState::Unresolved;
        if is_named || name.clearance == Clearance::Agreed {
            return name;
        }
        match self.named(spool, &name) {
            Some(report) => self.store_again(spool, name, None, &report),
            None => name,
        }
    }

    fn named(&self, spool: &Spool, name: &StoredName) -> Option<Report> {
        let bytes = spool.read(name).ok()?;
        let app = self.policy.admission.app();
        // What is no report says so when it is to be sent.
        self.sanitizer().restore_named(&bytes, app, &LoadedModules::look()).ok()?
    }
}
