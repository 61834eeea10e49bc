//! Durations in bounded memory, for percentiles.
//!
//! Up to [`EXACT`] different durations are kept as they are. Beyond, they are kept in [`buckets`](super::buckets).

use std::collections::BTreeMap;

use super::buckets::{BUCKETS, middle, width};

/// The most different durations that are kept as they are. A program's spans are told in milliseconds, so that all below
/// a second stay exact.
const EXACT: usize = 1_000;

/// How often each duration occurred, in microseconds.
#[derive(Clone, Debug)]
pub(in crate::analyze) struct Durations {
    counts: BTreeMap<u64, u64>,
    /// Buckets of each power of two, as a power of two. `None` if durations are kept as they are.
    buckets: Option<u32>,
    /// The largest of [`UNITS`] in which all durations are whole numbers.
    unit: u64,
}

/// Units to which programs round durations, in microseconds.
const UNITS: [u64; 3] = [1_000_000, 1_000, 1];

impl Default for Durations {
    fn default() -> Self {
        Self { counts: BTreeMap::new(), buckets: None, unit: 1_000_000 }
    }
}

impl Durations {
    /// Adds a duration in microseconds. If no `room` is left, it is only added if an equal one is kept; false if it was
    /// not added.
    pub(super) fn add(&mut self, micros: u64, room: bool) -> bool {
        let unit = self.unit.min(unit(micros));
        let micros = self.class(micros);
        if let Some(count) = self.counts.get_mut(&micros) {
            *count += 1;
        } else if room {
            self.counts.insert(micros, 1);
            self.narrow();
        } else {
            return false;
        }
        self.unit = unit;
        true
    }

    fn narrow(&mut self) {
        if self.buckets.is_none() && self.counts.len() > EXACT {
            self.widen(BUCKETS);
        }
    }

    /// Puts the durations into buckets that are no narrower than these.
    pub(super) fn widen(&mut self, buckets: u32) {
        if self.buckets.is_some_and(|own| own <= buckets) {
            return;
        }
        self.buckets = Some(buckets);
        for (micros, count) in std::mem::take(&mut self.counts) {
            *self.counts.entry(middle(micros, buckets)).or_default() += count;
        }
    }

    /// The duration by which an equal one is counted.
    fn class(&self, micros: u64) -> u64 {
        self.buckets.map_or(micros, |buckets| middle(micros, buckets))
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(buckets) = other.buckets {
            self.widen(buckets);
        }
        self.unit = self.unit.min(other.unit);
        for (micros, count) in &other.counts {
            *self.counts.entry(self.class(*micros)).or_default() += count;
        }
        self.narrow();
    }

    /// The number of different durations that are kept.
    pub(super) fn kept(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Buckets of each power of two, as a power of two. `None` if durations are kept as they are.
    pub(super) const fn buckets(&self) -> Option<u32> {
        self.buckets
    }

    pub(super) const fn unit(&self) -> u64 {
        self.unit
    }

    /// The number of durations longer than this one.
    pub(super) fn above(&self, micros: u64) -> u64 {
        self.counts.range(micros.saturating_add(1)..).map(|(_, count)| count).sum()
    }

    /// The number of durations shorter than this one.
    pub(super) fn below(&self, micros: u64) -> u64 {
        self.counts.range(..micros).map(|(_, count)| count).sum()
    }

    /// The shortest duration that so many of a hundred do not exceed (R. J. Hyndman, Y. Fan, *Sample quantiles in
    /// statistical packages*, The American Statistician 50, 1996, definition 1). `None` where there is none, or where each
    /// is zero, as of spans that are recorded at once.
    pub(super) fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (u128::from(self.total()) * u128::from(percent)).div_ceil(100).max(1);
        let mut so_far = 0;
        let mut counts = self.counts.iter().filter(|_| !self.is_instant());
        counts.find_map(|(micros, count)| {
            so_far += u128::from(*count);
            (so_far >= rank).then_some(*micros)
        })
    }

    /// The median, as if the durations of each class lay evenly on all of it, as `statistics.median_grouped` of Python
    /// takes it. `unit` is the unit to which the durations are rounded.
    pub(super) fn spread_median(&self, unit: u64) -> Option<f64> {
        let half = self.total() as f64 / 2.0;
        let mut so_far = 0.0;
        self.counts.iter().find_map(|(micros, count)| {
            let count = *count as f64;
            let width = self.buckets.map_or(1, |buckets| 1 << width(*micros, buckets)).max(unit) as f64;
            let inside = (half - so_far) / count;
            so_far += count;
            (so_far >= half).then(|| (*micros as f64 + width * (inside - 0.5)).max(0.0))
        })
    }

