//! Names for reports that were stored by their addresses: at the next start, or later in the same run.

use crawl4ai_telemetry_core::RawFrame;
use crawl4ai_telemetry_core::sanitize::FrameNames;

use super::Pipeline;
use crate::capture::stack::is_orphaned;
use crate::capture::symbols::LoadedModules;
use crate::store::spool::{Clearance, ReportState, StoredName};

impl FrameNames for LoadedModules {
    fn functions(&self, build_id: &str, address: u64, is_exact: bool) -> Vec<RawFrame> {
        self.look_up(build_id, address, is_exact)
    }
}

impl Pipeline {
    /// The bytes of a stored report, with names where it has none, this build of the program knows them and there is time.
    ///
    /// Only what was stored without a fingerprint has none: a signal, the first phase of a panic, what was stored past the
    /// deadline of the end. What the user agreed to is not altered: it was completed before they saw it.
    pub(super) fn with_names(&self, name: &StoredName, bytes: Vec<u8>) -> Vec<u8> {
        // In an orphaned child somebody who is gone holds the lock under which names are looked up.
        if name.fingerprint.is_some() || name.clearance == Clearance::Agreed || is_orphaned() {
            return bytes;
        }
        // An unoptimized build takes most of a second for names: a report of a program that runs for a moment only would wait
        // for ever. A signal is worth it.
        if cfg!(debug_assertions) && name.state == ReportState::Ready {
            return bytes;
        }
        let (sanitizer, app) = (self.sanitizer().clone(), self.policy.admission.app().clone());
        let nameless = bytes.clone();
        let named = self.symbolication.within(move || {
            // What is no report says so when it is cleaned.
            let named = sanitizer.restore_named(&nameless, &app, &LoadedModules::look()).ok().flatten();
            named.and_then(|report| report.to_stored().ok())
        });
        named.flatten().unwrap_or(bytes)
    }
}
