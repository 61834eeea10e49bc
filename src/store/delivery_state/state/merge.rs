//! Adds changes that could not be written to the state on the disk, once the file can be used again.

use std::collections::BTreeMap;

use super::{BUGS, CountWindow, DeliveryState};

impl DeliveryState {
    /// The state on the disk, with all that this process has changed since the disk held the state that it `knew`.
    ///
    /// Other processes may have changed the disk meanwhile. Counts of all processes are added up. Of the time of the next
    /// attempt and the last reason, what others wrote stands. Losses are the disk's, because those of this process are
    /// kept apart.
    pub(in crate::store::delivery_state) fn onto(self, knew: &Self, disk: Self) -> Self {
        if self == *knew {
            return disk;
        }
        let mut bugs = each(&self.bugs, &knew.bugs, &disk.bugs, CountWindow::onto);
        while bugs.len() > BUGS {
            bugs.pop_last();
        }
        Self {
            hour: self.hour.onto(knew.hour, disk.hour),
            day: self.day.onto(knew.day, disk.day),
            bugs,
            unreported: disk.unreported,
            failures: count(self.failures, knew.failures, disk.failures),
            ends_without_words: count(
                self.ends_without_words,
                knew.ends_without_words,
                disk.ends_without_words,
            ),
            ends_without_lines: count(
                self.ends_without_lines,
                knew.ends_without_lines,
                disk.ends_without_lines,
            ),
            asked: each(&self.asked, &knew.asked, &disk.asked, count),
            terms: if disk.terms == knew.terms { self.terms } else { disk.terms },
            not_before: if disk.not_before == knew.not_before { self.not_before } else { disk.not_before },
            trouble: if disk.trouble == knew.trouble { self.trouble } else { disk.trouble },
        }
    }
}

impl CountWindow {
    fn onto(self, knew: Self, disk: Self) -> Self {
        let known = if knew.number == self.number { knew.count } else { 0 };
        if self == knew {
            disk
        } else if self.number == disk.number {
            Self { number: disk.number, count: count(self.count, known, disk.count) }
        } else if disk == knew || self.number > disk.number {
            self
        } else {
            disk
        }
    }
}

/// Adds what this process has counted. A count that it began anew is taken as it is.
fn count(ours: u32, knew: u32, disk: u32) -> u32 {
    ours.checked_sub(knew).map_or(ours, |more| disk.saturating_add(more))
}

/// Merges the entries of maps. An entry that is missing counts as zero.
fn each<V: Copy + Default + PartialEq>(
    ours: &BTreeMap<String, V>,
    knew: &BTreeMap<String, V>,
    disk: &BTreeMap<String, V>,
    merge: impl Fn(V, V, V) -> V,
) -> BTreeMap<String, V> {
    let merged = |key: &String| {
        let [ours, knew, disk] = [ours, knew, disk].map(|map| map.get(key).copied().unwrap_or_default());
        let merged = merge(ours, knew, disk);
        (merged != V::default()).then(|| (key.clone(), merged))
    };
    ours.keys().chain(disk.keys()).filter_map(merged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn window(number: u64, count: u32) -> CountWindow {
        CountWindow { number, count }
    }

    #[test]
    fn counts_of_two_processes_are_added_up() {
        for (ours, knew, disk, merged) in [
            (window(7, 3), window(7, 3), window(7, 5), window(7, 5)),
            (window(7, 4), window(7, 3), window(7, 3), window(7, 4)),
            (window(7, 4), window(7, 3), window(7, 5), window(7, 6)),
            (window(8, 1), window(7, 3), window(8, 2), window(8, 3)),
            (window(8, 1), window(7, 3), window(7, 5), window(8, 1)),
            (window(7, 4), window(7, 3), window(8, 1), window(8, 1)),
            // The clock of the process that wrote the disk's was ahead.
            (window(7, 2), window(99, 1), window(99, 1), window(7, 2)),
        ] {
            assert_eq!(ours.onto(knew, disk), merged, "{ours:?} {knew:?} {disk:?}");
        }
        for (ours, knew, disk, merged) in [(3, 1, 5, 7), (0, 2, 2, 0), (0, 2, 4, 0), (2, 2, 0, 0)] {
            assert_eq!(count(ours, knew, disk), merged, "{ours} {knew} {disk}");
        }
    }

    #[test]
    fn bugs_of_two_processes_are_bounded() {
        let of = |first: usize| DeliveryState {
            bugs: (first..first + BUGS).map(|n| (format!("{n:016x}"), window(7, 1))).collect(),
            ..DeliveryState::default()
        };
        let merged = of(0).onto(&DeliveryState::default(), of(BUGS / 2));
        assert_eq!(
            (merged.bugs.len(), merged.bugs.values().max_by_key(|w| w.count)),
            (BUGS, Some(&window(7, 2)))
        );
    }
}
