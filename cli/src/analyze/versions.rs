//! The order of versions.

use std::collections::HashMap;

use semver::Version;

use super::names::{Name, Names};

/// The words for a version, of which reports and spans may have none.
pub(super) fn in_words(version: &str) -> &str {
    if version.is_empty() { "no version" } else { version }
}

/// A program's versions, the oldest first.
#[derive(Clone, Debug)]
pub(super) struct Order {
    sorted: Vec<Name>,
    place: HashMap<Name, usize>,
}

impl Order {
    /// Sorts by the rules of semantic versions (<https://semver.org/#spec-item-11>). Texts that are not versions come
    /// first, in alphabetical order.
    pub(super) fn of(names: &Names) -> Self {
        let mut all: Vec<_> = names.iter().map(|(name, text)| (parse(text), text, name)).collect();
        all.sort();
        let sorted: Vec<Name> = all.into_iter().map(|(.., name)| name).collect();
        let place = sorted.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        Self { sorted, place }
    }

    pub(super) fn none() -> Self {
        Self { sorted: Vec::new(), place: HashMap::new() }
    }

    pub(super) fn place(&self, name: Name) -> Option<usize> {
        self.place.get(&name).copied()
    }

    pub(super) fn at(&self, place: usize) -> Option<Name> {
        self.sorted.get(place).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Name> + '_ {
        self.sorted.iter().copied()
    }
}

/// Reads a version, whose last numbers may be missing: `v1.4` is `1.4.0`.
fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.split(['-', '+']).next().unwrap_or(text);
    let (_, rest) = text.split_at_checked(numbers.len())?;
    let missing = 2_usize.saturating_sub(numbers.matches('.').count());
    Version::parse(&format!("{numbers}{}{rest}", ".0".repeat(missing))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_their_releases() {
        let mut names = Names::new(20);
        for text in ["1.10.0", "1.9", "2", "v1.2.3", "nightly", "1.9.0-rc.1", "10.0.0+build", "", "1.2.3.4"] {
            names.name(text);
        }
        let order = Order::of(&names);
        let sorted: Vec<&str> = order.iter().map(|name| names.text(name)).collect();
        assert_eq!(
            sorted,
            ["", "1.2.3.4", "nightly", "v1.2.3", "1.9.0-rc.1", "1.9", "1.10.0", "2", "10.0.0+build"]
        );
    }
}
