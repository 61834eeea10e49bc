//! The median test: whether the durations of two versions have different medians, and whether that is worth telling.

use super::durations::Durations;
use crate::analyze::exact::differ;

/// The smallest change of a median: a quarter more, or as much less.
const SMALLEST: f64 = 1.25;

/// The medians before and after in microseconds if they differ enough, and the chance that they do.
pub(super) fn median(pair: [&Durations; 2]) -> Option<([u64; 2], f64)> {
    let [before, after] = pair.map(|durations| durations.percentile(50));
    let medians = [before?, after?];
    let is_told =
        is_changed(medians.map(|micros| micros as f64), SMALLEST) && is_changed(spread(pair)?, SMALLEST);
    is_told.then(|| (medians, chance(pair)))
}

/// The medians without the leaps that rounding makes: of whole milliseconds, the median leaps from one to two where a
/// few durations grew from 1.4 to 1.6.
fn spread(pair: [&Durations; 2]) -> Option<[f64; 2]> {
    let unit = pair.map(Durations::unit).into_iter().min()?;
    let [before, after] = pair.map(|durations| durations.spread_median(unit));
    Some([before?, after?])
}

/// How many spans of each version took longer than the median of both, and how many took at least as long, each by Fisher's
/// exact test (A. M. Mood, *Introduction to the Theory of Statistics*, 1950, section 16.4). Where medians differ, one of
/// the two splits parts the versions, however many durations are equal to the median of both. The smaller chance counts
/// twice (Bonferroni), so that ties make no more false alarms than is said.
fn chance(pair: [&Durations; 2]) -> f64 {
    let (count, splits) = (pair.map(Durations::total), splits(pair));
    let chances = splits.iter().map(|longer| differ(*longer, count));
    (chances.fold(1.0, f64::min) * splits.len() as f64).min(1.0)
}

/// The spans of each version above the median of both, and those that are not below it. A split with an empty part is
/// none. Equal durations are equal in buckets too if these are the same for both.
fn splits(pair: [&Durations; 2]) -> Vec<[u64; 2]> {
    let [before, after] = pair;
    let mut both = before.clone();
    both.merge(after);
    let Some(middle) = both.percentile(50) else { return Vec::new() };
    let (mut above, mut not_below) = ([0; 2], [0; 2]);
    for ((above, not_below), durations) in above.iter_mut().zip(&mut not_below).zip(pair) {
        let mut durations = durations.clone();
        both.buckets().into_iter().for_each(|buckets| durations.widen(buckets));
        *above = durations.above(middle);
        *not_below = durations.total() - durations.below(middle);
    }
    let is_split = |upper: &[u64; 2]| ![0, both.total()].contains(&upper.iter().sum());
    [above, not_below].into_iter().filter(is_split).collect()
}

/// Whether one of the two is so many times the other.
pub(super) fn is_changed([before, after]: [f64; 2], factor: f64) -> bool {
    before.max(after) > 0.0 && before.max(after) >= factor * before.min(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::tests::Random;

    /// A duration of a bucket is not longer than the middle of the same bucket, if only one version is in buckets.
    #[test]
    fn equal_durations_are_equal_in_buckets_too() {
        let (mut many, mut few) = (Durations::default(), Durations::default());
        for millis in 1..=1_500 {
            assert!(many.add(millis * 1_000, true));
        }
        for _ in 0..100 {
            assert!(few.add(760_000, true));
        }
        assert!(many.buckets().is_some() && few.buckets().is_none());
        assert_eq!(splits([&many, &few]), [[739, 0], [747, 100]]);
        // Of equal ones no split is one.
        assert_eq!(splits([&few, &few]), [[0; 2]; 0]);
        assert_eq!(splits([&Durations::default(), &Durations::default()]), [[0; 2]; 0]);
        // One bucket of eight for a power of two, from 524 to 590 ms and so on; the median of both is in the one before.
        let mut coarse = many;
        coarse.widen(2);
        assert!(splits([&coarse, &few]).iter().all(|[_, few]| [0, 100].contains(few)));
    }

    /// With any number of ties, p of durations of one distribution is below 0.05 at most once in twenty times.
    #[test]
    fn equal_distributions_have_small_chances_no_more_often_than_is_said() {
        let mut random = Random(1);
        for different in [2, 3, 5, 1_000] {
            let mut small = 0;
            for _ in 0..2_000 {
                let (mut before, mut after) = (Durations::default(), Durations::default());
                for at in 0..150 {
                    let millis = random.below(different).min(random.below(different));
                    let of = if at < 100 { &mut before } else { &mut after };
                    assert!(of.add(millis * 1_000, true));
                }
                small += u32::from(chance([&before, &after]) <= 0.05);
            }
            // 0.05 of 2,000 are 100; 39 are four standard deviations.
            assert!(small <= 139, "{different}: {small}");
        }
    }
}
