//! The bytes that belong to lists of words.

use std::ops::Range;

/// Most separate ranges, which take 256 KiB. If there are more, neighbours are joined, together with the bytes between
/// them.
const MOST: usize = 32 * 1024;

/// Ranges of offsets, in order and apart from each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    tidy: Vec<(u32, u32)>,
}

impl Lists {
    pub(super) fn add(&mut self, range: Range<usize>) {
        // Offsets beyond 4 GiB are ignored, because no words are read there.
        let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) else { return };
        if start >= end {
            return;
        }
        let from = self.tidy.partition_point(|(_, e)| *e < start);
        let to = self.tidy.partition_point(|(s, _)| *s <= end);
        let Some(joined) = self.tidy.get_mut(from..to).filter(|joined| !joined.is_empty()) else {
            self.tidy.insert(from, (start, end));
            return self.thin_out();
        };
        let last = joined.last().map_or(end, |(_, e)| end.max(*e));
        if let Some(first) = joined.first_mut() {
            *first = (start.min(first.0), last);
        }
        if from + 1 < to {
            self.tidy.drain(from + 1..to);
        }
    }

    /// If there are too many ranges, halves their number by filling every second gap.
    fn thin_out(&mut self) {
        if self.tidy.len() <= MOST {
            return;
        }
        let halves = self.tidy.chunks(2);
        let joined = halves.filter_map(|two| Some((two.first()?.0, two.last()?.1)));
        self.tidy = joined.collect();
    }

    pub(super) fn touches(&self, range: &Range<usize>) -> bool {
        let next = self.tidy.partition_point(|(_, end)| *end as usize <= range.start);
        self.tidy.get(next).is_some_and(|(start, _)| (*start as usize) < range.end)
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.tidy.iter().map(|(start, end)| *start as usize..*end as usize)
    }

    pub(super) fn memory(&self) -> usize {
        self.tidy.capacity() * size_of::<(u32, u32)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one() {
        let mut lists = Lists::default();
        for range in [10..20, 30..40, 20..25, 39..41, 5..6, 24..31] {
            lists.add(range);
        }
        assert_eq!(lists.ranges().collect::<Vec<_>>(), [5..6, 10..41]);
        for (range, touches) in
            [(0..5, false), (0..6, true), (6..10, false), (9..11, true), (40..50, true), (41..50, false)]
        {
            assert_eq!(lists.touches(&range), touches, "{range:?}");
        }
    }

    #[test]
    fn too_many_take_in_what_lies_between() {
        let mut lists = Lists::default();
        for i in 0..100_000 {
            lists.add(i * 100..i * 100 + 10);
        }
        assert!(lists.ranges().count() <= MOST);
        assert!((0..100_000).all(|i| lists.touches(&(i * 100 + 3..i * 100 + 4))));
    }
}
