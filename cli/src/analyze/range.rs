//! The days that are compared, without a few reports of clocks that were wrong.

use std::collections::BTreeMap;

use super::program::Day;

/// The silent days that part a few early reports from the others: a week.
const SILENT: Day = 7;

/// The days from the first to the last that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: Day,
    pub(super) last: Day,
    /// What is older than the first day.
    pub(super) before: u64,
}

impl Range {
    /// The days begin behind the last silent week that has at most a hundredth of all before it, or one. A single report of
    /// a wrong clock would else make a rise of the first days that have reports.
    pub(super) fn of(days: &BTreeMap<Day, u64>) -> Option<Self> {
        let (earliest, last) = (*days.keys().next()?, *days.keys().next_back()?);
        let most = (days.values().sum::<u64>() / 100).max(1);
        let mut range = Self { first: earliest, last, before: 0 };
        let (mut so_far, mut previous) = (0, earliest);
        for (day, count) in days {
            if so_far > most {
                break;
            }
            if day - previous > SILENT {
                range = Self { first: *day, before: so_far, ..range };
            }
            so_far += count;
            previous = *day;
        }
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(days: &[(Day, u64)]) -> (Day, u64) {
        let range = Range::of(&days.iter().copied().collect()).unwrap();
        (range.first, range.before)
    }

    #[test]
    fn a_hundredth_before_a_silent_week_stays_outside() {
        assert_eq!(Range::of(&BTreeMap::new()), None);
        assert_eq!(range(&[(7, 1)]), (7, 0));
        assert_eq!(range(&[(100, 1), (108, 9)]), (108, 1));
        // A week has seven silent days.
        assert_eq!(range(&[(100, 1), (107, 9)]), (100, 0));
        assert_eq!(range(&[(100, 2), (300, 98)]), (100, 0));
        assert_eq!(range(&[(100, 2), (300, 198)]), (300, 2));
        // Behind the last one.
        assert_eq!(range(&[(10, 1), (100, 1), (300, 198), (350, 1)]), (300, 2));
        assert_eq!(range(&[(10, 1), (100, 2), (300, 198)]), (100, 1));
    }
}
