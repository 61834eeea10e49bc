//! Durations in bounded memory, for percentiles.
//!
//! Up to [`EXACT`] different durations are kept as they are. Beyond, they are kept in the buckets of a histogram whose
//! widths grow with the durations (G. Tene, HdrHistogram, <https://hdrhistogram.org>): 64 buckets for each power of two.
//! A duration is then at most 1/128 of itself, 0.8 %, away from the middle of its bucket.

use std::collections::BTreeMap;

/// The most different durations that are kept as they are. A program's spans are told in milliseconds, so that all below
/// a second stay exact.
const EXACT: usize = 1_000;

/// Buckets of each power of two, as a power of two.
const BUCKETS: u32 = 6;

/// The largest error of a percentile, as a share of it, where durations are in buckets.
pub(in crate::analyze) const ERROR: f64 = 1.0 / 128.0;

/// How often each duration occurred, in microseconds.
#[derive(Clone, Debug, Default)]
pub(in crate::analyze) struct Durations {
    counts: BTreeMap<u64, u64>,
    in_buckets: bool,
}

impl Durations {
    /// Adds a duration in microseconds. If no `room` is left, it is only added if an equal one is kept; false if it was
    /// not added.
    pub(super) fn add(&mut self, micros: u64, room: bool) -> bool {
        let micros = if self.in_buckets { middle(micros) } else { micros };
        if let Some(count) = self.counts.get_mut(&micros) {
            *count += 1;
            return true;
        }
        if room {
            self.counts.insert(micros, 1);
            self.narrow();
        }
        room
    }

    fn narrow(&mut self) {
        if !self.in_buckets && self.counts.len() > EXACT {
            *self = self.bucketed();
        }
    }

    /// The same durations in buckets.
    pub(super) fn bucketed(&self) -> Self {
        let mut counts = BTreeMap::new();
        for (micros, count) in &self.counts {
            *counts.entry(middle(*micros)).or_default() += count;
        }
        Self { counts, in_buckets: true }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if other.in_buckets && !self.in_buckets {
            *self = self.bucketed();
        }
        for (micros, count) in &other.counts {
            let micros = if self.in_buckets { middle(*micros) } else { *micros };
            *self.counts.entry(micros).or_default() += count;
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

    pub(super) const fn in_buckets(&self) -> bool {
        self.in_buckets
    }

    /// The number of durations longer than this one.
    pub(super) fn above(&self, micros: u64) -> u64 {
        self.counts.range(micros.saturating_add(1)..).map(|(_, count)| count).sum()
    }

    /// The shortest duration that so many of a hundred do not exceed (R. J. Hyndman, Y. Fan, *Sample quantiles in
    /// statistical packages*, The American Statistician 50, 1996, definition 1).
    pub(super) fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (u128::from(self.total()) * u128::from(percent)).div_ceil(100).max(1);
        let mut so_far = 0;
        self.counts.iter().find_map(|(micros, count)| {
            so_far += u128::from(*count);
            (so_far >= rank).then_some(*micros)
        })
    }

    /// Whether every duration is zero, as of spans that are recorded at once.
    pub(super) fn is_instant(&self) -> bool {
        self.counts.keys().all(|micros| *micros == 0)
    }
}

/// The middle of the bucket to which a duration belongs. Short ones have a bucket each.
fn middle(micros: u64) -> u64 {
    let power = u64::BITS - micros.leading_zeros();
    let width = power.saturating_sub(BUCKETS + 1);
    (micros >> width << width) + ((1_u64 << width) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!((durations.above(50), durations.total(), durations.is_instant()), (5, 10, false));
    }

    #[test]
    fn every_duration_is_near_the_middle_of_its_bucket() {
        let mut random = Random(3);
        let any = (0..200_000).map(|_| random.next() >> random.below(64));
        for micros in (0..100_000).chain(any).chain([u64::MAX, u64::MAX - 1]) {
            let middle = middle(micros);
            assert!(middle.abs_diff(micros) as f64 <= ERROR * micros as f64, "{micros} {middle}");
            assert_eq!(super::middle(middle), middle, "{micros}");
        }
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
        assert!(durations.in_buckets() && durations.kept() <= 33 * 64, "{}", durations.kept());
        for (percent, at) in [(50, 149_999), (90, 269_999), (99, 296_999)] {
            let (exact, told) = (all[at] as f64, durations.percentile(percent).unwrap() as f64);
            assert!((exact - told).abs() <= ERROR * exact, "{percent}: {exact} {told}");
        }
        // Halves that are merged say the same as the whole.
        let (mut left, mut right) = (Durations::default(), Durations::default());
        for (at, micros) in all.iter().enumerate() {
            assert!(if at < 500 { left.add(*micros, true) } else { right.add(*micros, true) });
        }
        assert!(!left.in_buckets());
        left.merge(&right);
        assert_eq!(left.counts, durations.counts);
    }

    #[test]
    fn without_room_only_what_is_known_is_counted() {
        let mut durations = Durations::default();
        assert!(durations.add(7, true) && durations.add(7, false) && !durations.add(8, false));
        assert_eq!((durations.total(), durations.kept()), (2, 1));
    }
}
