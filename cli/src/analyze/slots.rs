//! Programs by their names. The first ones are kept in full, and of all others only the number of records.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::names::start;

/// The most programs that are kept in full.
pub(super) const PROGRAMS: usize = 16;

/// The most further programs whose records are counted by name. They take 4 MB.
const FURTHER: usize = 100_000;

/// The longest name that is kept whole, in bytes.
const LONGEST: usize = 200;

pub(super) struct Slots<T> {
    kept: BTreeMap<String, T>,
    /// The number of records of each further program, by a hash of its name.
    further: HashMap<u64, u64>,
    /// Records of programs beyond both bounds.
    beyond: u64,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { kept: BTreeMap::new(), further: HashMap::new(), beyond: 0 }
    }
}

impl<T> Slots<T> {
    /// The program of this name. `None` if it is only counted.
    pub(super) fn slot(&mut self, name: &str, new: impl FnOnce() -> T) -> Option<&mut T> {
        let name = shortened(name);
        if !self.kept.contains_key(name) {
            if self.kept.len() >= PROGRAMS {
                self.count(name);
                return None;
            }
            self.kept.insert(name.to_owned(), new());
        }
        self.kept.get_mut(name)
    }

    fn count(&mut self, name: &str) {
        let hash = hashed(name);
        if let Some(count) = self.further.get_mut(&hash) {
            *count += 1;
        } else if self.further.len() < FURTHER {
            self.further.insert(hash, 1);
        } else {
            self.beyond += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.kept.iter().map(|(name, kept)| (name.as_str(), kept))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<T> {
        self.kept.remove(name)
    }

    /// Whether some records of this program may be counted only.
    pub(super) fn may_have_further(&self, name: &str) -> bool {
        self.beyond > 0 || self.further.contains_key(&hashed(name))
    }

    /// The most records that a further program may have.
    pub(super) fn most_of_further(&self) -> u64 {
        self.further.values().copied().max().unwrap_or(0).max(self.beyond)
    }

    /// The records of all further programs.
    pub(super) fn of_further(&self) -> u64 {
        self.further.values().sum::<u64>() + self.beyond
    }
}

/// The part of a program's name that is kept.
pub(super) fn shortened(name: &str) -> &str {
    start(name, LONGEST)
}

fn hashed(name: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    hash.finish()
}
