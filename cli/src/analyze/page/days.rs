//! Reports by day as bars. All pictures of a page show the same days, so that bars of the same day stand below each other.

use std::collections::BTreeMap;

use crate::analyze::dates::date;
use crate::analyze::program::Day;
use crate::analyze::range::Range;
use crate::view::bars::{Bar, HEIGHT, STEP};
use crate::view::words::grouped;

/// The most bars that stand for a day. Of more days, a bar stands for a week: 58 bars for all that are counted.
const BARS: Day = 62;

/// The fewest bars, so that a single day does not fill a picture.
const LEAST: Day = 14;

const WEEK: Day = 7;

/// The days of the pictures.
#[derive(Debug)]
pub(super) struct Axis {
    first: Day,
    last: Day,
    /// The number of days of a bar.
    each: Day,
    bars: Day,
}

/// One picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) bars: Vec<Bar>,
    /// The number that the highest bar stands for.
    pub(super) most: u64,
    /// Every bar in words.
    pub(super) said: String,
}

impl Axis {
    pub(super) fn of(range: Option<Range>) -> Self {
        let (first, last) = range.map_or((0, 0), |range| (range.first, range.last));
        let span = last - first + 1;
        let each = if span <= BARS { 1 } else { WEEK };
        let bars = span.div_ceil(each).max(LEAST);
        // Counted back from the last day, so that the last bar is complete.
        Self { first: (last + 1).saturating_sub(bars * each), last, each, bars }
    }

    pub(super) fn picture(&self, days: &BTreeMap<Day, u64>) -> Picture {
        let mut sums: BTreeMap<Day, u64> = BTreeMap::new();
        for (day, n) in days.range(self.first..) {
            *sums.entry(day.saturating_sub(self.first) / self.each).or_default() += n;
        }
        let most = sums.values().copied().max().unwrap_or(0);
        let bar = |(at, n): (Day, u64)| Bar::new(at.into(), n, most, date(self.first + at * self.each));
        let bars: Vec<Bar> = sums.into_iter().map(bar).collect();
        let said: Vec<String> = bars.iter().map(|bar| format!("{} on {}", grouped(bar.n), bar.day)).collect();
        let said = if self.is_by_day() { said.join(", ") } else { said.join(", ").replace(" on ", " from ") };
        Picture { bars, most, said }
    }

    pub(super) fn is_by_day(&self) -> bool {
        self.each == 1
    }

    /// The time that a bar stands for.
    pub(super) fn each_said(&self) -> &'static str {
        if self.is_by_day() { "a day" } else { "seven days" }
    }

    pub(super) fn width(&self) -> u64 {
        u64::from(self.bars) * STEP
    }

    pub(super) fn height(&self) -> u64 {
        HEIGHT
    }

    pub(super) fn from(&self) -> String {
        date(self.first)
    }

    pub(super) fn until(&self) -> String {
        date(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: &[(Day, u64)]) -> BTreeMap<Day, u64> {
        days.iter().copied().collect()
    }

    #[test]
    fn a_bar_stands_for_a_day_and_of_many_days_for_a_week() {
        // 20,784 is 2026-11-27.
        let two = days(&[(20_784, 4), (20_780, 1)]);
        let axis = Axis::of(Range::of(&two));
        assert_eq!((axis.width(), &*axis.from(), &*axis.until()), (140, "2026-11-14", "2026-11-27"));
        let picture = axis.picture(&two);
        assert_eq!((picture.most, &*picture.said), (4, "1 on 2026-11-23, 4 on 2026-11-27"));
        let bars: Vec<_> = picture.bars.iter().map(|bar| (bar.x, bar.y, bar.height)).collect();
        assert_eq!(bars, [(91, 30, 10), (131, 0, 40)]);

        let year = days(&[(20_384, 2), (20_778, 2), (20_784, 4)]);
        let axis = Axis::of(Range::of(&year));
        let picture = axis.picture(&year);
        assert_eq!((axis.bars, picture.bars.len()), (58, 2));
        assert_eq!(picture.said, "2 from 2025-10-18, 6 from 2026-11-21");
        assert!(picture.bars.iter().all(|bar| bar.x < axis.width()), "{picture:?}");
    }

    #[test]
    fn a_day_long_before_the_others_has_no_bar() {
        let old = days(&[(20_384, 1), (20_780, 2), (20_784, 4)]);
        let axis = Axis::of(Range::of(&old));
        assert_eq!(axis.picture(&old).said, "2 on 2026-11-23, 4 on 2026-11-27");
    }

    #[test]
    fn no_day_is_no_bar() {
        let axis = Axis::of(None);
        assert!(axis.picture(&BTreeMap::new()).bars.is_empty());
    }
}
