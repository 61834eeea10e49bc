//! The bounds of a spool, and the order in which reports are evicted.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crawl4ai_telemetry_core::{Fingerprint, Timestamp};
use crawl4ai_telemetry_files::Folder;

use super::{Clearance, StoredName};

/// The bounds of a spool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpoolBounds {
    /// Maximum number of reports: as many as a person could look through.
    pub(crate) reports: usize,
    /// Maximum size of all reports, in bytes. The default of 5 MiB is small for a disk.
    pub(crate) bytes: u64,
    /// Maximum age of a report. A crash from a month ago comes from a version that is gone.
    pub(crate) age: Duration,
    /// Maximum number of reports that wait for the user's answer. Nobody looks through more to answer one question.
    pub(crate) awaiting: usize,
    /// Maximum age of a report that waits for the user's answer. A user who has not answered in a week will not answer.
    pub(crate) awaiting_age: Duration,
    /// Maximum number of damaged reports that are kept for inspection.
    pub(crate) quarantined: usize,
    /// Maximum age of a damaged report.
    pub(crate) quarantine_age: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for SpoolBounds {
    fn default() -> Self {
        Self {
            reports: 50,
            bytes: 5 * 1024 * 1024,
            age: DAY.saturating_mul(30),
            awaiting: 10,
            awaiting_age: DAY.saturating_mul(7),
            quarantined: 5,
            quarantine_age: DAY.saturating_mul(7),
        }
    }
}

/// Reports that must be removed, by reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Evictions {
    pub(super) expired: Vec<StoredName>,
    pub(super) crowded: Vec<StoredName>,
}

impl SpoolBounds {
    /// Chooses the reports to remove. Reports of the most frequent bug go first, oldest first. The last report of a bug
    /// goes only when every bug has only one left.
    pub(super) fn evictions(&self, reports: &[(StoredName, u64)], now: Timestamp) -> Evictions {
        let (expired, mut kept): (Vec<_>, Vec<_>) =
            reports.iter().cloned().partition(|(name, _)| self.is_overdue(name, now));
        let mut crowded = Vec::new();
        let awaiting = |(name, _): &&(StoredName, u64)| name.clearance == Clearance::AwaitingConsent;
        while kept.iter().filter(awaiting).count() > self.awaiting
            && let Some(oldest) = kept.iter().position(|report| awaiting(&report))
        {
            crowded.push(kept.remove(oldest).0);
        }
        let mut bytes: u64 = kept.iter().map(|(_, size)| size).sum();
        while kept.len() > self.reports || bytes > self.bytes {
            let Some(at) = next_eviction(&kept) else { break };
            let (name, size) = kept.remove(at);
            bytes = bytes.saturating_sub(size);
            crowded.push(name);
        }
        Evictions { expired: expired.into_iter().map(|(name, _)| name).collect(), crowded }
    }

    /// Is a report older than its maximum age?
    pub(super) fn is_overdue(&self, name: &StoredName, now: Timestamp) -> bool {
        let longest = match name.clearance {
            Clearance::AwaitingConsent => self.awaiting_age,
            Clearance::Rules | Clearance::Agreed => self.age,
        };
        now.since(name.time) > longest
    }

    /// Is anything in quarantine older than its maximum age?
    pub(super) fn is_quarantine_overdue(&self, folder: &Folder) -> bool {
        quarantined(folder).iter().any(|(modified, _)| self.is_old(*modified))
    }

    pub(super) fn tidy_quarantine(&self, folder: &Folder) {
        let files = quarantined(folder);
        let too_many = files.len().saturating_sub(self.quarantined);
        for (at, (modified, name)) in files.iter().enumerate() {
            if at < too_many || self.is_old(*modified) {
                // Failures are ignored, because another process may be tidying too. A folder in quarantine is removed
                // if it is empty.
                if folder.remove(name).is_err() {
                    let _ = folder.remove_folder(name);
                }
            }
        }
    }

    fn is_old(&self, modified: SystemTime) -> bool {
        modified.elapsed().is_ok_and(|age| age > self.quarantine_age)
    }
}

