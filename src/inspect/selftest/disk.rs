//! The test report on its way through the spool.

use crawl4ai_telemetry_core::Report;

use crate::consent::Decision;
use crate::consent::config::StoredConfig;
use crate::deliver::Pipeline;
use crate::store::spool::{Clearance, ReportState, Spool};

/// Stores the report, reads it again and deletes it.
///
/// # Errors
/// What failed, and the path of a report that could not be deleted.
pub(super) fn through_the_spool(
    pipeline: &Pipeline,
    spool: &Spool,
    report: &Report,
    (stored, decision): (&StoredConfig, &Decision),
) -> Result<(), String> {
    let bytes = report.to_stored().map_err(|error| error.to_string())?;
    let key = (report.id(), report.time(), Some(report.fingerprint()));
    let kept = spool
        .put_for(key, ReportState::Ready, Clearance::AwaitingConsent, &bytes)
        .map_err(|error| error.to_string())?;
    spool.sync(&kept);
    let again = pipeline.revalidate(spool, &kept.name, stored, decision);
    let unread = again.err().map(|error| error.to_string());
    let left = (!spool.remove(&kept.name)).then(|| {
        let path = spool.folder().join(kept.name.to_string());
        format!("spool: the test report cannot be deleted: {}", path.display())
    });
    let failures: Vec<String> = [unread, left].into_iter().flatten().collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}