    /// Whether every duration is zero, as of spans that are recorded at once.
    pub(super) fn is_instant(&self) -> bool {
        self.counts.keys().all(|micros| *micros == 0)
    }
}

fn unit(micros: u64) -> u64 {
    UNITS.into_iter().find(|unit| micros.is_multiple_of(*unit)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::spans::buckets::error;
    use crate::analyze::tests::Random;

    #[test]
    fn percentiles_of_few_durations_are_theirs() {
        let mut durations = Durations::default();
        assert_eq!(durations.percentile(50), None);
        for micros in [30, 10, 20, 40, 50, 60, 70, 80, 90, 100] {
            assert!(durations.add(micros, true));
        }
        // R 4.2: quantile(seq(10, 100, 10), c(.5, .9, .99, 0, 1), type = 1)
        let all = [50, 90, 99, 0, 100].map(|percent| durations.percentile(percent).unwrap());
        assert_eq!(all, [50, 90, 100, 10, 100]);
        assert_eq!(
            (durations.above(50), durations.total(), durations.below(50), durations.buckets()),
            (5, 10, 4, None)
        );
    }

    #[test]
    fn percentiles_of_many_durations_are_within_the_error_in_bounded_memory() {
        let mut random = Random(5);
        let mut durations = Durations::default();
        let mut all = Vec::new();
        for _ in 0..300_000 {
            // From a microsecond to an hour, as many of each length.
            let micros = (3.6e9_f64.powf(random.part())) as u64;
            all.push(micros);
            assert!(durations.add(micros, true));
        }
        all.sort_unstable();
        assert!(durations.buckets() == Some(BUCKETS) && durations.kept() <= 33 * 64, "{}", durations.kept());
        for (percent, at) in [(50, 149_999), (90, 269_999), (99, 296_999)] {
            let (exact, told) = (all[at] as f64, durations.percentile(percent).unwrap() as f64);
            assert!((exact - told).abs() <= error(BUCKETS) * exact, "{percent}: {exact} {told}");
        }
        // Halves that are merged say the same as the whole.
        let (mut left, mut right) = (Durations::default(), Durations::default());
        for (at, micros) in all.iter().enumerate() {
            assert!(if at < 500 { left.add(*micros, true) } else { right.add(*micros, true) });
        }
        assert_eq!(left.buckets(), None);
        left.merge(&right);
        assert_eq!(left.counts, durations.counts);
    }

    #[test]
    fn without_room_only_what_is_known_is_counted() {
        let mut durations = Durations::default();
        assert!(durations.add(7, true) && durations.add(7, false) && !durations.add(8, false));
        assert_eq!((durations.total(), durations.kept()), (2, 1));
    }

    #[test]
    fn durations_that_are_all_zero_are_none() {
        let mut durations = Durations::default();
        assert!(durations.add(0, true) && durations.add(0, true));
        assert_eq!((durations.percentile(50), durations.total()), (None, 2));
        assert!(durations.add(3, true));
        assert_eq!((durations.percentile(50), durations.percentile(99)), (Some(0), Some(3)));
    }

    #[test]
    fn a_median_lies_inside_its_class() {
        // Python 3.11: statistics.median_grouped([1, 1, 2, 2, 2, 3], 1) and ([10, 10, 10, 30, 30], 1), in milliseconds
        for (millis, expected) in [(&[1, 1, 2, 2, 2, 3][..], 11.0 / 6.0), (&[10, 10, 10, 30, 30], 31.0 / 3.0)]
        {
            let mut durations = Durations::default();
            for millis in millis {
                assert!(durations.add(millis * 1_000, true));
            }
            let median = durations.spread_median(durations.unit()).unwrap() / 1_000.0;
            assert!((median - expected).abs() < 1e-9, "{median} {expected}");
        }
        let unit = |micros: &[u64]| {
            let mut durations = Durations::default();
            assert!(micros.iter().all(|micros| durations.add(*micros, true)));
            durations.unit()
        };
        assert_eq!(
            [unit(&[0, 3_000_000]), unit(&[3_000_000, 4_000]), unit(&[4_000, 7])],
            [1_000_000, 1_000, 1]
        );
    }
}