/// The reports in quarantine, oldest first.
fn quarantined(folder: &Folder) -> Vec<(SystemTime, String)> {
    let ours = |name: &str| {
        StoredName::parse(name)?;
        Some((folder.look(name).ok()?.modified, name.to_owned()))
    };
    let mut files = folder.names(ours).unwrap_or_default();
    files.sort();
    files
}

/// The oldest report of the bug with the most reports. A panic whose fingerprint is not known yet counts as its own
/// bug.
fn next_eviction(reports: &[(StoredName, u64)]) -> Option<usize> {
    let mut counts: HashMap<Fingerprint, usize> = HashMap::new();
    for fingerprint in reports.iter().filter_map(|(name, _)| name.fingerprint) {
        *counts.entry(fingerprint).or_default() += 1;
    }
    let repeats = |name: &StoredName| name.fingerprint.and_then(|f| counts.get(&f)).copied().unwrap_or(1);
    // The order is reversed, because `max_by_key` returns the last of several maxima and the first is wanted.
    reports.iter().enumerate().rev().max_by_key(|(_, (name, _))| repeats(name)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::spool::ReportState;
    use crawl4ai_telemetry_core::ReportId;

    fn report(at: u64, fingerprint: Option<&str>) -> (StoredName, u64) {
        let name = StoredName {
            time: Timestamp::from_millis(at),
            id: ReportId::from_bytes(u128::from(at).to_be_bytes()),
            fingerprint: fingerprint.map(|f| f.repeat(16).parse().unwrap()),
            checksum: at,
            state: ReportState::Ready,
            clearance: Clearance::Rules,
        };
        (name, 10)
    }

    fn times(names: &[StoredName]) -> Vec<u64> {
        names.iter().map(|n| n.time.as_millis()).collect()
    }

    #[test]
    fn repeats_go_first_and_no_bug_is_forgotten_while_another_has_two() {
        let reports = [
            report(1, Some("a")),
            report(2, Some("b")),
            report(3, Some("b")),
            report(4, None),
            report(5, Some("b")),
        ];
        let bounds = |reports| SpoolBounds { reports, ..SpoolBounds::default() };
        let now = Timestamp::from_millis(10);
        for (most, gone) in
            [(5, vec![]), (4, vec![2]), (3, vec![2, 3]), (2, vec![2, 3, 1]), (0, vec![2, 3, 1, 4, 5])]
        {
            assert_eq!(times(&bounds(most).evictions(&reports, now).crowded), gone, "{most}");
        }
        let by_bytes = SpoolBounds { bytes: 35, ..SpoolBounds::default() };
        assert_eq!(times(&by_bytes.evictions(&reports, now).crowded), [2, 3]);
    }

    #[test]
    fn what_waits_for_an_answer_has_bounds_of_its_own() {
        let awaiting = |at| {
            let (name, size) = report(at, Some("a"));
            (StoredName { clearance: Clearance::AwaitingConsent, ..name }, size)
        };
        let bounds =
            SpoolBounds { awaiting: 2, awaiting_age: Duration::from_millis(5), ..SpoolBounds::default() };
        let reports =
            [report(1, Some("a")), awaiting(2), awaiting(6), awaiting(7), report(8, None), awaiting(9)];
        let evictions = bounds.evictions(&reports, Timestamp::from_millis(10));
        assert_eq!((times(&evictions.expired), times(&evictions.crowded)), (vec![2], vec![6]));
        let default = SpoolBounds::default();
        assert_eq!((default.awaiting, default.awaiting_age), (10, DAY * 7), "as the question's text says");
        assert_eq!((default.reports, default.bytes, default.age), (50, 5 * 1024 * 1024, DAY * 30));
    }

    #[test]
    fn the_old_go_and_a_clock_that_went_back_takes_nobody() {
        let bounds = SpoolBounds { age: Duration::from_millis(5), ..SpoolBounds::default() };
        let reports = [report(1, None), report(8, None)];
        assert_eq!(times(&bounds.evictions(&reports, Timestamp::from_millis(10)).expired), [1]);
        assert_eq!(bounds.evictions(&reports, Timestamp::from_millis(0)), Evictions::default());
    }
}
