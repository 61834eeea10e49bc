//! A table of recurring names. Each is stored once, and their number is bounded.

use std::collections::HashMap;

/// The number of a name in its table.
pub(super) type Name = u32;

/// A table of names. Names beyond its bound all count as the first one, [`OTHERS`].
#[derive(Clone, Debug)]
pub(super) struct Names {
    most: usize,
    all: Vec<String>,
    by_name: HashMap<String, Name>,
}

/// The entry for all names beyond the bound. It is never tested and has no text, because any text may be a real name.
pub(super) const OTHERS: Name = 0;

/// The longest name that is kept whole, in bytes.
const LONGEST: usize = 200;

impl Names {
    pub(super) fn new(most: usize) -> Self {
        Self { most, all: vec![String::new()], by_name: HashMap::new() }
    }

    pub(super) fn name(&mut self, text: &str) -> Name {
        let text = start(text, LONGEST);
        if let Some(known) = self.by_name.get(text) {
            return *known;
        }
        let Ok(next) = Name::try_from(self.all.len()) else { return OTHERS };
        if self.all.len() > self.most {
            return OTHERS;
        }
        self.all.push(text.to_owned());
        self.by_name.insert(text.to_owned(), next);
        next
    }

    /// The name of a text that is in the table.
    pub(super) fn known(&self, text: &str) -> Option<Name> {
        self.by_name.get(start(text, LONGEST)).copied()
    }

    pub(super) fn text(&self, name: Name) -> &str {
        usize::try_from(name).ok().and_then(|at| self.all.get(at)).map_or("", String::as_str)
    }

    /// All names except [`OTHERS`].
    pub(super) fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        (0..).zip(&self.all).skip(1).map(|(name, text)| (name, text.as_str()))
    }

    pub(super) fn len(&self) -> usize {
        self.all.len() - 1
    }
}

/// The beginning of a text, at most `most` bytes, in whole characters.
pub(super) fn start(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or(text)
}

/// The number of occurrences of each name.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(Vec<(Name, u64)>);

impl Counts {
    pub(super) fn add(&mut self, name: Name) {
        // A list is smaller and faster than a map, because a bug has few versions and systems.
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => self.0.push((name, 1)),
        }
    }

    pub(super) fn of(&self, name: Name) -> u64 {
        self.0.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Name, u64)> + '_ {
        self.0.iter().copied()
    }
}
