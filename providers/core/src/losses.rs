//! Numbers of lost reports, by reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The reason of a loss. Every loss is counted, shown by `status` and sent with the next report.
///
/// ```
/// use crawl4ai_telemetry_core::Loss;
///
/// let names = Loss::ALL.map(Loss::name);
/// assert!(names.contains(&"rate_limited"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// The queue between capture and worker was full.
    QueueFull,
    /// The same error, or errors in general, came too often.
    RateLimited,
    /// The spool had no room.
    SpoolFull,
    /// The spool could not be written: a full disk, a read-only folder.
    SpoolUnwritable,
    /// A report in the spool was damaged.
    Damaged,
    /// A report became older than the spool's limit.
    Expired,
    /// The server refused a report for good.
    Rejected,
    /// Something failed inside the reporter itself.
    Internal,
}

impl Loss {
    /// Every reason, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::QueueFull,
        Self::RateLimited,
        Self::SpoolFull,
        Self::SpoolUnwritable,
        Self::Damaged,
        Self::Expired,
        Self::Rejected,
        Self::Internal,
    ];

    /// Its name in reports, `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::RateLimited => "rate_limited",
            Self::SpoolFull => "spool_full",
            Self::SpoolUnwritable => "spool_unwritable",
            Self::Damaged => "damaged",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Internal => "internal",
        }
    }
}

/// Numbers of lost reports, by reason.
///
/// ```
/// use crawl4ai_telemetry_core::{Loss, Losses};
///
/// let mut losses = Losses::default();
/// losses.add(Loss::RateLimited, 9_997);
/// assert_eq!(losses.count(Loss::RateLimited), 9_997);
/// assert_eq!(losses.iter().count(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Losses(BTreeMap<Loss, u64>);

impl Losses {
    /// Counts `n` more losses.
    pub fn add(&mut self, reason: Loss, n: u64) {
        if n > 0 {
            let count = self.0.entry(reason).or_default();
            *count = count.saturating_add(n);
        }
    }

    /// The number of losses for a reason.
    #[must_use]
    pub fn count(&self, reason: Loss) -> u64 {
        self.0.get(&reason).copied().unwrap_or(0)
    }

    /// Was nothing lost?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reasons and counts.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, u64)> + '_ {
        self.0.iter().map(|(reason, n)| (*reason, *n))
    }
}
