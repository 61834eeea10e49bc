//! The buckets of a histogram of durations, whose widths grow with the durations (G. Tene, HdrHistogram,
//! <https://hdrhistogram.org>): 64 buckets for each power of two. A duration is then at most 1/128 of itself, 0.8 %, away
//! from the middle of its bucket.
//!
//! Where the durations of all names together are too many, pairs of neighbouring buckets become one (I. Epicoco and others,
//! *UDDSketch: Accurate Tracking of Quantiles in Data Streams*, IEEE Access 8, 2020), so that none is left out.

/// Buckets of each power of two, as a power of two.
pub(super) const BUCKETS: u32 = 6;

/// The largest error of a percentile, as a share of it, of durations in such buckets.
pub(super) fn error(buckets: u32) -> f64 {
    0.5_f64.powi(i32::try_from(buckets).unwrap_or(0) + 1)
}

/// The width of the bucket to which a duration belongs, as a power of two.
pub(super) fn width(micros: u64, buckets: u32) -> u32 {
    let power = u64::BITS - micros.leading_zeros();
    power.saturating_sub(buckets + 1)
}

/// The middle of the bucket to which a duration belongs. Short ones have a bucket each.
pub(super) fn middle(micros: u64, buckets: u32) -> u64 {
    let width = width(micros, buckets);
    (micros >> width << width) + ((1_u64 << width) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::tests::Random;

    #[test]
    fn every_duration_is_near_the_middle_of_its_bucket() {
        let mut random = Random(3);
        let any = (0..200_000).map(|_| random.next() >> random.below(64));
        for micros in (0..100_000).chain(any).chain([u64::MAX, u64::MAX - 1]) {
            for buckets in 0..=BUCKETS {
                let middle = middle(micros, buckets);
                assert!(
                    middle.abs_diff(micros) as f64 <= error(buckets) * micros as f64,
                    "{micros} {middle}"
                );
                assert_eq!(super::middle(middle, buckets), middle, "{micros}");
                // Wider buckets are made of whole narrower ones.
                assert_eq!(
                    super::middle(middle, buckets / 2),
                    super::middle(micros, buckets / 2),
                    "{micros}"
                );
            }
        }
    }
}
