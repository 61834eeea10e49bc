//! Reports that wait in the spool, and what they wait for.

use crawl4ai_telemetry_core::{ReportId, Timestamp};
use serde::Serialize;

use crate::store::disk::Store;
use crate::store::spool::{Clearance, ReportState, StoredName};

/// A report in the spool.
///
/// ```
/// use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .build()?;
///
/// for report in telemetry.waiting() {
///     println!("{} of {} waits for {:?}", report.id, report.time, report.waits_for);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The report's id.
    pub id: ReportId,
    /// When the error happened.
    pub time: Timestamp,
    /// The event for which the report waits.
    pub waits_for: WaitsFor,
}

/// The event for which a report in the spool waits; part of [`Waiting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WaitsFor {
    /// The delivery of the report.
    Delivery,
    /// The user's answer, without which the report is not sent.
    Answer,
    /// The result of a panic: whether the process survived.
    Process,
}

/// The waiting reports in the spool, oldest first.
pub(crate) fn waiting(store: &Store) -> Vec<Waiting> {
    let Some(spool) = &store.spool else { return Vec::new() };
    let waits_for = |name: &StoredName| match (name.clearance, name.state) {
        (Clearance::AwaitingConsent, _) => WaitsFor::Answer,
        (Clearance::Rules | Clearance::Agreed, ReportState::Unresolved) if spool.is_process_alive(name) => {
            WaitsFor::Process
        }
        (
            Clearance::Rules | Clearance::Agreed,
            ReportState::Ready | ReportState::Fatal | ReportState::Unresolved | ReportState::Partial,
        ) => WaitsFor::Delivery,
    };
    let names = spool.list().into_iter();
    names.map(|name| Waiting { id: name.id, time: name.time, waits_for: waits_for(&name) }).collect()
}
